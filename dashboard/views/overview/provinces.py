"""Activation by province as equal tiles laid out like the country, with the central units as a block of small tiles below it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from dashboard.session.figures import Figure
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Rate
from dashboard.ui.translations import t
from dashboard.ui.unit_names import tile_name
from data.paths import REFERENCE

METRIC = "activation_rate"
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
    ratio: float | None = None
    href: str = ""
    is_mark: bool = False


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
    rates = {code: figures[METRIC] for code, figures in units.items() if METRIC in figures and figures[METRIC].value is not None}
    tiles = [_mark(page, place) if place.is_mark else _tile(page, place, rates.get(place.unit_code)) for place in grid]
    central = [unit for unit in page.tree.units.values() if unit.depth == 1 and unit.province_code is None and unit.is_valid_in(on, on)]
    chips = [_face(page, unit.code, unit.code.rpartition("-")[2], unit.name, rates.get(unit.code)) for unit in central]
    rows = 1 + max((place.row for place in grid), default=0)
    body = markup("overview/provinces.html", tiles=tiles, chips=chips, row_px=max(LEAST_PX, min(MOST_PX, MAP_PX // rows)))
    codes = [*(place.unit_code for place in grid if not place.is_mark), *(unit.code for unit in central)]
    cells = [
        (page.tree.label(code), rates[code].numerator, rates[code].denominator, Rate(rates[code].value, rates[code].denominator))
        for code in codes
        if code in rates
    ]
    title, subtitle = t("map.title"), t("map.subtitle", population=page.population("account"))
    twin = sheet(page, "ban-do", title, subtitle, (t("map.unit"), "n", "N", t("map.rate")), cells, of=[METRIC])
    return figure_panel(page, "provinces", title, subtitle, body, twin)


def _face(page: Page, code: str, name: str, full_name: str, figure: Figure | None) -> Tile:
    if figure is None:
        return Tile(name, t("map.empty_tile", name=full_name))
    title = t("map.tile", name=full_name, rate=figure.rate_text, counts=figure.counts_text)
    return Tile(name, title, ratio=figure.value, href=page.link_to(code))


def _tile(page: Page, place: Place, figure: Figure | None) -> Tile:
    unit = page.tree.units.get(place.unit_code)
    tile = _face(page, place.unit_code, tile_name(place.short_name), unit.name if unit else place.short_name, figure)
    return replace(tile, column=place.column, row=place.row)


def _mark(page: Page, place: Place) -> Tile:
    province = page.tree.units.get(place.unit_code)
    title = f"{place.short_name} ({province.name})" if province else place.short_name
    return Tile(place.short_name.removeprefix("Quần đảo "), title, place.column, place.row, is_mark=True)
