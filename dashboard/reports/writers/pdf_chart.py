"""Charts of the PDF as marks: rectangles, lines and texts in points from the drawing's upper left corner, which the template only places.

Same data, order, greys and dashes as the native charts of Word: series keep apart without colour, values and names stand beside their marks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.reports.content.blocks import Chart, Kind
from dashboard.reports.layout import chart_fit as official_chart
from dashboard.reports.layout.chart_fit import BAR_PT, NAMES_SHARE, TEXT_PT, name_lines, text_width
from dashboard.reports.layout.chart_values import (
    ACCENT,
    FILLS,
    GREY,
    HAIRLINE,
    HEADROOM,
    INK,
    LINES,
    ON_FILLS,
    PAPER,
    axis_end,
    drawn,
    has_labels,
    has_legend,
    target_name,
    value_text,
)
from dashboard.reports.layout.official_form import Area, balanced
from dashboard.ui import format as written
from dashboard.ui.format import Language

Mark = dict[str, object]
"""One thing to draw: `is` says what, lengths are points; a text's `y` is its baseline."""

DASHES: dict[str, tuple[float, ...]] = {
    "solid": (),
    "sysDash": (3.0, 1.5),
    "dash": (5.0, 3.0),
    "sysDot": (1.2, 1.8),
    "lgDash": (8.0, 3.0),
    "dashDot": (6.0, 2.0, 1.2, 2.0),
}
_CAPITALS = 0.66
"""Their height in shares of the type size."""
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass
class Drawing:
    """A chart's marks in the order of drawing."""

    width: float
    height: float
    marks: list[Mark] = field(default_factory=list)

    def rectangle(self, x: float, y: float, width: float, height: float, fill: str = "", edge: str = "") -> None:
        self.marks.append({"is": "rectangle", "x": x, "y": y, "width": max(width, 0.0), "height": max(height, 0.0), "fill": fill, "edge": edge})

    def path(self, points: Sequence[tuple[float, float]], colour: str, weight: float, dash: str = "solid") -> None:
        self.marks.append({"is": "path", "points": [list(point) for point in points], "colour": colour, "weight": weight, "dash": DASHES[dash]})

    def text(self, text: str, x: float, y: float, colour: str = INK, align: float = 0.0) -> None:
        """`align` is the share of the text that stands left of `x`: 0 begins there, 1 ends there."""
        self.marks.append({"is": "text", "text": text, "x": x - align * text_width(text), "y": y, "size": TEXT_PT, "colour": colour})


def chart_drawing(chart: Chart, language: Language, area: Area) -> Drawing:
    """The whole chart with its legend, as high as Word's."""
    drawing = Drawing(area.width, official_chart.height_pt(chart, area))
    if not chart.categories or not chart.series:
        return drawing
    top = axis_end(chart) or 1.0
    if chart.kind == "bars":
        _bars(drawing, chart, language, top, area)
    elif chart.kind == "line":
        _lines(drawing, chart, language, top)
    else:
        _columns(drawing, chart, language, top)
    return drawing


def ticks(top: float) -> list[float]:
    """Round values from 0 up to `top`, four to eight of them."""
    power = 10.0 ** math.floor(math.log10(top / 5))
    step = next(power * step for step in _STEPS if top / (power * step) <= 6)
    return [step * place for place in range(math.floor(top / step + 1e-9) + 1)]


def _bars(drawing: Drawing, chart: Chart, language: Language, top: float, area: Area) -> None:
    head = official_chart.head_pt(chart)
    _legend(drawing, chart, language)
    names = [name_lines(name, drawing.width * NAMES_SHARE) for name in chart.categories]
    left = max(text_width(line) for lines in names for line in lines) + 8
    room = max(text_width(value_text(value, chart.values_are, language)) for one in chart.series for value in (*one.values, 0.0) if value is not None)
    scale = (drawing.width - left - room - 6) / (top / HEADROOM)
    target = None if chart.target is None else left + chart.target * scale
    pitches = official_chart.bar_pitches(chart, area)
    middles = [head + sum(pitches[:place]) + pitch / 2 for place, pitch in enumerate(pitches)]
    foot = head + sum(pitches)
    labels: list[tuple[str, float, float, str]] = []
    for place, (lines, middle) in enumerate(zip(names, middles, strict=True)):
        for row, line in enumerate(lines):
            drawing.text(line, left - 6, _on(middle + (row - (len(lines) - 1) / 2) * TEXT_PT * 1.15), align=1.0)
        thick = min(BAR_PT, (pitches[place] - 6) / len(chart.series))
        for row, series in enumerate(chart.series):
            value, y = series.values[place], middle + (row - len(chart.series) / 2) * thick
            if value is None:
                labels.append((written.NO_ACTIVITY, left + 4, y + thick / 2, GREY))
                continue
            drawing.rectangle(left, y, max(value, 0.0) * scale, thick - 1, FILLS[row % len(FILLS)])
            labels.append((value_text(value, chart.values_are, language), left + max(value, 0.0) * scale + 4, y + thick / 2 - 0.5, INK))
    if target is not None:
        drawing.path([(target, head), (target, foot)], ACCENT, 1.2, "dash")
    for text, x, middle, colour in labels:
        if target is not None and x - 2 < target < x + text_width(text) + 2:
            drawing.rectangle(x - 1, middle - TEXT_PT / 2, text_width(text) + 2, TEXT_PT, PAPER)
        drawing.text(text, x, _on(middle), colour)
    drawing.path([(left, head), (left, foot)], GREY, 0.75)


def _columns(drawing: Drawing, chart: Chart, language: Language, top: float) -> None:
    _legend(drawing, chart, language)
    is_stacked, labels = chart.kind == "stacked", has_labels(chart)
    left, right, base, scale = _vertical_axis(drawing, chart, language, top, has_values=not labels)
    pitch = (right - left) / len(chart.categories)
    _category_names(drawing, chart, left + pitch / 2, pitch, base)
    bars = 1 if is_stacked else len(chart.series)
    thick = min(pitch * 0.72 / bars, 46.0)
    for place in range(len(chart.categories)):
        height, first = 0.0, left + pitch * (place + 0.5) - thick * bars / 2
        for row, series in enumerate(chart.series):
            value = series.values[place]
            if value is None or value < 0:
                continue
            x, y = first + (0 if is_stacked else row * thick), base - height - value * scale
            drawing.rectangle(x, y, thick - (0 if is_stacked else 1), value * scale, FILLS[row % len(FILLS)], PAPER if is_stacked else "")
            text = value_text(value, chart.values_are, language)
            if labels and is_stacked and value * scale > TEXT_PT * 1.2:
                drawing.text(text, x + thick / 2, _on(y + value * scale / 2), ON_FILLS[row % len(ON_FILLS)], 0.5)
            elif labels and not is_stacked:
                drawing.text(text, x + thick / 2, y - 3, align=0.5)
            height += value * scale if is_stacked else 0.0
    if chart.target is not None:
        y = base - chart.target * scale
        drawing.path([(left, y), (right, y)], ACCENT, 1.2, "dash")
    drawing.path([(left, base), (right, base)], GREY, 0.75)


def _lines(drawing: Drawing, chart: Chart, language: Language, top: float) -> None:
    _, series = drawn(chart, language)
    ends: list[tuple[float, str, str]] = []
    named = [(name, [value for value in values if value is not None]) for name, values in series]
    texts = [f"{name} {value_text(values[-1], chart.values_are, language)}" if values else name for name, values in named]
    room = min(max(text_width(text) for text in texts), drawing.width * 0.4) + 10
    left, right, base, scale = _vertical_axis(drawing, chart, language, top, has_values=True, room=room)
    pitch = (right - left) / max(len(chart.categories) - 1, 1)
    _category_names(drawing, chart, left, pitch, base)
    for row, (_, values) in enumerate(series):
        is_target = chart.target is not None and row == len(series) - 1
        colour, dash = (ACCENT, "dash") if is_target else LINES[row % len(LINES)]
        for piece in _pieces(values):
            points = [(left + place * pitch, base - max(value, 0.0) * scale) for place, value in piece]
            if len(points) == 1:
                drawing.rectangle(points[0][0] - 1.5, points[0][1] - 1.5, 3, 3, colour)
            else:
                drawing.path(points, colour, 1.2 if is_target else 1.8, dash)
        if shown := [value for value in values if value is not None]:
            ends.append((base - max(shown[-1], 0.0) * scale, texts[row], ACCENT if is_target else INK))
    for y, text, colour in _apart(ends, base):
        for row, line in enumerate(balanced(text, TEXT_PT, room - 8)[:2]):
            drawing.text(line, right + 6, _on(y + row * TEXT_PT), colour)
    drawing.path([(left, base), (right, base)], GREY, 0.75)


def _vertical_axis(
    drawing: Drawing, chart: Chart, language: Language, top: float, has_values: bool, room: float = 0.0
) -> tuple[float, float, float, float]:
    """Left and right end and foot of the plot, and points per unit; with values, grid lines and their numbers are drawn."""
    head, base = official_chart.head_pt(chart), drawing.height - 2 * TEXT_PT - 4
    scale = (base - head) / top
    if not has_values:
        return 0.0, drawing.width - room, base, scale
    steps = ticks(top)
    texts = [_tick_text(value, steps, chart.values_are, language) for value in steps]
    left = max(text_width(text) for text in texts) + 6
    for value, text in zip(steps, texts, strict=True):
        drawing.path([(left, base - value * scale), (drawing.width - room, base - value * scale)], HAIRLINE, 0.5)
        drawing.text(text, left - 5, _on(base - value * scale), GREY, 1.0)
    return left, drawing.width - room, base, scale


def _tick_text(value: float, steps: Sequence[float], kind: Kind, language: Language) -> str:
    step = steps[1] if len(steps) > 1 else 1.0
    if kind == "rate":
        return written.percent(value, language, 0 if round(step * 100, 6).is_integer() else 1)
    return written.number(value, language, 0 if step.is_integer() else 1)


def _category_names(drawing: Drawing, chart: Chart, first: float, pitch: float, base: float) -> None:
    """Names below the axis; where they stand too close, every second, fifth, … is shown."""
    names, _ = drawn(chart, "vi")
    widest = max(min(text_width(name), 4 * TEXT_PT if len(names) > 12 else pitch) for name in names)
    every = next(step for step in (1, 2, 5, 7, 10, 15, 30, 60, 120, 366, len(names) + 366) if step * pitch >= widest + 3)
    for place, name in enumerate(names):
        if place % every:
            continue
        for row, line in enumerate(balanced(name, TEXT_PT, max(every * pitch - 3, widest))[:2]):
            drawing.text(line, first + place * pitch, base + TEXT_PT * (1.1 + 1.05 * row) + 2, align=0.5)


def _legend(drawing: Drawing, chart: Chart, language: Language) -> None:
    """Keys above the plot, where there is one."""
    if not has_legend(chart):
        return
    _, series = drawn(chart, language)
    shown = [(name, FILLS[row % len(FILLS)], False) for row, (name, _) in enumerate(series[: len(chart.series)])] if len(chart.series) > 1 else []
    if chart.target is not None:
        shown.append((f"{target_name(language)} {value_text(chart.target, chart.values_are, language)}", ACCENT, True))
    x = max(0.0, (drawing.width - sum(text_width(name) + 32 for name, _, _ in shown)) / 2)
    for name, colour, is_line in shown:
        if is_line:
            drawing.path([(x, 6.5), (x + 12, 6.5)], colour, 1.2, "dash")
        else:
            drawing.rectangle(x, 2, 9, 9, colour)
        drawing.text(name, x + 16, 10)
        x += text_width(name) + 32


def _on(middle: float) -> float:
    """Baseline of a text whose figures and capitals are centred on `middle`."""
    return middle + _CAPITALS * TEXT_PT / 2


def _pieces(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Stretches without gaps, each value with its place."""
    pieces: list[list[tuple[int, float]]] = [[]]
    for place, value in enumerate(values):
        if value is not None:
            pieces[-1].append((place, value))
        elif pieces[-1]:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _apart(ends: Sequence[tuple[float, str, str]], base: float) -> list[tuple[float, str, str]]:
    """Labels near their heights, apart so that none covers another: pushed up from the axis, and down again where they would leave the drawing."""
    distance = TEXT_PT * 1.2
    ordered = sorted(ends, reverse=True)
    heights: list[float] = []
    for y, _, _ in ordered:
        heights.append(min(y, heights[-1] - distance if heights else base))
    highest = TEXT_PT / 2
    for place in reversed(range(len(heights))):
        heights[place] = max(heights[place], highest)
        highest = heights[place] + distance
    return [(height, text, colour) for height, (_, text, colour) in zip(heights, ordered, strict=True)]
