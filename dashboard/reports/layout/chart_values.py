"""What every drawing of a chart shares, native or of marks: greys and dashes, number formats, where the axis ends, which values are printed.

Series keep apart in greyscale by lightness and by the dashes of their lines, values stand beside their marks, and a target is a line over columns and
lines, a hollow bar around bars.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dashboard.palette import LIGHT
from dashboard.reports.content.blocks import Chart, Kind
from dashboard.reports.layout.printable_text import clipped
from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue

INK, ACCENT, GREY, HAIRLINE, WASH, PAPER = (
    colour.removeprefix("#") for colour in (LIGHT.ink, LIGHT.accent, LIGHT.muted, LIGHT.line, LIGHT.wash, LIGHT.card)
)
"""The palette's colours as office files write them."""
_, PALEST, PALE, MIDDLE, _, DARKEST = (colour.removeprefix("#") for colour in LIGHT.sequential)
FAINT = LIGHT.faint.removeprefix("#")
FILLS = (DARKEST, PALE, HAIRLINE, GREY, MIDDLE, PALEST)
LINES = ((DARKEST, "solid"), (GREY, "sysDash"), (PALE, "dash"), (FAINT, "sysDot"), (INK, "lgDash"), (MIDDLE, "dashDot"))
"""Colour of a line and its dash, as DrawingML calls it."""
PALE_LINES = (PALE, FAINT, MIDDLE)
"""Too pale for the names at their ends, which are grey instead."""
ON_FILLS = (PAPER, INK, INK, PAPER, PAPER, INK)
"""Colour of a text on each of FILLS."""
LONGEST_NAME = 60
MOST_LABELS, MOST_BAR_LABELS = 24, 60
"""More values than this are not printed beside their marks; the axis is shown instead."""
MOST_NAMES = 16
HEADROOM = 1.15
"""The axis ends this far beyond the largest value, so that the value beside it has room."""
ROUND_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)

NUMBER_FORMATS: dict[Kind, str] = {"rate": "0.00%", "whole_rate": "0%", "count": "#,##0", "days": "#,##0.0", "text": "General", "date": "d/m/yyyy"}
VIETNAMESE = "[$-42A]"
"""Locale of a number format: programs that heed it print `61,7%` on any machine, the others as the reader's own settings say."""


def target_name(language: Language) -> str:
    """How the series that is the target is called."""
    return catalogue(language)["report_file.target"]


def drawn(chart: Chart, language: Language) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[float | None, ...]], ...]]:
    """Categories, and the series by name with the target as the last, as chart and workbook both hold them."""
    categories = tuple(clipped(name, LONGEST_NAME) for name in chart.categories)
    series = [(clipped(one.name, LONGEST_NAME), one.values) for one in chart.series]
    if chart.target is not None:
        series.append((target_name(language), (chart.target,) * len(categories)))
    return categories, tuple(series)


@dataclass(frozen=True)
class DrawnSeries:
    """One series as every writer draws it; `place` counts all series of the chart, the target is the last."""

    place: int
    name: str
    values: tuple[float | None, ...]
    is_target: bool
    is_line: bool
    colour: str
    dash: str
    label_colour: str

    @property
    def last(self) -> int | None:
        """Place of the last value."""
        return max((place for place, value in enumerate(self.values) if value is not None), default=None)


def drawn_series(chart: Chart, language: Language) -> list[DrawnSeries]:
    """The series of `drawn` with their looks."""
    found = []
    for place, (name, values) in enumerate(drawn(chart, language)[1]):
        is_target = place == len(chart.series)
        is_line = chart.kind == "line" or (is_target and chart.kind != "bars")
        colour, dash = LINES[place % len(LINES)] if is_line else (FILLS[place % len(FILLS)], "solid")
        label_colour = (GREY if colour in PALE_LINES else colour) if is_line else ON_FILLS[place % len(ON_FILLS)] if chart.kind == "stacked" else INK
        if is_target:
            colour, dash, label_colour = (ACCENT, "dash", ACCENT) if is_line else (GREY, "solid", ACCENT)
        found.append(DrawnSeries(place, name, values, is_target, is_line, colour, dash, label_colour))
    return found


def value_text(value: float | None, kind: Kind, language: Language) -> str:
    """A value of a chart as people write it; a dash where there is none."""
    if value is None:
        return written.NO_ACTIVITY
    if kind in ("rate", "whole_rate"):
        return written.percent(value, language, 2 if kind == "rate" else 0)
    return written.number(value, language, 1 if kind == "days" else 0)


def axis_format(kind: Kind, language: Language) -> str:
    """The code for an axis: whole percent are enough there."""
    return "0%" if kind in ("rate", "whole_rate") else number_format(kind, language)


def number_format(kind: Kind, language: Language) -> str:
    """The spreadsheet's code for values of a kind."""
    return f"{VIETNAMESE}{NUMBER_FORMATS[kind]}" if language == "vi" and kind in ("rate", "whole_rate", "count", "days") else NUMBER_FORMATS[kind]


def axis_end(chart: Chart) -> float | None:
    """Where the value axis ends: beyond the largest value or sum of a stack; None where there is nothing to show."""
    if chart.axis_top is not None:
        return chart.axis_top
    if chart.kind == "stacked":
        tops = [sum(values) for values in zip(*([value or 0.0 for value in one.values] for one in chart.series), strict=True)]
    else:
        tops = [value for one in chart.series for value in one.values if value is not None]
    top = max([*tops, chart.target or 0.0], default=0.0)
    return top * HEADROOM if top > 0 else None


def ticks(chart: Chart, language: Language) -> list[tuple[float, str]]:
    """Round values from 0 up to the axis's end, four to eight of them, with their texts."""
    top = axis_end(chart) or 1.0
    power = 10.0 ** math.floor(math.log10(top / 5))
    step = next(power * step for step in ROUND_STEPS if top / (power * step) <= 6)
    values = [step * place for place in range(math.floor(top / step + 1e-9) + 1)]
    if chart.values_are in ("rate", "whole_rate"):
        return [(value, written.percent(value, language, 0 if round(step * 100, 6).is_integer() else 1)) for value in values]
    return [(value, written.number(value, language, 0 if step.is_integer() else 1)) for value in values]


def has_labels(chart: Chart) -> bool:
    """Whether every value is printed beside its mark: few enough, and no lines, whose ends alone are named."""
    most = MOST_BAR_LABELS if chart.kind == "bars" else MOST_LABELS
    return chart.kind != "line" and len(chart.categories) * len(chart.series) <= most


def has_legend(chart: Chart) -> bool:
    """Lines are named where they end; one series needs no name, but a target across bars does."""
    return chart.kind != "line" and (len(chart.series) > 1 or (chart.kind == "bars" and chart.target is not None))


def names_every(chart: Chart) -> int:
    """Which step of the categories is named on a time axis, so that the names do not run into one another."""
    return -(-len(chart.categories) // MOST_NAMES)


def names_size(chart: Chart, size_pt: float) -> float:
    """Smaller names where a time axis has many: programs that cannot leave some out would break them into two lines."""
    return size_pt if chart.kind == "bars" else max(size_pt * 0.6, min(size_pt, size_pt * 22 / max(1, len(chart.categories))))
