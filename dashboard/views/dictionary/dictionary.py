"""The dictionary of metrics, made from their declarations: what a figure means is said once, where it is declared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dashboard.session.address import link
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import sheet
from dashboard.ui.search import matches
from dashboard.ui.table_files import Cell, Sheet
from dashboard.ui.translations import language, t
from dashboard.views.dictionary.metric_entries import Entry, Line, Pair
from metrics.catalog import METRICS
from metrics.model import Count, Metric, Ratio, RowKind
from metrics.rows import ROWS

SUBJECTS: dict[str, tuple[RowKind, ...]] = {
    "accounts": ("account",),
    "documents": ("document", "declared", "paper"),
    "deliveries": ("delivery", "due_delivery", "completed_delivery"),
}
"""Headings, and the kinds of rows whose metrics stand under them."""
PAIRS: tuple[str, ...] = (
    "document_delivery",
    "stock_flow",
    "none_unknown",
    "declared_measured",
    "activated_login",
    "signed",
    "form",
    "groups",
    "parent_average",
)
KINDS = {Ratio: "ratio", Count: "count"}


def found_metrics(query: str) -> list[Metric]:
    """The metrics that the words find in their names and labels, tone marks or not; where none are, in their definitions."""
    named = [one for one in METRICS if matches(query, one.name.replace("_", " "), one.name, one.label, one.label_en)]
    return named or [one for one in METRICS if matches(query, one.definition)]


def grouped_entries(page: Page, metrics: Sequence[Metric], figures: Mapping[str, Figure]) -> list[tuple[str, list[Entry]]]:
    """Entries of these metrics under the headings that have any; `figures` are those of the page's view."""
    groups = [(t(f"dictionary.{subject}"), [_entry(page, one, figures) for one in metrics if one.of in kinds]) for subject, kinds in SUBJECTS.items()]
    return [(heading, entries) for heading, entries in groups if entries]


def found_pairs(query: str) -> list[Pair]:
    """The pairs of words that the query finds in their titles; where it finds none, those whose text it finds."""
    pairs = [Pair(name, t(f"words.{name}.title"), t(f"words.{name}.text")) for name in PAIRS]
    return [pair for pair in pairs if matches(query, pair.title)] or [pair for pair in pairs if matches(query, pair.text)]


def in_words(condition: str, of: RowKind) -> str:
    """A condition over named booleans as a phrase: `is_activated & has_logged_in` as `đã kích hoạt và có đăng nhập trong kỳ`."""
    if not condition:
        return t("dictionary.every", rows=t(f"rows.{of}"))
    if condition in ROWS[of].measures:
        return t("dictionary.sum", measure=t(f"boolean.{condition}"))
    joined = {"&": f" {t('dictionary.and')} ", "|": f" {t('dictionary.or')} ", "~": f"{t('dictionary.not')} "}
    words = re.sub(r"[a-z_][a-z0-9_]*|\s*[&|]\s*|~", lambda found: joined.get(found.group().strip()) or t(f"boolean.{found.group()}"), condition)
    return f"{t(f'rows.{of}')} {words}"


def _entry(page: Page, one: Metric, figures: Mapping[str, Figure]) -> Entry:
    is_english = page.language == "en"
    counted_in = one.population
    vietnamese = "vi" if is_english else ""
    lines: list[Line] = []
    if isinstance(one, Ratio):
        lines.append(Line(t("why.numerator"), in_words(_both(one.denominator, one.numerator, one.of), one.of), one.numerator))
        lines.append(Line(t("why.denominator"), in_words(one.denominator, one.of), one.denominator))
    elif isinstance(one, Count):
        lines.append(Line(t("dictionary.counted"), in_words(one.where, one.of), one.where))
    else:
        lines.append(Line(t("dictionary.percentile"), t("dictionary.share", share=f"{round(one.share * 100)}%"), one.days))
    lines.append(Line(t("why.population"), counted_in.label_en if is_english else counted_in.label, counted_in.where))
    if one.exclusions:
        lines.append(Line(t("why.exclusions"), one.exclusions, language=vietnamese))
    if one.min_days > 1:
        lines.append(Line(t("dictionary.min_days"), t("dictionary.days", count=one.min_days)))
    lines += [
        Line(t("dictionary.good"), t(f"dictionary.good_{one.good}")),
        Line(t("why.source"), one.source, language=vietnamese),
        Line(t("dictionary.owner"), t("dictionary.owner_text", owner=one.owner, version=one.version), language=vietnamese),
    ]
    figure = figures.get(one.name)
    value, counts = _said(one, figure) if figure else ("", "")
    return Entry(
        name=one.name,
        label=one.label_en if is_english else one.label,
        other_label=one.label if is_english else one.label_en,
        kind=t(f"dictionary.kind_{KINDS.get(type(one), 'duration')}"),
        definition=Line("", one.definition, language=vietnamese),
        figure=value,
        figure_label=" · ".join(filter(None, (counts, page.span))),
        lines=tuple(lines),
        more=(t("dictionary.compare"), link("compare", page.selection, metric=one.name, find="")) if isinstance(one, Ratio) else None,
    )


def _both(denominator: str, numerator: str, of: RowKind) -> str:
    """The whole condition of a numerator: what it counts is of the denominator, too."""
    if not denominator or numerator in ROWS[of].measures or denominator in numerator:
        return numerator
    return f"{denominator} & {numerator}"


def _said(one: Metric, figure: Figure) -> tuple[str, str]:
    """The figure, and what it rests on: n/N of a ratio, the number of cases of a duration."""
    if isinstance(one, Ratio):
        return figure.rate_text, figure.counts_text
    if not figure.is_known:
        return figure.rate_text, ""
    if isinstance(one, Count):
        return figure.count_text, ""
    days = written.NO_ACTIVITY if figure.value is None else t("dictionary.days_text", days=written.number(figure.value, language()))
    return days, t("dictionary.cases", count=figure.count_text, rows=t(f"rows.{one.of}"))


def dictionary_sheet(page: Page, metrics: Sequence[Metric]) -> Sheet:
    """The entries shown as a table to take away."""
    columns = ("metric", "label", "kind", "definition", "numerator", "denominator", "population", "exclusions", "good", "source", "owner", "version")
    rows: list[tuple[Cell, ...]] = []
    for one in metrics:
        numerator, denominator = (
            (one.numerator, one.denominator) if isinstance(one, Ratio) else (one.where if isinstance(one, Count) else one.days, "")
        )
        label = one.label_en if page.language == "en" else one.label
        kind = t(f"dictionary.kind_{KINDS.get(type(one), 'duration')}")
        counted_in = one.population
        population_label = counted_in.label_en if page.language == "en" else counted_in.label
        good = t(f"dictionary.good_{one.good}")
        rows.append(
            (
                one.name,
                label,
                kind,
                one.definition,
                numerator,
                denominator,
                population_label,
                one.exclusions,
                good,
                one.source,
                one.owner,
                one.version,
            )
        )
    title = t("page.dictionary")
    return sheet(page, "dictionary", title, t("dictionary.subtitle"), tuple(t(f"dictionary.column_{name}") for name in columns), rows)
