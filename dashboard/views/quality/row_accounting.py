"""Where the rows of each source went, how fresh each source is, and why rows were refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from markupsafe import Markup

from dashboard.session.queries import Making
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import catalogue, language, t

COUNTS = ("rows_in", "rows_loaded", "rows_duplicate", "rows_filtered", "rows_rejected")
ENTITIES_OF = {"account_day": ("access_event",), "delivery": ("delivery", "axis_message")}
"""What the kinds of records come from that are not called as they are."""
LATE_DAYS = 3
"""A kind of record that ends this many days before the cut-off is shown as late."""


@dataclass(frozen=True)
class Flow:
    """One kind of row of one source; counts in the order of COUNTS."""

    source: str
    name: str
    counts: tuple[int, ...]

    @property
    def lost(self) -> float | None:
        """Share of the rows that were not loaded; None where none came in."""
        return 1 - self.counts[1] / self.counts[0] if self.counts[0] else None

    @property
    def lost_text(self) -> str:
        return written.NO_ACTIVITY if self.lost is None else written.percent(self.lost, language()) if self.lost else ""

    @property
    def adds_up(self) -> bool:
        """The accounting identity: every row that came in has a place."""
        return self.counts[0] == sum(self.counts[1:])


def word(group: str, name: str) -> str:
    """The words for a name that the pipeline uses (an entity, a reason, a check); the name itself where there are none."""
    slug = name.replace(" ", "_")
    return t(f"pipeline.{group}.{slug}") if f"pipeline.{group}.{slug}" in catalogue(language()) else name


def reason_in_words(reason: str) -> str:
    """Why rows were refused, and behind the words the commonest spellings of what was refused, where the pipeline names them."""
    why, colon, spellings = reason.partition(": ")
    return f"{word('reason', why)}{colon}{spellings}"


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
    flows = [
        Flow(making.titles.get(row["source"], row["source"]), word("entity", row["entity"]), tuple(row[name] for name in COUNTS))
        for row in by_entity(making.accounting).iter_rows(named=True)
    ]
    heads = tuple(t(f"quality.{name}") for name in COUNTS)
    title, subtitle = t("quality.accounting_title"), t("quality.accounting_subtitle")
    columns = (t("quality.source"), t("quality.entity"), *heads, t("quality.lost"))
    rows: list[tuple[Cell, ...]] = [(flow.source, flow.name, *flow.counts, Rate(flow.lost)) for flow in flows]
    body = flow_table(flows, title)
    return figure_panel(page, "accounting", title, subtitle, body, sheet(page, "dong-du-lieu", title, subtitle, columns, rows), is_twin_shown=False)


def flow_table(flows: Sequence[Flow], title: str) -> Markup:
    """The flows as a table; a bar's length is the share not loaded, the largest filling the cell."""
    largest = max((flow.lost or 0.0 for flow in flows), default=0.0) or 1.0
    return markup("quality/row_flow.html", title=title, heads=[t(f"quality.{name}") for name in COUNTS], flows=flows, largest=largest)


def places_panel(page: Page, making: Making) -> Panel:
    """Draws what of the loaded rows is in figures, and why the others are in none; the files say it month by month."""
    title, subtitle = t("quality.places_title"), t("quality.places_subtitle")
    totals_of = making.places.group_by("entity", "place").agg(pl.col("rows").sum()).sort("rows", "place", descending=[True, False])
    lines = []
    for entity in sorted(set(totals_of["entity"]), key=lambda name: list(catalogue(language())).index(f"pipeline.entity.{name}")):
        counts = dict(totals_of.filter(pl.col("entity") == entity).select("place", "rows").iter_rows())
        inside = counts.pop("counted", 0)
        reasons = [(word("place", place), rows) for place, rows in counts.items()]
        outside = sum(rows for place, rows in counts.items() if not place.startswith("counted"))
        lines.append((word("entity", entity), inside + sum(counts.values()) - outside, outside, reasons))
    body = markup("quality/places.html", title=title, lines=lines)
    columns = (t("quality.entity"), t("quality.places_month"), t("quality.places_why"), t("quality.rows"))
    rows = [
        (word("entity", entity), f"{month.month}/{month.year}" if month else "", word("place", place), int(count))
        for entity, month, place, count in making.places.iter_rows()
    ]
    return figure_panel(
        page, "row_places", title, subtitle, body, sheet(page, "dong-trong-so-lieu", title, subtitle, columns, rows), is_twin_shown=False
    )


def freshness_panel(page: Page, making: Making) -> Panel:
    """Draws when each source was read, and up to which day its records speak."""
    info = page.reader.info
    entities = by_entity(making.accounting)
    sources: list[tuple[str, str, str]] = []
    for source in entities["source"].unique(maintain_order=True):
        of_source = entities.filter(pl.col("source") == source)
        fetched: datetime = of_source["fetched_at"].max()  # type: ignore[assignment]
        latest: datetime | None = of_source["newest_at"].max()  # type: ignore[assignment]
        until = written.instant(latest, info.time_zone, page.language) if latest else written.NO_ACTIVITY
        sources.append((making.titles.get(source, source), until, written.instant(fetched, info.time_zone, page.language)))
    newest = [
        (t(f"quality.kind.{kind}"), last_on, count)
        for kind, _, last_on, count in making.newest.iter_rows()
        if count or any(page.reader.reads(entity) for entity in ENTITIES_OF.get(kind, (kind,)))
    ]
    body = markup(
        "quality/freshness.html",
        sources=sources,
        newest=[(label, last_on, (info.cutoff_on - last_on).days if last_on else None) for label, last_on, _ in newest],
        late_days=LATE_DAYS,
    )
    title = t("quality.freshness_title")
    subtitle = t("quality.freshness_subtitle", instant=written.instant(info.cutoff_at, info.time_zone, page.language))
    columns = (t("quality.record"), t("quality.until"), t("quality.read"))
    rows: list[tuple[Cell, ...]] = [*sources, *((label, last_on if count else t("value.no_data"), "") for label, last_on, count in newest)]
    return figure_panel(page, "freshness", title, subtitle, body, sheet(page, "do-moi", title, subtitle, columns, rows), is_twin_shown=False)


def rejections_panel(page: Page, making: Making) -> Panel:
    """Draws the reasons for which rows were refused; no row's text is kept anywhere, only the column, the reason, and how a refused day or
    word was spelt."""
    title, subtitle = t("quality.rejections_title"), t("quality.rejections_subtitle")
    if making.rejections.is_empty():
        return figure_panel(page, "rejections", title, subtitle, remark(f"✓ {t('quality.rejections_none')}", "all-passed"), None)
    rows = [
        (making.titles.get(source, source), word("entity", entity), column, reason_in_words(reason), int(count))
        for source, entity, column, reason, count in making.rejections.iter_rows()
    ]
    columns = (t("quality.source"), t("quality.entity"), t("quality.column"), t("quality.reason"), t("quality.rows"))
    body = markup("quality/rejections.html", title=title, rows=rows, largest=max(row[-1] for row in rows) or 1)
    return figure_panel(page, "rejections", title, subtitle, body, sheet(page, "tu-choi", title, subtitle, columns, rows), is_twin_shown=False)
