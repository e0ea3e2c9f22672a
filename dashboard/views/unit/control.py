"""Whether the newest month is more than the unit's usual variation, and whether a target is reached reliably: P' charts of rates, XmR of documents.

The charts and the words for assurance are those of `metrics.comparison.process_control`. A reorganisation sets the limits anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl
from markupsafe import Markup

from dashboard.follow_up.alerts import ALERTED, MONTHS
from dashboard.session.figures import over_time
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from metrics.catalog import metric
from metrics.comparison.process_control import FEWEST, Chart, p_prime, x_mr
from metrics.comparison.targets import with_targets
from metrics.model import Ratio
from metrics.periods import Period, whole_months
from metrics.rounding import half_up
from metrics.working_days import working_days

CHARTED: tuple[str, ...] = (*ALERTED, "outgoing_documents")
"""What alerts are looked for in, and the documents: these are charted per working day, so that Tết alone is no signal."""
ICONS: Mapping[str, str] = {"reliable": "✓", "unreliable": "≈", "never": "✗", "better": "▲", "worse": "▼", "other": "◆"}


@dataclass(frozen=True)
class Line:
    """One chart: what it is called, its months with their values, the limits of the newest, and what both say."""

    name: str
    label: str
    months: tuple[Period, ...]
    chart: Chart
    value: str
    limits: str
    change: str
    assurance: str
    drawing: Markup = field(default_factory=Markup)


def control_panel(page: Page) -> Panel:
    """The charts with their words; a remark where too few whole months are known."""
    title = t("unit.control_title")
    lines = read_lines(page)
    if not lines:
        return figure_panel(page, "control", title, t("unit.control_subtitle"), remark(t("unit.control_few", months=FEWEST + 1)), None)
    newest = max(line.months[-1] for line in lines)
    subtitle = f"{t('unit.control_subtitle')} · {written.month(newest.from_on.year, newest.from_on.month, page.language)}"
    columns = tuple(t(f"unit.control_{name}") for name in ("rate", "newest", "limits", "change", "assurance"))
    rows: list[tuple[Cell, ...]] = [(line.label, line.value, line.limits, line.change, line.assurance) for line in lines]
    twin = sheet(page, "dao-dong", title, subtitle, columns, rows, of=[line.name for line in lines])
    return figure_panel(page, "control", title, subtitle, markup("unit/control.html", lines=lines), twin)


def read_lines(page: Page) -> list[Line]:
    """The charts that have limits, each of the whole months up to the end of the page's period, from the unit's newest beginning on."""
    months, names = months_of(page), [name for name in CHARTED if name in page.known]
    if len(months) <= FEWEST or not names:
        return []
    frame = page.reader.values(names, page.selection, Period(months[0].from_on, months[-1].to_on), by="month")
    began = page.reader.unit_beginnings().get(page.selection.unit_code or "")
    anew = sum(began is not None and one.from_on < began for one in months)
    targets = _targets(page, frame, months[-1])
    lines = [_line(page, name, frame, months, anew, targets.get(name)) for name in names]
    return [line for line in lines if line is not None]


def months_of(page: Page) -> list[Period]:
    """Up to MONTHS calendar months that the data reach over, the last one ending within the page's period or before it."""
    info = page.reader.info
    last_on = min(page.selection.to_on, info.cutoff_on)
    return whole_months(Period(info.first_on, last_on), MONTHS) if info.first_on <= last_on else []


def _targets(page: Page, frame: pl.DataFrame, newest: Period) -> dict[str, float]:
    of_newest = frame.filter(pl.col("period_from") == newest.from_on, pl.col("period_to") == newest.to_on)
    aimed = with_targets(of_newest, page.reader.units().select("unit_code", "level"), page.targets)
    return {name: target for name, target in aimed.select("metric", "target").iter_rows() if target is not None}


def _line(page: Page, name: str, frame: pl.DataFrame, months: Sequence[Period], anew: int, target: float | None) -> Line | None:
    one, figures = metric(name), over_time(frame, name)
    is_rate = isinstance(one, Ratio)
    if is_rate:
        chart = p_prime([(figure.numerator, figure.denominator) for figure in figures], [anew] if anew else [])
        is_newest_known = bool(figures[-1].denominator)
    else:
        changes = page.reader.day_changes()
        days = [working_days(part, changes) for part in months]
        per_day = [figure.numerator / of if figure.numerator is not None and of else None for figure, of in zip(figures, days, strict=True)]
        chart = x_mr(per_day, [anew] if anew else [])
        is_newest_known = per_day[-1] is not None
    if not chart.is_known or not is_newest_known:
        return None
    point, cases = chart.points[-1], figures[-1].denominator

    def told(value: float) -> str:
        return written.percent(value, page.language, 1, cases) if is_rate else written.number(half_up(value, 1), page.language, 1)

    change, assurance = chart.change(one.good), chart.assurance(target, one.good)
    label = t(f"unit.rate_{name}") if is_rate else t("unit.control_documents")
    line = Line(
        name,
        label,
        tuple(months[-len(chart.points) :]),
        chart,
        told(point.value or 0.0),
        f"{told(max(0.0, point.low))} – {told(point.high)}",
        " ".join(filter(None, (ICONS.get(change, ""), t(f"unit.control_{change}")))),
        "" if assurance == "unknown" else f"{ICONS[assurance]} {t(f'unit.control_{assurance}')}",
    )
    return replace(line, drawing=_drawing(line))


def _drawing(line: Line) -> Markup:
    """Band, centre, line and the points that are signals; one scale for all, over what the values and limits span."""
    points = [point for point in line.chart.points if point.value is not None]
    low = min(min(point.value or 0.0, point.low) for point in points)
    high = max(max(point.value or 0.0, point.high) for point in points)
    room = (high - low) or 1.0

    def place(number: int) -> float:
        return 100 * number / max(1, len(points) - 1)

    def height(value: float) -> float:
        return 94 - 88 * (value - low) / room

    upper = [(place(number), height(point.high)) for number, point in enumerate(points)]
    lower = [(place(number), height(point.low)) for number, point in reversed(list(enumerate(points)))]
    corners = [(place(number), height(point.value or 0.0)) for number, point in enumerate(points)]
    return markup(
        "unit/control_chart.html",
        band=",".join(f"{x:.1f}% {y:.1f}%" for x, y in [*upper, *lower]),
        centre=f"{height(points[-1].centre):.1f}",
        path=" ".join(f"{'L' if number else 'M'}{x:.1f} {y:.1f}" for number, (x, y) in enumerate(corners)),
        signals=[(f"{x:.1f}", f"{y:.1f}") for (x, y), point in zip(corners, points, strict=True) if point.signal is not None],
        alt=f"{line.label}: {line.value} ({line.limits}), {line.change}",
    )
