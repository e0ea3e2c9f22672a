"""Activation by province on the tile grid, with the central units as a block below it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.ui.unit_names import Unit, tile_name
from dashboard.views.overview.tile_grid import Tile, tile_grid
from data.paths import REFERENCE

METRIC = "activation_rate"


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


def provinces_panel(page: Page, units: Mapping[str, Mapping[str, Figure]]) -> Panel | None:
    """The panel for the structure of the period's last day; None where no province of the grid is in the snapshot."""
    on = page.tree_days[1]
    grids = [
        grid
        for _, grid in sorted(places().items())
        if any(place.unit_code in page.tree.units and page.tree.units[place.unit_code].is_valid_in(on, on) for place in grid)
    ]
    if not grids:
        return None
    grid = grids[-1]
    tiles = [_mark(page, place) if place.is_mark else _tile(page, place, units) for place in grid]
    central = [unit for unit in page.tree.units.values() if unit.depth == 1 and unit.province_code is None and unit.is_valid_in(on, on)]
    chips = [_chip(page, unit, units) for unit in central]
    subtitle = t("map.subtitle", population=page.population("account"))
    body = tile_grid(tiles, chips, t("map.central", count=len(chips)), "0", "100%", t("map.title"))
    rows: list[tuple[Cell, ...]] = [
        (page.tree.label(code), figure.numerator, figure.denominator, Rate(figure.value))
        for code in [*(place.unit_code for place in grid if not place.is_mark), *(unit.code for unit in central)]
        if (figure := units.get(code, {}).get(METRIC)) is not None and figure.value is not None
    ]
    twin = sheet(page, "ban-do", t("map.title"), subtitle, (t("map.unit"), "n", "N", t("map.rate")), rows)
    return figure_panel(page, "provinces", t("map.title"), subtitle, body, twin)


def _tile(page: Page, place: Place, units: Mapping[str, Mapping[str, Figure]]) -> Tile:
    figure = units.get(place.unit_code, {}).get(METRIC)
    name = page.tree.units[place.unit_code].name if place.unit_code in page.tree.units else place.short_name
    if figure is None or figure.value is None:
        return Tile(tile_name(place.short_name), place.column, place.row, title=t("map.empty_tile", name=name))
    return Tile(
        tile_name(place.short_name),
        place.column,
        place.row,
        figure.value,
        written.percent(figure.value, page.language, 0),
        t("map.tile", name=name, rate=figure.rate_text, counts=figure.counts_text),
        page.link_to(place.unit_code),
    )


def _mark(page: Page, place: Place) -> Tile:
    province = page.tree.units.get(place.unit_code)
    title = f"{place.short_name} ({province.name})" if province else place.short_name
    return Tile(place.short_name.removeprefix("Quần đảo "), place.column, place.row, title=title, is_mark=True)


def _chip(page: Page, unit: Unit, units: Mapping[str, Mapping[str, Figure]]) -> Tile:
    figure = units.get(unit.code, {}).get(METRIC)
    short = unit.code.rpartition("-")[2]
    if figure is None or figure.value is None:
        return Tile(short, 0, 0, title=t("map.empty_tile", name=unit.name))
    title = t("map.tile", name=unit.name, rate=figure.rate_text, counts=figure.counts_text)
    return Tile(short, 0, 0, figure.value, "", title, page.link_to(unit.code))
