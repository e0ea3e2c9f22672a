"""Why a figure is what it is: a small button beside it, and behind the button the lines that it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from dashboard.follow_up.memory import printed_figures
from dashboard.session.address import link
from dashboard.session.figures import Figure
from dashboard.session.quality_line import quality_line
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from data.language import in_language, source_in_language
from metrics.catalog import metric
from metrics.model import Ratio
from metrics.periods import Period

MOST_REPORTS = 4
"""The newest published reports in which a figure's earlier print is sought."""
Lines = Sequence[tuple[str, str]]
"""Term and text."""


def why_lines(page: Page, figure: Figure, unit: str = "", more: Lines = ()) -> list[tuple[str, str]]:
    """What a figure rests on, in the reader's language: definition, counts, window, quality, population, exclusions, rule, snapshot.

    `unit` is what the denominator counts; `more` are lines of the place where the figure stands.
    """
    declared, language = metric(figure.metric), page.language
    info = page.reader.info
    covered = page.reader.coverage(figure.metric, page.selection, Period(figure.from_on, figure.to_on))
    exclusions = in_language(declared, "exclusions", language)
    cutoff = written.instant(info.cutoff_at, info.time_zone, language)
    if isinstance(declared, Ratio):
        below = t("value.no_data") if figure.denominator is None else f"{written.number(figure.denominator, language)} {unit}".rstrip()
        counts = [(t("why.numerator"), figure.count_text), (t("why.denominator"), below)]
    else:
        counts = [(t("why.rows"), figure.count_text)]
    return [
        (t("why.definition"), in_language(declared, "definition", language)),
        *counts,
        (t("why.window"), page.span),
        (t("why.quality"), quality_line(declared, covered, figure.cases, info.first_on, language, restated(page, figure))),
        (t("why.population"), f"{page.scope_label} · {page.population(declared.of)}"),
        *([(t("why.exclusions"), exclusions)] if exclusions else []),
        *more,
        (t("why.source"), source_in_language(declared, language)),
        (t("why.snapshot"), t("why.snapshot_text", name=info.snapshot, instant=cutoff)),
        (t("why.cite"), citation(page, figure)),
    ]


def restated(page: Page, figure: Figure) -> str:
    """How reports that were published to the viewer print the figure, where they do so otherwise, the newest first; empty where none does."""
    if not page.memory.published or page.selection.tree != "as_was":
        return ""
    root = page.tree.root.code if page.tree.root else None
    unit, group = figure.unit_code if figure.unit_code != root else None, page.selection.group_for(metric(figure.metric).of)
    now = (figure.numerator, figure.denominator, figure.value)
    told = []
    for kept in page.memory.published[:MOST_REPORTS]:
        printed = printed_figures(page.reader.path.parents[2], kept.pin.pin_id, root).get((figure.metric, unit, group, figure.from_on, figure.to_on))
        if printed is not None and (printed.numerator, printed.denominator, printed.value) != now:
            told.append(f"{kept.pin.title}: {printed.text}")
    return "; ".join(told)


def citation(page: Page, figure: Figure) -> str:
    """A figure as it is to be cited: what of whom and when, the snapshot and the version of the definition, and the address that shows it."""
    declared = metric(figure.metric)
    value = figure.rate_text if isinstance(declared, Ratio) else figure.count_text
    of_whom = f"{page.scope_label} · {page.population(declared.of)} · {page.span}"
    address = "/" + link("", replace(page.selection, own=(), role=None, role_unit=None), metric=figure.metric if isinstance(declared, Ratio) else "")
    counted = f"{value} ({figure.counts_text})" if figure.counts_text else value
    label = in_language(declared, "label", page.language)
    snapshot = page.reader.info.snapshot
    return t("why.cite_text", label=label, value=counted, scope=of_whom, snapshot=snapshot, version=declared.version, address=address)


def why_button(page: Page, figure: Figure, words: str = "") -> Markup:
    """The button (with its words) and its window, which leads on to the dictionary."""
    label = in_language(metric(figure.metric), "label", page.language)
    return reasons(figure.metric, label, why_lines(page, figure), words or t("card.why"), to_dictionary(page, figure.metric))


def to_dictionary(page: Page, name: str) -> Lines:
    """Words and address of a metric's entry in the dictionary; none where the home does without that page."""
    return [(t("card.dictionary"), f"{link('dictionary', page.selection)}#{name}")] if page.has_page("dictionary") else []


def reasons(name: str, title: str, lines: Lines, words: str, links: Lines = ()) -> Markup:
    """A button with `words` and the window that it opens: title, lines, and links (words, address) below them."""
    return markup("reasons.html", name=name, title=title, lines=lines, words=words, links=links)
