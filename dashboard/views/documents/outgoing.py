"""Outgoing documents: the tree of forms and signatures, and paper copies by type over time."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape

import polars as pl

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from dashboard.views.documents.heat_table import HeatCell, HeatRow, heat_table
from dashboard.views.documents.outgoing_tree import Branch, outgoing_tree
from data.paths import REFERENCE
from metrics.periods import Period
from metrics.query.document_flow import FORMS, SIGNATURES

FORM_METRIC = {"electronic": "outgoing_electronic", "parallel": "outgoing_parallel", "paper": "outgoing_paper", "unknown": ""}
SHOWN_TYPES = 10


@cache
def type_names() -> dict[str, str]:
    """Names of document types by abbreviation, from data/reference/doc_types.csv; official letters carry none on paper."""
    with (REFERENCE / "doc_types.csv").open(encoding="utf-8", newline="") as file:
        return {row["abbr"] or "CV": row["name"].partition(" (")[0] for row in reversed(list(csv.DictReader(file)))}


def type_name(code: str) -> str:
    """A type by name; its code where the list does not have it."""
    return type_names().get(code, code) if code else t("documents.no_type")


def tree_panel(page: Page, figures: Mapping[str, Figure], pairs: pl.DataFrame) -> Panel:
    """Draws the tree. Forms are the catalogue's figures; signatures within a form add up to it."""
    whole = figures["outgoing_documents"]
    title = t("documents.tree_title")
    subtitle = t("documents.tree_subtitle", population=page.population("document"), span=page.span)
    if not whole.numerator:
        return figure_panel(page, "tree", title, subtitle, f'<p class="remark">{escape(t("documents.none"))}</p>', None)
    counts = {(form, signature): documents for form, signature, documents in pairs.iter_rows()}
    branches = [Branch(t("documents.all"), 0, whole.numerator, whole.count_text, "", "whole", "outgoing_documents")]
    rows: list[tuple[Cell, ...]] = [(t("documents.all"), "", whole.numerator, Rate(1.0))]
    for form in FORMS:
        of_form = sum(counts[form, signature] for signature in SIGNATURES)
        if form == "unknown" and not of_form:
            continue
        branches.append(_branch(page, t(f"documents.form_{form}"), 1, of_form, whole.numerator, form, FORM_METRIC[form]))
        rows.append((t(f"documents.form_{form}"), "", of_form, Rate(of_form / whole.numerator)))
        for signature in SIGNATURES if of_form else ():
            count = counts[form, signature]
            branches.append(_branch(page, t(f"documents.signature_{signature}"), 2, count, of_form, signature))
            rows.append((t(f"documents.form_{form}"), t(f"documents.signature_{signature}"), count, Rate(count / of_form)))
    recalled = figures["recalled_documents"]
    notes = t("documents.recalled", count=recalled.count_text) if recalled.numerator else t("documents.none_recalled")
    body = outgoing_tree(branches, title)
    body += f'<p class="whys"><span>{escape(notes)}</span>{why_button(page, whole)}</p>'
    columns = (t("documents.form"), t("documents.signature"), t("documents.documents"), t("documents.share"))
    return figure_panel(page, "tree", title, subtitle, body, sheet(page, "van-ban-di", title, subtitle, columns, rows))


def _branch(page: Page, name: str, depth: int, count: int, above: int, tone: str, metric: str = "") -> Branch:
    share = written.percent(count / above, page.language) if above else written.NO_ACTIVITY
    return Branch(name, depth, count, written.number(count, page.language), share, tone, metric)


def types_panel(page: Page, parallel: Figure, parts: Sequence[Period], types: pl.DataFrame) -> Panel:
    """Draws the share of documents with a paper copy beside, by type and part of the period; the most copies first."""
    title = t("documents.types_title")
    subtitle = t("documents.types_subtitle", population=page.population("document"), span=page.span)
    ranked = types.group_by("doc_type").agg(pl.col("parallel", "documents").sum()).sort("parallel", "documents", "doc_type", descending=True)
    if ranked.is_empty():
        return figure_panel(page, "types", title, subtitle, f'<p class="remark">{escape(t("documents.none"))}</p>', None)
    of_part = {(code, part): (copies, documents) for code, part, copies, documents in types.iter_rows()}
    lines: list[HeatRow] = []
    rows: list[tuple[Cell, ...]] = []
    for code, copies, documents in ranked.iter_rows():
        cells = tuple(_cell(page, type_name(code), part, *of_part.get((code, number), (0, 0))) for number, part in enumerate(parts))
        counts = f"{written.number(copies, page.language)}/{written.number(documents, page.language)}"
        lines.append(HeatRow(type_name(code), counts, written.percent(copies / documents, page.language, 1), cells))
        rows.append((type_name(code), counts, Rate(copies / documents), *(cell.text for cell in cells)))
    heads = (t("documents.type"), "n/N", t("documents.parallel_share"))
    columns = [
        written.short_day(part.from_on, page.language) if _is_by_week(parts) else f"{part.from_on.month}/{part.from_on.year % 100:02}"
        for part in parts
    ]
    body = heat_table(lines[:SHOWN_TYPES], heads, columns, "0", "100%", title)
    body += f'<p class="whys"><span>{escape(t("documents.types_note"))}</span>{why_button(page, parallel)}</p>'
    return figure_panel(page, "types", title, subtitle, body, sheet(page, "song-song-theo-loai", title, subtitle, (*heads, *columns), rows))


def _is_by_week(parts: Sequence[Period]) -> bool:
    return parts[0].days <= 7 and (len(parts) == 1 or parts[1].days <= 7)


def _cell(page: Page, name: str, part: Period, copies: int, documents: int) -> HeatCell:
    span = written.span(part.from_on, part.to_on, page.language)
    if not documents:
        return HeatCell(None, written.NO_ACTIVITY, t("documents.cell_none", name=name, span=span))
    text = written.percent(copies / documents, page.language, 0)
    return HeatCell(copies / documents, text, t("documents.cell", name=name, span=span, rate=text, copies=copies, documents=documents))
