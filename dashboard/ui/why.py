"""Why a number is what it is: a small button beside it, and what it rests on behind the button."""

from __future__ import annotations

from dashboard.session.address import link
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.charts.reasons import reasons
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from metrics.catalog import metric


def why_button(page: Page, figure: Figure, words: str = "") -> str:
    """Markup of the button (with its words) and its dialog: definition, counts, window, population, exclusions, source of the rule, snapshot."""
    declared = metric(figure.metric)
    label = declared.label_en if page.language == "en" else declared.label
    info = page.reader.info
    lines = [(t("why.definition"), declared.definition)]
    if figure.denominator is not None:
        lines += [(t("why.numerator"), figure.count_text), (t("why.denominator"), written.number(figure.denominator, page.language))]
    else:
        lines.append((t("why.rows"), figure.count_text))
    lines += [
        (t("why.window"), page.span),
        (t("why.population"), f"{page.scope_label} · {page.population(declared.of)}"),
        *([(t("why.exclusions"), declared.exclusions)] if declared.exclusions else []),
        (t("why.source"), declared.source),
        (t("why.snapshot"), t("why.snapshot_text", name=info.snapshot, instant=written.instant(info.cutoff_at, info.time_zone, page.language))),
    ]
    more = (t("card.dictionary"), f"{link('dictionary', page.selection)}#{figure.metric}")
    return reasons(figure.metric, label, lines, words or t("card.why"), t("card.close"), more)
