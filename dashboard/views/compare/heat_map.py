"""Units by weeks (or days, or months): one ratio per cell, on the one scale from little to much, with the figure in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.ui.theme import step_of


@dataclass(frozen=True)
class HeatCell:
    """A ratio (None: nothing to colour), its text, and the whole figure for those who point at it."""

    ratio: float | None
    text: str
    title: str


@dataclass(frozen=True)
class HeatRow:
    """One unit."""

    code: str
    name: str
    title: str
    href: str
    cells: tuple[HeatCell, ...]


def heat_map(rows: Sequence[HeatRow], unit_label: str, part_kind: str, parts: Sequence[str], caption: str) -> str:
    """A table in its own scrolling frame: the figures are its text, so it is its own twin.

    `part_kind` is what each column is ("tuần"), said before each part where there is room; empty where the parts speak for themselves.
    """
    kind = f'<span class="kind">{escape(part_kind)} </span>' if part_kind else ""
    heads = "".join(f'<th scope="col">{kind}{escape(part)}</th>' for part in parts)
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="heat-frame" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="heat">'
        f'<caption class="unseen">{escape(caption)}</caption>'
        f'<thead><tr><th scope="col"><span class="unseen">{escape(unit_label)}</span></th>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: HeatRow) -> str:
    cells = "".join(_cell(cell) for cell in row.cells)
    name = f'<a href="{escape(row.href)}" title="{escape(row.title)}" target="_self">{escape(row.name)}</a>'
    return f'<tr data-unit="{escape(row.code)}"><th scope="row">{name}</th>{cells}</tr>'


def _cell(cell: HeatCell) -> str:
    step = "none" if cell.ratio is None else f"q{step_of(cell.ratio)}"
    return f'<td title="{escape(cell.title)}"><span class="{step}">{escape(cell.text)}</span></td>'
