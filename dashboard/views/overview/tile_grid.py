"""The provinces as equal tiles laid out like the country, so that a small one is as easy to see as a large one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.ui.theme import step_of


@dataclass(frozen=True)
class Tile:
    """One unit on the grid; `ratio` None is drawn white (no figure). `is_mark` tiles are islands drawn with their province."""

    name: str
    column: int
    row: int
    ratio: float | None = None
    text: str = ""
    title: str = ""
    href: str = ""
    is_mark: bool = False


def tile_grid(tiles: Sequence[Tile], central: Sequence[Tile], central_title: str, low: str, high: str, alt: str) -> str:
    """The map and, below it, the units that have no place on it, as a block of small tiles, and the scale."""
    rows = 1 + max((tile.row for tile in tiles), default=0)
    row_height = max(23, min(29, 510 // rows))  # about one height for the country of 63 provinces and of 34
    placed = "".join(_placed(tile) for tile in tiles)
    chips = "".join(f"<li>{_face(tile)}</li>" for tile in central)
    block = f'<h4>{escape(central_title)}</h4><ul class="chips">{chips}</ul>' if central else ""
    scale = "".join(f'<i class="q{step}"></i>' for step in range(6))
    return (
        f'<div class="map" role="group" aria-label="{escape(alt)}" style="--row:{row_height}px">{placed}</div>{block}'
        f'<p class="scale" aria-hidden="true"><span>{escape(low)}</span>{scale}<span>{escape(high)}</span></p>'
    )


def _placed(tile: Tile) -> str:
    place = f"grid-column:{tile.column + 1};grid-row:{tile.row + 1}"
    if tile.is_mark:
        return f'<span class="islands" style="{place}" title="{escape(tile.title)}"><i></i><i></i><i></i><b>{escape(tile.name)}</b></span>'
    return f'<span class="tile" style="{place}">{_face(tile)}</span>'


def _face(tile: Tile) -> str:
    step = "none" if tile.ratio is None else f"q{step_of(tile.ratio)}"
    value = f"<b>{escape(tile.text)}</b>" if tile.text else ""
    inner = f"<span>{escape(tile.name)}</span>{value}"
    if tile.href and tile.ratio is not None:
        return f'<a class="face {step}" href="{escape(tile.href)}" title="{escape(tile.title)}">{inner}</a>'
    return f'<span class="face {step}" title="{escape(tile.title)}">{inner}</span>'
