"""Outgoing documents: the tree of forms and signatures, and paper copies by type over time."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.panels.over_time import cut_mark, cut_note
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from data.paths import REFERENCE
from metrics.periods import Period, TimeStep
from metrics.query.document_flow import FORMS, SIGNATURES

FORM_METRIC = {"electronic": "outgoing_electronic", "parallel": "outgoing_parallel", "paper": "outgoing_paper"}
SHOWN_TYPES = 10
MOST_WITH_TEXT = 14
"""With more parts the cells are too narrow for their numbers, which the table twin has."""


@cache
def type_names() -> dict[str, str]:
    """Names of document types by abbreviation, from data/reference/doc_types.csv; official letters carry none on paper."""
    with (REFERENCE / "doc_types.csv").open(encoding="utf-8", newline="") as file:
        return {row["abbr"] or "CV": row["name"].partition(" (")[0] for row in reversed(list(csv.DictReader(file)))}


def type_name(code: str) -> str:
    """A type by name; its code where the list does not have it."""
    return type_names().get(code, code) if code else t("documents.no_type")


@dataclass(frozen=True)
class Branch:
    """One line of the tree: a count within the count above it; `depth` 0 is the whole."""

    depth: int
    tone: str
    """Whole, form or signature: its words and the shade of its bar."""
    name: str
    count: int
    above: int

    @property
    def metric(self) -> str:
        """The figure of the catalogue that the count is; empty where it is told apart further."""
        return "outgoing_documents" if self.depth == 0 else FORM_METRIC.get(self.tone, "") if self.depth == 1 else ""


def tree_panel(page: Page, figures: Mapping[str, Figure], pairs: pl.DataFrame) -> Panel:
    """The whole, its forms, and of each form the signatures, as zero-based bars on one scale.

    Forms are the catalogue's figures; signatures within a form add up to it.
    """
    whole = figures["outgoing_documents"]
    title = t("documents.tree_title")
    subtitle = t("documents.tree_subtitle", population=page.population("document"), span=page.span)
    if not whole.numerator:
        return figure_panel(page, "tree", title, subtitle, remark(t("documents.none" if whole.is_known else "documents.unknown")), None)
    branches = [Branch(0, "whole", t("documents.all"), whole.numerator, 0)]
    rows: list[tuple[Cell, ...]] = [(t("documents.all"), "", whole.numerator, Rate(1.0, whole.numerator))]
    counts = {(form, signature): documents for form, signature, documents in pairs.iter_rows()}
    known = page.reader.known_metrics(page.selection.period)
    # Of one kind of signature alone nobody knows that both are missing.
    signatures = SIGNATURES if "fully_signed_ratio" in known else SIGNATURES[1:] if "digitally_signed_ratio" in known else ()
    for form in FORMS if "outgoing_electronic" in known else FORMS[-1:]:
        of_form = sum(counts[form, signature] for signature in SIGNATURES)
        if form == "unknown" and not of_form:
            continue
        form_name = t(f"documents.form_{form}")
        branches.append(Branch(1, form, form_name, of_form, whole.numerator))
        rows.append((form_name, "", of_form, Rate(of_form / whole.numerator, whole.numerator)))
        for signature in signatures if of_form else ():
            branches.append(Branch(2, signature, t(f"documents.signature_{signature}"), counts[form, signature], of_form))
            rows.append((form_name, branches[-1].name, counts[form, signature], Rate(counts[form, signature] / of_form, of_form)))
    recalled = figures["recalled_documents"]
    note = t("documents.recalled", count=recalled.count_text) if recalled.numerator else t("documents.none_recalled") if recalled.is_known else ""
    largest = max(branch.count for branch in branches) or 1
    body = markup("documents/tree.html", branches=branches, largest=largest, note=note, why=why_button(page, whole))
    columns = (t("documents.form"), t("documents.signature"), t("documents.documents"), t("documents.share"))
    return figure_panel(page, "tree", title, subtitle, body, sheet(page, "van-ban-di", title, subtitle, columns, rows, of=[whole.metric]))


@dataclass(frozen=True)
class TypeCell:
    """Documents of one type in one part of the period, and those with a paper copy; no rate where there are none."""

    part: Period
    copies: int
    documents: int

    @property
    def rate(self) -> float | None:
        return self.copies / self.documents if self.documents else None

    def text(self, language: written.Language) -> str:
        return written.NO_ACTIVITY if self.rate is None else written.percent(self.rate, language, 0)

    def title(self, name: str, language: written.Language) -> str:
        span = written.span(self.part.from_on, self.part.to_on, language)
        if self.rate is None:
            return t("documents.cell_none", name=name, span=span)
        return t("documents.cell", name=name, span=span, rate=self.text(language), copies=self.copies, documents=self.documents)


@dataclass(frozen=True)
class TypeRow:
    """One type: over the whole period, and in each part of it."""

    name: str
    copies: int
    documents: int
    cells: tuple[TypeCell, ...]


def types_panel(page: Page, parallel: Figure, parts: Sequence[Period], types: pl.DataFrame) -> Panel:
    """The share of documents with a paper copy beside, by type and part of the period, as shaded cells; the most copies first."""
    title = t("documents.types_title")
    subtitle = t("documents.types_subtitle", population=page.population("document"), span=page.span)
    ranked = types.group_by("doc_type").agg(pl.col("parallel", "documents").sum()).sort("parallel", "documents", "doc_type", descending=True)
    if ranked.is_empty() or not parallel.is_known:
        return figure_panel(page, "types", title, subtitle, remark(t("documents.none" if parallel.is_known else "documents.unknown")), None)
    of_part = {(code, part): (copies, documents) for code, part, copies, documents in types.iter_rows()}
    lines = [
        TypeRow(type_name(code), copies, documents, tuple(TypeCell(part, *of_part.get((code, number), (0, 0))) for number, part in enumerate(parts)))
        for code, copies, documents in ranked.iter_rows()
    ]
    step: TimeStep = "week" if parts[0].days <= 7 and (len(parts) == 1 or parts[1].days <= 7) else "month"
    heads = [_head(page, part, step) + cut_mark(part, step) for part in parts]
    subtitle = " · ".join(filter(None, (subtitle, cut_note(parts, step))))
    body = markup(
        "documents/types.html",
        lines=lines[:SHOWN_TYPES],
        heads=heads,
        top=_top(lines[:SHOWN_TYPES]),
        language=page.language,
        is_narrow=len(parts) > MOST_WITH_TEXT,
        every=max(1, round(len(parts) / 10)) if len(parts) > MOST_WITH_TEXT else 1,
        why=why_button(page, parallel),
    )
    columns = (t("documents.type"), "n/N", t("documents.parallel_share"), *heads)
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        counts = f"{written.number(line.copies, page.language)}/{written.number(line.documents, page.language)}"
        rows.append((line.name, counts, Rate(line.copies / line.documents, line.documents), *(cell.text(page.language) for cell in line.cells)))
    return figure_panel(
        page, "types", title, subtitle, body, sheet(page, "song-song-theo-loai", title, subtitle, columns, rows, of=[parallel.metric])
    )


def _top(lines: Sequence[TypeRow]) -> float:
    """Where the scale ends: the highest share that is shown, up to whole tens, so that shares that are all low can be told apart."""
    highest = max((cell.rate or 0.0 for line in lines for cell in line.cells), default=0.0)
    return max(1, math.ceil(round(10 * highest, 9))) / 10


def _head(page: Page, part: Period, step: TimeStep) -> str:
    """A week by its first day, a month by its number."""
    return written.short_day(part.from_on, page.language) if step == "week" else f"{part.from_on.month}/{part.from_on.year % 100:02}"
