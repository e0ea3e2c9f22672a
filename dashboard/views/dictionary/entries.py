"""The dictionary of metrics, made from their declarations: what a figure means is said once, where it is declared."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.session.address import link
from dashboard.session.figures import Figure, aim_text
from dashboard.session.state import PILOT
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import sheet
from dashboard.ui.search import matches
from dashboard.ui.table_files import Cell, Sheet
from dashboard.ui.translations import catalogue, language, t
from data.language import in_language, is_state_body, source_in_language
from metrics.catalog import METRICS
from metrics.comparison.targets import Aim
from metrics.model import Count, Metric, Ratio
from metrics.rows import ROWS, Condition, RowKind

SUBJECTS: dict[str, tuple[RowKind, ...]] = {
    "accounts": ("account", "account_use", "account_history", "activation", "retention", "headcount", "login"),
    "documents": ("document", "declared", "work_file", "paper"),
    "registered": ("registered",),
    "deliveries": ("delivery", "due_delivery", "completed_delivery", "open_delivery", "axis_sending", "axis_unit"),
}
"""Headings, and the kinds of rows whose metrics stand under them."""
PAIRS: dict[str, tuple[str, ...]] = {
    "document_delivery": ("internal_incoming", "axis_incoming"),
    "stock_flow": (),
    "none_unknown": (),
    "declared_measured": ("electronic_issue_ratio",),
    "activated_login": ("login_rate",),
    "signed": ("fully_signed_ratio",),
    "form": ("fully_electronic_ratio",),
    "groups": (),
    "parent_average": (),
}
"""Words that must not be mixed; `words.<name>.title` and `.text` say why. Each with the metrics without any of which there is nothing to mix."""
KINDS = {Ratio: "ratio", Count: "count"}
COLUMNS = ("metric", "label", "kind", "definition", "numerator", "denominator", "population", "exclusions", "good", "source", "owner", "version")

Line = tuple[str, str, str]
"""A term, what it says, and the condition it stands for as it is declared (empty: none)."""


@dataclass(frozen=True)
class Entry:
    """One metric; its `name` is its anchor."""

    name: str
    label: str
    other_label: str
    kind: str
    definition: str
    figure: str
    figure_label: str
    lines: tuple[Line, ...]
    compare: str
    """Where its units are compared; empty for what is no ratio."""


def told_metrics(page: Page) -> tuple[Metric, ...]:
    """The metrics that this installation has figures of: the dictionary speaks of no other. All of them where it has none yet."""
    return tuple(one for one in METRICS if one.name in page.known) or METRICS


def told_pairs(page: Page) -> tuple[str, ...]:
    """The pairs of words that can be mixed here."""
    has_groups = PILOT in page.populations
    return tuple(name for name, needed in PAIRS.items() if (not needed or page.known & set(needed)) and (name != "groups" or has_groups))


def found_metrics(query: str, metrics: Sequence[Metric] = METRICS) -> list[Metric]:
    """The metrics that the words find in their names and labels, tone marks or not; where none are, in their definitions."""
    named = [one for one in metrics if matches(query, one.name.replace("_", " "), one.name, one.label, one.label_en)]
    return named or [one for one in metrics if matches(query, one.definition) or matches(query, one.definition_en)]


def grouped_entries(page: Page, metrics: Sequence[Metric], figures: Mapping[str, Figure]) -> list[tuple[str, list[Entry]]]:
    """Entries of these metrics under the headings that have any; `figures` are those of the page's view."""
    groups = [(t(f"dictionary.{subject}"), [_entry(page, one, figures) for one in metrics if one.of in kinds]) for subject, kinds in SUBJECTS.items()]
    return [(heading, entries) for heading, entries in groups if entries]


def found_pairs(query: str, names: Sequence[str] = tuple(PAIRS)) -> list[str]:
    """Those of the pairs of words that the query finds in their titles; where it finds none, those whose text it finds."""
    by_title = [name for name in names if matches(query, t(f"words.{name}.title"))]
    return by_title or [name for name in names if matches(query, pair_text(name))]


def pair_text(name: str) -> str:
    """Why the words of a pair must not be mixed, with the law where it is the organisation's."""
    law = f"words.{name}.law"
    return " ".join([t(f"words.{name}.text"), *([t(law)] if is_state_body() and law in catalogue(language()) else [])])


def in_words(condition: Condition, of: RowKind) -> str:
    """A condition over named booleans as a phrase: `is_activated & has_logged_in` as `đã kích hoạt và có đăng nhập trong kỳ`."""
    text = condition.text
    if not text:
        return t("dictionary.every", rows=t(f"rows.{of}"))
    if text in ROWS[of].measures:
        return t("dictionary.sum", measure=t(f"boolean.{text}"))
    joined = {"&": f" {t('dictionary.and')} ", "|": f" {t('dictionary.or')} ", "~": f"{t('dictionary.not')} "}
    words = re.sub(r"[a-z_][a-z0-9_]*|\s*[&|]\s*|~", lambda found: joined.get(found.group().strip()) or t(f"boolean.{found.group()}"), text)
    return f"{t(f'rows.{of}')} {words}"


def _entry(page: Page, one: Metric, figures: Mapping[str, Figure]) -> Entry:
    figure = figures.get(one.name)
    value, counts = _figure_texts(one, figure) if figure else ("", "")
    return Entry(
        name=one.name,
        label=in_language(one, "label", page.language),
        other_label=in_language(one, "label", "vi" if page.language == "en" else "en"),
        kind=_kind(one),
        definition=in_language(one, "definition", page.language),
        figure=value,
        figure_label=" · ".join(filter(None, (counts, page.span))),
        lines=tuple(_lines(page, one)),
        compare=link("compare", page.selection, metric=one.name, find="") if isinstance(one, Ratio) and page.has_page("compare") else "",
    )


def _lines(page: Page, one: Metric) -> list[Line]:
    if isinstance(one, Ratio):
        # What a numerator counts is of the denominator, too.
        over, under = one.numerator.text, one.denominator.text
        is_alone = not under or over in ROWS[one.of].measures or under in over
        numerator = one.numerator if is_alone else one.denominator & one.numerator
        lines = [
            (t("why.numerator"), in_words(numerator, one.of), over),
            (t("why.denominator"), in_words(one.denominator, one.of), under),
        ]
    elif isinstance(one, Count):
        lines = [(t("dictionary.counted"), in_words(one.where, one.of), one.where.text)]
    else:
        lines = [(t("dictionary.percentile"), t("dictionary.share", share=f"{round(one.share * 100)}%"), one.days.text)]
    exclusions = in_language(one, "exclusions", page.language)
    owner = in_language(one, "owner", page.language)
    return [
        *lines,
        (t("why.population"), in_language(one.population, "label", page.language), one.population.where.text),
        *([(t("why.exclusions"), exclusions, "")] if exclusions else []),
        *([(t("dictionary.min_days"), t("dictionary.days", count=one.min_days), "")] if one.min_days > 1 else []),
        (t("dictionary.good"), t(f"dictionary.good_{one.good}"), ""),
        *((t("why.target"), aim, "") for aim in _aims(page, one)),
        (t("why.source"), source_in_language(one, page.language), ""),
        (t("dictionary.owner"), t("dictionary.owner_text", owner=owner, version=one.version), ""),
    ]


def _aims(page: Page, one: Metric) -> list[str]:
    """Every target that is set for a ratio, for whom, and since when; none of levels that this organisation does not have."""
    labels = dict[str | None, str]([(None, ""), *page.level_labels().items()])
    texts = []
    for row in page.targets.filter(metric=one.name).iter_rows(named=True) if isinstance(one, Ratio) else ():
        if row["level"] in labels:
            aim = aim_text(Aim(row["target"], row["window"], row["by_on"], row["document"]), page.language)
            whom = page.tree.label(row["unit_code"]) if row["unit_code"] else labels[row["level"]]
            texts.append(" · ".join(filter(None, (whom, aim, t("dictionary.since", day=written.day(row["from_on"], page.language))))))
    return texts


def _kind(one: Metric) -> str:
    return t(f"dictionary.kind_{KINDS.get(type(one), 'duration')}")


def _figure_texts(one: Metric, figure: Figure) -> tuple[str, str]:
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
    rows = [_cells(page, one) for one in metrics]
    columns = tuple(t(f"dictionary.column_{name}") for name in COLUMNS)
    return sheet(page, "dictionary", t("page.dictionary"), t("dictionary.subtitle"), columns, rows)


def _cells(page: Page, one: Metric) -> tuple[Cell, ...]:
    """In the order of COLUMNS."""

    def said(name: str, of: object = one) -> str:
        return in_language(of, name, page.language)

    counted = one.numerator if isinstance(one, Ratio) else one.where if isinstance(one, Count) else one.days
    conditions = (counted.text, one.denominator.text if isinstance(one, Ratio) else "")
    texts = (one.name, said("label"), _kind(one), said("definition"), *conditions, said("label", one.population), said("exclusions"))
    return (*texts, t(f"dictionary.good_{one.good}"), source_in_language(one, page.language), said("owner"), one.version)
