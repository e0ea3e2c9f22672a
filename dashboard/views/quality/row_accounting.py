"""Where the rows of each source went, how fresh each source is, and why rows were refused."""

from __future__ import annotations

from datetime import date, datetime
from html import escape

import polars as pl

from dashboard.session.queries import Making
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import catalogue, language, t
from dashboard.views.quality.row_flow import Flow, row_flow

COUNTS = ("rows_in", "rows_loaded", "rows_duplicate", "rows_filtered", "rows_rejected")
LATE_DAYS = 3
"""A kind of record that ends this many days before the cut-off is shown as late."""


def word(group: str, name: str) -> str:
    """The words for a name that the pipeline uses (an entity, a reason, a check); the name itself where there are none."""
    slug = name.replace(" ", "_")
    return t(f"pipeline.{group}.{slug}") if f"pipeline.{group}.{slug}" in catalogue(language()) else name


def totals(accounting: pl.DataFrame) -> dict[str, int]:
    """Sums of the five counts over everything read."""
    return {name: int(accounting[name].sum()) for name in COUNTS}


def by_entity(accounting: pl.DataFrame) -> pl.DataFrame:
    """One row per source and entity, its batches added up: the five counts, batches, last fetched_at and newest_at."""
    return (
        accounting.group_by("source", "entity", maintain_order=True)
        .agg(pl.col(*COUNTS).sum(), batches=pl.len(), fetched_at=pl.col("fetched_at").max(), newest_at=pl.col("newest_at").max())
        .sort("source", "rows_in", descending=[False, True])
    )


def accounting_panel(page: Page, making: Making) -> Panel:
    """Draws the accounting identity per source and kind of row."""
    heads = tuple(t(f"quality.{name}") for name in COUNTS)
    flows: list[Flow] = []
    rows: list[tuple[Cell, ...]] = []
    for row in by_entity(making.accounting).iter_rows(named=True):
        counts = (row["rows_in"], row["rows_loaded"], row["rows_duplicate"], row["rows_filtered"], row["rows_rejected"])
        lost = 1 - counts[1] / counts[0] if counts[0] else None
        texts = tuple(written.number(count, page.language) for count in counts)
        source = making.titles.get(row["source"], row["source"])
        lost_text = written.NO_ACTIVITY if lost is None else written.percent(lost, page.language) if lost else ""
        flows.append(Flow(source, word("entity", row["entity"]), counts, (texts[0], texts[1], texts[2], texts[3], texts[4]), lost_text))
        rows.append((source, word("entity", row["entity"]), *counts, Rate(lost)))
    title, subtitle = t("quality.accounting_title"), t("quality.accounting_subtitle")
    columns = (t("quality.source"), t("quality.entity"), *heads, t("quality.lost"))
    body = row_flow(flows, heads, t("quality.lost"), t("quality.holds"), t("quality.broken"), title)
    legend = "".join(f'<span><i class="l{place}"></i>{escape(text)}</span>' for place, text in enumerate(heads[2:]))
    body += f'<p class="strip-key" aria-hidden="true">{legend}</p>'
    return figure_panel(page, "accounting", title, subtitle, body, sheet(page, "dong-du-lieu", title, subtitle, columns, rows), is_twin_shown=False)


def freshness_panel(page: Page, making: Making) -> Panel:
    """Draws when each source was read, and up to which day its records speak."""
    info = page.reader.info
    lines = ""
    rows: list[tuple[Cell, ...]] = []
    entities = by_entity(making.accounting)
    for source in entities["source"].unique(maintain_order=True):
        of_source = entities.filter(pl.col("source") == source)
        fetched: datetime = of_source["fetched_at"].max()  # type: ignore[assignment]
        latest: datetime | None = of_source["newest_at"].max()  # type: ignore[assignment]
        when = written.instant(fetched, info.time_zone, page.language)
        until = written.instant(latest, info.time_zone, page.language) if latest else written.NO_ACTIVITY
        lines += f"<dt>{escape(making.titles.get(source, source))}</dt><dd>{escape(t('quality.until_day', day=until))}</dd>"
        lines += f'<dt class="muted"></dt><dd class="muted">{escape(t("quality.read_at", instant=when))}</dd>'
        rows.append((making.titles.get(source, source), until, when))
    newest = ""
    for kind, _first_on, last_on, count in making.newest.iter_rows():
        newest += _newest(page, kind, last_on, info.cutoff_on)
        rows.append((t(f"quality.kind.{kind}"), last_on if count else t("value.no_data"), ""))
    title = t("quality.freshness_title")
    subtitle = t("quality.freshness_subtitle", instant=written.instant(info.cutoff_at, info.time_zone, page.language))
    body = (
        f'<h4>{escape(t("quality.sources"))}</h4><dl class="pairs">{lines}</dl><h4>{escape(t("quality.newest"))}</h4><dl class="pairs">{newest}</dl>'
    )
    columns = (t("quality.record"), t("quality.until"), t("quality.read"))
    return figure_panel(page, "freshness", title, subtitle, body, sheet(page, "do-moi", title, subtitle, columns, rows), is_twin_shown=False)


def _newest(page: Page, kind: str, last_on: date | None, cutoff_on: date) -> str:
    label = escape(t(f"quality.kind.{kind}"))
    if last_on is None:
        return f'<dt>{label}</dt><dd class="muted">{escape(t("value.no_data"))}</dd>'
    late = (cutoff_on - last_on).days
    text = escape(t("quality.until_day", day=written.day(last_on, page.language)))
    return (
        f'<dt>{label}</dt><dd class="look">▲ {text} · {escape(t("quality.late", days=late))}</dd>'
        if late > LATE_DAYS
        else f"<dt>{label}</dt><dd>{text}</dd>"
    )


def rejections_panel(page: Page, making: Making) -> Panel:
    """Draws the reasons for which rows were refused; no row's text is kept anywhere, only the column and the reason."""
    title, subtitle = t("quality.rejections_title"), t("quality.rejections_subtitle")
    if making.rejections.is_empty():
        return figure_panel(page, "rejections", title, subtitle, f'<p class="all-passed">✓ {escape(t("quality.rejections_none"))}</p>', None)
    largest = int(making.rejections["rows"].max() or 1)  # type: ignore[arg-type]
    lines = ""
    rows: list[tuple[Cell, ...]] = []
    for source, entity, column, reason, count in making.rejections.iter_rows():
        what = f"{word('entity', entity)} · {column}"
        lines += (
            f"<li><span>{escape(word('reason', reason))}</span><b>{escape(written.number(count, page.language))}</b>"
            f'<small>{escape(what)}</small><i aria-hidden="true" style="width:{100 * count / largest:.1f}%"></i></li>'
        )
        rows.append((making.titles.get(source, source), word("entity", entity), column, word("reason", reason), int(count)))
    columns = (t("quality.source"), t("quality.entity"), t("quality.column"), t("quality.reason"), t("quality.rows"))
    body = f'<ul class="ranked" aria-label="{escape(title)}">{lines}</ul>'
    return figure_panel(page, "rejections", title, subtitle, body, sheet(page, "tu-choi", title, subtitle, columns, rows), is_twin_shown=False)
