"""The panels of the page that compares units: the sentence, which differences are real, the weeks, and the lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from dashboard.session.compared_period import STATES, short_label
from dashboard.session.figures import Figure, over_time
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, drawn_panel, figure_panel, remark, sheet
from dashboard.ui.panels.fitted_axis import FittedAxis, around, fitted
from dashboard.ui.panels.over_time import cut_mark, cut_note, is_comparable
from dashboard.ui.table_files import Cell, Rate, Sheet
from dashboard.ui.translations import language, t
from dashboard.ui.why import reasons, to_dictionary
from dashboard.views.compare.comparison import Comparison, Standing
from dashboard.views.compare.funnel_plot import Dot, FunnelPlot, Limits, cases_to_draw, is_logarithmic
from data.language import in_language
from metrics.comparison.against_average import limits_around
from metrics.periods import Period, TimeStep
from metrics.rounding import percent

MOST_PARTS = 14
WIDE_HEADS = 7
"""Up to so many columns, the heat map says of each what it is ("tuần")."""
MULTIPLES = 12


def sentence(page: Page, found: Comparison, level: str) -> Markup:
    """Markup of the page's first words on the units of `found`, all of a level where one is named, with the way they were come by."""
    above, below, rest = (len(found.on(side)) for side in ("above", "below", "within"))
    return markup(
        "compare/sentence.html",
        level=level,
        count=above + below + rest,
        nothing=t("compare.whole_hidden" if found.is_whole_hidden else "compare.sentence_none"),
        sides=[(side, number) for side, number in (("above", above), ("below", below)) if number],
        worse=found.worse,
        rest=rest,
        why=_why(page, found),
    )


def _why(page: Page, found: Comparison) -> Markup:
    one, info = found.metric, page.reader.info
    compared = t("compare.not_reached")
    if found.compared:
        compared = written.span(found.compared.from_on, found.compared.to_on, page.language)
    cutoff = written.instant(info.cutoff_at, info.time_zone, page.language)
    lines = [
        (t("why.definition"), in_language(one, "definition", page.language)),
        (t("compare.whole"), f"{found.whole.rate_text} {found.whole.counts_text}".strip()),
        (t("why.window"), page.span),
        (t("compare.with"), compared),
        (t("why.population"), f"{page.scope_label} · {page.population(one.of)}"),
        *([(t("why.exclusions"), in_language(one, "exclusions", page.language))] if one.exclusions else []),
        *((t(f"compare.{name}"), t(f"compare.{name}_text")) for name in ("limits", "interval", "peers", "subtree")),
        (t("why.snapshot"), t("why.snapshot_text", name=info.snapshot, instant=cutoff)),
    ]
    return reasons("compare", short_label(one.name, page.language), lines, t("compare.why"), to_dictionary(page, one.name))


def funnel_panel(page: Page, found: Comparison) -> Panel:
    """Draws which differences are real."""
    may_open_all = all(standing.href for standing in found.standings)
    title, subtitle = t("compare.funnel_title"), t("compare.funnel_subtitle" if may_open_all else "compare.funnel_subtitle_own")
    shown = [standing for standing in found.standings if standing.position is not None]
    if not shown or found.whole.value is None:
        return figure_panel(
            page, "funnel_plot", title, subtitle, remark(t("compare.whole_hidden" if found.is_whole_hidden else "compare.empty")), None
        )
    whole, target = found.whole.value, found.target
    drawn = cases_to_draw([standing.figure.denominator or 0 for standing in shown])
    # Levels spread differently; the zone is drawn for the one with most units, and each dot is judged by its own.
    drawn_level = Counter(standing.level for standing in shown).most_common(1)[0][0]
    spread = next(standing.spread or 0.0 for standing in shown if standing.level == drawn_level)
    curve = [Limits(cases, *(limits_around(cases, whole, spread) if 0 < whole < 1 else (whole,) * 4)) for cases in drawn]
    scale = "compare.scale_log" if is_logarithmic(drawn[0], drawn[-1]) else "compare.scale_root"
    far = sum(standing.is_far for standing in shown)
    chart = FunnelPlot(
        tuple(_dot(found, standing) for standing in shown),
        tuple(curve),
        (whole, t("compare.whole_line", rate=found.whole.rate_text)),
        (target, t("compare.target_line", rate=written.target(target, page.language))) if target is not None else None,
        t(f"compare.axis_{found.metric.of}", scale=t(scale)),
        t("compare.funnel_alt", count=len(shown), above=len(found.on("above")), below=len(found.on("below")), far=far),
        page.language,
    )
    key = markup("compare/funnel_key.html", zone=t("compare.zone", level=drawn_level), near=t("compare.key_near"), far=t("compare.key_far"))
    return drawn_panel(page, "funnel_plot", title, subtitle, chart, _funnel_sheet(page, found, shown, title, whole), key)


def _dot(found: Comparison, standing: Standing) -> Dot:
    verdict = t(f"compare.is_{standing.side}")
    return Dot(
        code=standing.unit.code,
        name=standing.unit.label,
        title=f"{standing.unit.name}: {standing.rate_text} ({standing.counts_text}), {verdict}",
        href=standing.href,
        cases=standing.figure.denominator or 0,
        rate=standing.figure.value or 0.0,
        tone=found.tone(standing),
        is_far=standing.is_far,
    )


def _funnel_sheet(page: Page, found: Comparison, shown: Sequence[Standing], title: str, whole: float) -> Sheet:
    bounds = tuple(t("compare.limit", share=share, side=t(f"compare.{side}")) for share in ("95%", "99,8%") for side in ("from", "to"))
    columns = (t("units.unit"), "n", "N", t("compare.rate"), *bounds, t("compare.verdict"))
    rows: list[tuple[Cell, ...]] = []
    for standing in sorted(shown, key=lambda one: -(one.figure.denominator or 0)):
        figure = standing.figure
        limits = limits_around(figure.denominator or 1, whole, standing.spread or 0.0) if 0 < whole < 1 else (whole,) * 4
        low_998, low_95, high_95, high_998 = (Rate(limit, figure.denominator) for limit in limits)
        cells = (figure.numerator, figure.denominator, Rate(figure.value, figure.denominator), low_95, high_95, low_998, high_998)
        rows.append((standing.unit.name, *cells, t(f"compare.is_{standing.side}")))
    return sheet(page, f"funnel-{found.metric.name}", title, short_label(found.metric.name, page.language), columns, rows, of=[found.metric.name])


def parts_of(period: Period) -> tuple[TimeStep, list[Period]]:
    """The parts that fit a heat map: days up to ten, weeks up to a quarter, else the last months."""
    step: TimeStep = "day" if period.days <= 10 else "week" if period.days <= 7 * (MOST_PARTS - 1) else "month"
    return step, period.split(step)[-MOST_PARTS:]


def heat_panel(page: Page, found: Comparison, shown: Sequence[Standing]) -> Panel:
    """The units that the table shows, in its order, by week (or day, or month)."""
    step, parts = parts_of(page.covered.period)
    told = [Period(one.from_on, one.to_on) for one in _of_whole(page, found.metric.name, step)][-len(parts) :]
    kind = "state" if found.metric.name in STATES else "flow"
    title, subtitle = t(f"compare.heat_title_{step}"), t(f"compare.heat_subtitle_{kind}", metric=short_label(found.metric.name, page.language))
    name = found.metric.name
    subtitle = " · ".join(filter(None, (subtitle, cut_note(told, step, name))))
    lines = _in_parts(page, found, shown, parts)
    if not any(figure.value is not None for _, figures in lines for figure in figures):
        return figure_panel(page, "heat_map", title, subtitle, remark(t("compare.heat_empty")), None)
    span_of = {part.from_on: written.span(part.from_on, part.to_on, page.language) for part in parts}
    aims = {standing.unit.code: standing.target if standing.target is not None else found.whole.value for standing, _ in lines}
    apart = [_apart(figure, aims[one.unit.code]) for one, figures in lines for figure in figures]
    scale = around(apart, found.metric.good == "down")
    body = markup(
        "compare/heat_map.html",
        title=title,
        step_of=lambda standing, figure: scale.step(_apart(figure, aims[standing.unit.code])),
        reach=written.number(100 * scale.reach, page.language),
        is_down=scale.is_down,
        aim=t("compare.aim_target" if found.has_target else "compare.aim_whole"),
        heads=[_part_name(page, part, step) + cut_mark(days, step, name) for part, days in zip(parts, told, strict=True)],
        part_kind=t("compare.week") if step == "week" and len(parts) <= WIDE_HEADS else "",
        lines=lines,
        cell_title=lambda standing, figure: f"{standing.unit.label}, {span_of[figure.from_on]}: {figure.rate_text} {figure.counts_text}".strip(),
        cell_text=cell_text,
    )
    table: list[tuple[Cell, ...]] = [
        (standing.unit.name, *(Rate(figure.value, figure.denominator) if figure.is_known else figure.rate_text for figure in figures))
        for standing, figures in lines
    ]
    twin = sheet(
        page,
        f"{step}-{found.metric.name}",
        title,
        subtitle,
        (t("units.unit"), *(span_of[part.from_on] + cut_mark(days, step, name) for part, days in zip(parts, told, strict=True))),
        table,
        of=[name],
    )
    return figure_panel(page, "heat_map", title, subtitle, body, twin, is_twin_shown=False)


def multiples_panel(page: Page, found: Comparison, shown: Sequence[Standing]) -> Panel | None:
    """The same units as small lines on one scale, each before the line of the whole; None where no line has two points."""
    name = found.metric.name
    step, parts = parts_of(page.covered.period)
    of_whole = _of_whole(page, name, step)[-len(parts) :]
    kept = [number for number, one in enumerate(of_whole) if is_comparable(name, Period(one.from_on, one.to_on), step)]
    lines = [(standing, [figures[number] for number in kept]) for standing, figures in _in_parts(page, found, shown, parts)]
    lines = [(standing, figures) for standing, figures in lines if sum(figure.value is not None for figure in figures) > 1]
    if not lines:
        return None
    title = t("compare.multiples_title")
    wholes = [of_whole[number].value for number in kept]
    axis = fitted([*wholes, *(one.value for _, figures in lines for one in figures)])
    low, high = (written.percent(end, page.language, 0) for end in (axis.low, axis.high))
    subtitle = t("compare.multiples_subtitle", metric=short_label(name, page.language), by=t(f"card.trend_{step}"), low=low, high=high)
    body = markup(
        "compare/small_multiples.html",
        drawn=[(standing, *_first_and_last(page, standing, figures), line_path([one.value for one in figures], axis)) for standing, figures in lines],
        whole=line_path(wholes, axis),
        shown=MULTIPLES,
        alt=title,
        tone=found.tone,
    )
    columns = (t("units.unit"), t("why.window"), "n", "N", t("compare.rate"))
    rows: list[tuple[Cell, ...]] = [
        (standing.unit.name, written.span(one.from_on, one.to_on, page.language), one.numerator, one.denominator, Rate(one.value, one.denominator))
        for standing, figures in lines
        for one in figures
    ]
    twin = sheet(page, f"dien-bien-{name}", title, subtitle, columns, rows, of=[name])
    return figure_panel(page, "multiples", title, subtitle, body, twin, is_twin_shown=False)


def line_path(values: Sequence[float | None], axis: FittedAxis) -> str:
    """A line through rates as a path in a box of 100 by 100 that shows the part `axis`; a gap where a value is missing, empty without any."""
    places = max(1, len(values) - 1)
    path, is_drawing = "", False
    for number, value in enumerate(values):
        if value is not None:
            path += f"{'L' if is_drawing else 'M'}{100 * number / places:.1f} {96 - 92 * axis.place(value):.1f} "
        is_drawing = value is not None
    return path.strip()


def _of_whole(page: Page, name: str, step: TimeStep) -> list[Figure]:
    """The ratio of the whole in every part of the period, each with the days that it is of."""
    return over_time(page.reader.values([name], page.covered, by=step), name)


def _in_parts(page: Page, found: Comparison, shown: Sequence[Standing], parts: Sequence[Period]) -> list[tuple[Standing, list[Figure]]]:
    """Each unit shown with its figures part by part; of peers, theirs are not told apart so finely, so that only the viewer's own are here."""
    frame = page.reader.unit_parts(found.metric.name, page.selection, parts)
    cells = {
        (code, number): Figure(found.metric.name, code, parts[number].from_on, parts[number].to_on, *rest)
        for code, number, *rest in frame.iter_rows()
    }
    visible = [standing for standing in shown if not standing.is_hidden and (standing.unit.code, 0) in cells]
    return [(standing, [cells[standing.unit.code, number] for number in range(len(parts))]) for standing in visible]


def _first_and_last(page: Page, standing: Standing, figures: Sequence[Figure]) -> tuple[str, str]:
    """The first and the last figure of a line in full, and the last as text."""
    known = [figure for figure in figures if figure.value is not None]
    first, last = (f"{written.span(one.from_on, one.to_on, page.language)}: {one.rate_text} ({one.counts_text})" for one in (known[0], known[-1]))
    return f"{standing.unit.name} · {first} → {last}", known[-1].rate_text


def cell_text(figure: Figure) -> str:
    """The rate in whole per cents, without their sign; empty without data."""
    return "" if not figure.is_known else written.NO_ACTIVITY if figure.value is None else written.number(percent(figure.value, 0), language())


def _apart(figure: Figure, aim: float | None) -> float | None:
    """How far a figure is from its target, or from the whole where there is none."""
    return None if figure.value is None or aim is None else figure.value - aim


def _part_name(page: Page, part: Period, step: TimeStep) -> str:
    return f"{part.from_on.month}/{part.from_on.year % 100:02d}" if step == "month" else written.short_day(part.from_on, page.language)
