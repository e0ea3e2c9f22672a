"""One ratio by province as equal tiles laid out like the country, coloured around its target; the central units as a block of tiles below it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from dashboard.minute import Minute
from dashboard.session.compared_period import short_label
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.panels.fitted_axis import Around, around
from dashboard.ui.table_files import Rate
from dashboard.ui.translations import t
from dashboard.ui.unit_names import tile_name
from data.paths import REFERENCE
from metrics.catalog import metric

MAP_PX, LEAST_PX, MOST_PX = 510, 23, 29
"""About one height of the map for the country of 63 provinces and of 34, and the bounds of a row's."""


@dataclass(frozen=True)
class Place:
    """Where a province stands on the grid of one structure of the country."""

    unit_code: str
    short_name: str
    column: int
    row: int
    is_mark: bool


@cache
def places() -> dict[str, tuple[Place, ...]]:
    """Places by structure (year of its start), from data/reference/tiles.csv; islands are marks that belong to a province."""
    found: dict[str, list[Place]] = {}
    with (REFERENCE / "tiles.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = Place(row["unit_code"], row["short_name"], int(row["column"]), int(row["row"]), row["note"].startswith("mark only"))
            found.setdefault(row["structure"], []).append(place)
    return {structure: tuple(of_structure) for structure, of_structure in found.items()}


@dataclass(frozen=True)
class Tile:
    """One unit on the grid; without a figure it is drawn white. `is_mark` tiles are islands drawn with their province."""

    name: str
    title: str
    column: int = 0
    row: int = 0
    text: str = ""
    """How far it is from the aim in points, `+4,6`."""
    step: str = "none"
    """The class of its colour (`dashboard.ui.panels.fitted_axis.Around`)."""
    is_low: bool = False
    href: str = ""
    is_mark: bool = False


@dataclass(frozen=True)
class _Drawing:
    """What all tiles are drawn by."""

    page: Page
    rows: Mapping[str, Mapping[str, Any]]
    """Of `metrics.comparison.ranking` by unit."""
    aim: float
    scale: Around

    def face(self, code: str, name: str, full_name: str) -> Tile:
        """The tile of a unit; its place is yet to be given."""
        row = self.rows.get(code)
        if row is None or row["value"] is None:
            return Tile(name, t("map.empty_tile", name=full_name))
        difference = row["value"] - self.aim
        points = written.signed_points(difference, self.page.language, row["denominator"])
        counts = f"{written.number(row['numerator'], self.page.language)}/{written.number(row['denominator'], self.page.language)}"
        rate = written.percent(row["value"], self.page.language, of=row["denominator"])
        title = t("map.low_tile" if row["is_low"] else "map.tile", name=full_name, rate=rate, counts=counts)
        return Tile(name, title, text=points, step=self.scale.step(difference), is_low=row["is_low"], href=self.page.link_to(code))


def provinces_panel(page: Page, minute: Minute) -> Panel | None:
    """The panel for the structure of the period's last day; None where no province of the grid is in the snapshot, and where nothing is known."""
    on = page.tree_days[1]
    grids = [
        grid
        for _, grid in sorted(places().items())
        if any(place.unit_code in page.tree.units and page.tree.units[place.unit_code].is_valid_in(on, on) for place in grid)
    ]
    aim = minute.target if minute.target is not None else minute.rate.value
    if not grids or aim is None or not minute.judged:
        return None
    grid = grids[-1]
    central = [unit for unit in page.tree.units.values() if unit.depth == 1 and unit.province_code is None and unit.is_valid_in(on, on)]
    codes = [*(place.unit_code for place in grid if not place.is_mark), *(unit.code for unit in central)]
    rows = {row["unit_code"]: row for row in minute.ranked.iter_rows(named=True) if row["unit_code"] in codes}
    differences = [row["value"] - aim for row in rows.values() if row["value"] is not None]
    scale = around(differences, metric(minute.rate.metric).good == "down")
    drawing = _Drawing(page, rows, aim, scale)
    height = 1 + max((place.row for place in grid), default=0)
    aim_text = written.target(aim, page.language) if minute.target is not None else minute.rate.rate_text
    aim_words = t("map.aim_target" if minute.target is not None else "map.aim_whole", rate=aim_text)
    body = markup(
        "overview/provinces.html",
        tiles=[_mark(page, place) if place.is_mark else _tile(drawing, place) for place in grid],
        chips=[drawing.face(unit.code, unit.label, unit.name) for unit in central],
        row_px=max(LEAST_PX, min(MOST_PX, MAP_PX // height)),
        aim=aim_words,
        reach=written.number(100 * scale.reach, page.language),
        is_down=scale.is_down,
    )
    cells = [
        (
            page.tree.label(code),
            rows[code]["numerator"],
            rows[code]["denominator"],
            Rate(rows[code]["value"], rows[code]["denominator"]),
            written.signed_points(rows[code]["value"] - aim, page.language, rows[code]["denominator"]) if rows[code]["value"] is not None else "",
        )
        for code in codes
        if code in rows
    ]
    label = short_label(minute.rate.metric, page.language)
    title, subtitle = t("map.title"), t("map.subtitle", metric=label, aim=aim_words, population=page.population(metric(minute.rate.metric).of))
    twin = sheet(page, "ban-do", title, subtitle, (t("map.unit"), "n", "N", t("map.rate"), t("map.points")), cells, of=[minute.rate.metric])
    return figure_panel(page, "provinces", title, subtitle, body, twin)


def _tile(drawing: _Drawing, place: Place) -> Tile:
    unit = drawing.page.tree.units.get(place.unit_code)
    tile = drawing.face(place.unit_code, tile_name(place.short_name), unit.name if unit else place.short_name)
    return replace(tile, column=place.column, row=place.row)


def _mark(page: Page, place: Place) -> Tile:
    province = page.tree.units.get(place.unit_code)
    title = f"{place.short_name} ({province.name})" if province else place.short_name
    return Tile(place.short_name.removeprefix("Quần đảo "), title, place.column, place.row, is_mark=True)
