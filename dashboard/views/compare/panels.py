"""The panels of the page that compares units: the sentence, which differences are real, the weeks, and the lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from dashboard.session.address import link
from dashboard.session.compared_period import STATES
from dashboard.session.figures import Figure, over_time
from dashboard.ui import format as written
from dashboard.ui.charts.reasons import reasons
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.views.compare.comparison import Comparison, Standing, short_label
from dashboard.views.compare.funnel_plot import Dot, Limits, cases_to_draw, funnel_plot, is_logarithmic
from dashboard.views.compare.heat_map import HeatCell, HeatRow, heat_map
from dashboard.views.compare.small_multiples import Multiple, small_multiples
from metrics.comparison.funnel_limits import binomial_limits, funnel_curve
from metrics.periods import Period, TimeStep

Link = Callable[[str], str]
"""From the code of a unit to the address of its page."""
MOST_PARTS = 14
WIDE_HEADS = 7
MULTIPLES = 12


def sentence(page: Page, found: Comparison) -> str:
    """Markup of the page's first words, with the way they were come by."""
    above, below, rest = (len(found.on(side)) for side in ("above", "below", "within"))
    count = above + below + rest
    if not count:
        text = escape(t("compare.sentence_none"))
    elif not above + below:
        text = escape(t("compare.sentence_same", count=count))
    else:
        parts = {side: escape(t(f"compare.sentence_{side}", count=number)) for side, number in (("above", above), ("below", below)) if number}
        parts[found.worse] = f"<em>{parts[found.worse]}</em>" if found.worse in parts else ""
        named = t("sentence.and").join(parts[side] for side in ("above", "below") if parts.get(side))
        text = escape(t("compare.sentence", count=count)) + named + escape(t("compare.sentence_whole"))
        text += escape(t("compare.sentence_rest", count=rest)) if rest else "."
    return f'<div class="sentence-row"><h1 class="sentence">{text}</h1>{_why(page, found)}</div>'


def _why(page: Page, found: Comparison) -> str:
    one, info = found.metric, page.reader.info
    compared = t("compare.not_reached")
    if found.compared:
        compared = written.span(found.compared.from_on, found.compared.to_on, page.language)
    cutoff = written.instant(info.cutoff_at, info.time_zone, page.language)
    lines = [
        (t("why.definition"), one.definition),
        (t("compare.whole"), f"{found.whole.rate_text} {found.whole.counts_text}".strip()),
        (t("why.window"), page.span),
        (t("compare.with"), compared),
        (t("why.population"), f"{page.scope_label} · {page.population(one.of)}"),
        (t("compare.limits"), t("compare.limits_text")),
        (t("compare.interval"), t("compare.interval_text")),
        (t("compare.peers"), t("compare.peers_text")),
        (t("compare.subtree"), t("compare.subtree_text")),
        (t("why.snapshot"), t("why.snapshot_text", name=info.snapshot, instant=cutoff)),
    ]
    if one.exclusions:
        lines.insert(5, (t("why.exclusions"), one.exclusions))
    more = (t("card.dictionary"), link("dictionary", page.selection) + f"#{one.name}")
    return reasons("compare", short_label(one, page.language), lines, t("compare.why"), t("card.close"), more)


def tone(found: Comparison, standing: Standing) -> str:
    """`worse`, `better`, or `within` where it cannot be told from the whole."""
    if standing.side in (None, "within"):
        return "within"
    return "worse" if standing.side == found.worse else "better"


def funnel_panel(page: Page, found: Comparison, to_unit: Link) -> Panel:
    """Draws which differences are real."""
    may_open_all = all(page.may_open(standing.unit.code) for standing in found.standings)
    title, subtitle = t("compare.funnel_title"), t("compare.funnel_subtitle" if may_open_all else "compare.funnel_subtitle_own")
    shown = [standing for standing in found.standings if standing.position is not None]
    if not shown or found.whole.value is None:
        return figure_panel(page, "funnel_plot", title, subtitle, f'<p class="remark">{escape(t("compare.empty"))}</p>', None)
    whole = found.whole.value
    dots = [_dot(found, standing, to_unit) for standing in shown]
    drawn = cases_to_draw([dot.cases for dot in dots])
    curve = funnel_curve(whole, drawn)
    limits = [Limits(*row) for row in curve.select("denominator", "low_998", "low_95", "high_95", "high_998").iter_rows()]
    of_whole = t("compare.whole_line", rate=written.percent(whole, page.language))
    target = found.target
    aim = (target, t("compare.target_line", rate=_plain_percent(page, target))) if target is not None else None
    far = sum(standing.is_far for standing in shown)
    alt = t("compare.funnel_alt", count=len(shown), above=len(found.on("above")), below=len(found.on("below")), far=far)
    axis = t(f"compare.axis_{found.metric.of}", scale=t("compare.scale_log" if is_logarithmic(drawn[0], drawn[-1]) else "compare.scale_root"))
    body = funnel_plot(dots, limits, (whole, of_whole), aim, t("compare.zone"), axis, (t("compare.key_near"), t("compare.key_far")), alt)
    columns = (
        t("units.unit"),
        "n",
        "N",
        t("compare.rate"),
        *(t("compare.limit", share=share, side=t(f"compare.{side}")) for share in ("95%", "99,8%") for side in ("from", "to")),
        t("compare.verdict"),
    )
    rows: list[tuple[Cell, ...]] = []
    for standing in sorted(shown, key=lambda one: -(one.figure.denominator or 0)):
        figure = standing.figure
        low_998, low_95, high_95, high_998 = (Rate(limit) for limit in binomial_limits(figure.denominator or 1, whole))
        cells = (figure.numerator, figure.denominator, Rate(figure.value), low_95, high_95, low_998, high_998)
        rows.append((standing.unit.name, *cells, t(f"compare.is_{standing.side}")))
    twin = sheet(page, f"funnel-{found.metric.name}", title, short_label(found.metric, page.language), columns, rows)
    return figure_panel(page, "funnel_plot", title, subtitle, body, twin)


def _dot(found: Comparison, standing: Standing, to_unit: Link) -> Dot:
    verdict = t(f"compare.is_{standing.side}")
    return Dot(
        code=standing.unit.code,
        name=standing.unit.label,
        title=f"{standing.unit.name}: {standing.rate_text} ({standing.counts_text}), {verdict}",
        href=to_unit(standing.unit.code),
        cases=standing.figure.denominator or 0,
        rate=standing.figure.value or 0.0,
        tone=tone(found, standing),
        is_far=standing.is_far,
    )


def _plain_percent(page: Page, ratio: float) -> str:
    """A target as it was set: `90%`, `87,5%`."""
    return written.target(ratio, page.language)


def parts_of(period: Period) -> tuple[TimeStep, list[Period]]:
    """The parts that fit a heat map: days up to ten, weeks up to a quarter, else the last months."""
    step: TimeStep = "day" if period.days <= 10 else "week" if period.days <= 7 * (MOST_PARTS - 1) else "month"
    return step, period.split(step)[-MOST_PARTS:]


def heat_panel(page: Page, found: Comparison, shown: Sequence[Standing], to_unit: Link) -> Panel:
    """The units that the table shows, in its order, by week (or day, or month)."""
    step, parts = parts_of(Period(page.selection.from_on, page.selection.to_on))
    kind = "state" if found.metric.name in STATES else "flow"
    title, subtitle = t(f"compare.heat_title_{step}"), t(f"compare.heat_subtitle_{kind}", metric=short_label(found.metric, page.language))
    lines = _in_parts(page, found, shown, parts)
    if not any(figure.value is not None for _, figures in lines for figure in figures):
        return figure_panel(page, "heat_map", title, subtitle, f'<p class="remark">{escape(t("compare.heat_empty"))}</p>', None)
    heads = [_part_name(page, part, step) for part in parts]
    kind_of_part = t("compare.week") if step == "week" and len(parts) <= WIDE_HEADS else ""
    rows = [
        HeatRow(
            standing.unit.code,
            standing.unit.label,
            standing.unit.name,
            to_unit(standing.unit.code),
            tuple(_heat_cell(page, standing, figure) for figure in figures),
        )
        for standing, figures in lines
    ]
    spans = tuple(written.span(part.from_on, part.to_on, page.language) for part in parts)
    table: list[tuple[Cell, ...]] = [
        (standing.unit.name, *(Rate(figure.value) if figure.is_known else figure.rate_text for figure in figures)) for standing, figures in lines
    ]
    twin = sheet(page, f"{step}-{found.metric.name}", title, subtitle, (t("units.unit"), *spans), table)
    return figure_panel(page, "heat_map", title, subtitle, heat_map(rows, t("units.unit"), kind_of_part, heads, title), twin, is_twin_shown=False)


def multiples_panel(page: Page, found: Comparison, shown: Sequence[Standing], to_unit: Link) -> Panel | None:
    """The same units as small lines on one scale, each before the line of the whole; None where no line has two points."""
    step, parts = parts_of(Period(page.selection.from_on, page.selection.to_on))
    # A part of a week at an end of the period is no fair flow; a state is what it is on any day.
    whole_days = {"day": 1, "week": 7, "month": 28}[step]
    kept = [number for number, part in enumerate(parts) if found.metric.name in STATES or part.days >= whole_days]
    lines = [(standing, [figures[number] for number in kept]) for standing, figures in _in_parts(page, found, shown, parts)]
    lines = [(standing, figures) for standing, figures in lines if sum(figure.value is not None for figure in figures) > 1]
    if not lines:
        return None
    spans = [parts[number] for number in kept]
    wholes = {
        (part.from_on, part.to_on): part.value
        for part in over_time(page.reader.values([found.metric.name], page.selection, by=step), found.metric.name)
    }
    behind = [wholes.get((part.from_on, part.to_on)) for part in spans]
    drawn = [
        Multiple(
            standing.unit.code,
            standing.unit.label,
            _multiple_title(page, standing, figures),
            to_unit(standing.unit.code),
            tuple(figure.value for figure in figures),
            next((figure.rate_text for figure in reversed(figures) if figure.value is not None), ""),
            tone(found, standing) == "worse",
        )
        for standing, figures in lines
    ]
    title = t("compare.multiples_title")
    subtitle = t("compare.multiples_subtitle", metric=short_label(found.metric, page.language), by=t(f"card.trend_{step}"))
    more = t("compare.multiples_more", count=len(drawn) - MULTIPLES)
    body = small_multiples(drawn, behind, MULTIPLES, more, t("compare.whole"), title)
    columns = (t("units.unit"), t("why.window"), "n", "N", t("compare.rate"))
    rows: list[tuple[Cell, ...]] = [
        (standing.unit.name, written.span(one.from_on, one.to_on, page.language), one.numerator, one.denominator, Rate(one.value))
        for standing, figures in lines
        for one in figures
    ]
    twin = sheet(page, f"dien-bien-{found.metric.name}", title, subtitle, columns, rows)
    return figure_panel(page, "multiples", title, subtitle, body, twin, is_twin_shown=False)


def _in_parts(page: Page, found: Comparison, shown: Sequence[Standing], parts: Sequence[Period]) -> list[tuple[Standing, list[Figure]]]:
    """Each unit shown with its figures part by part; of peers, theirs are not told apart so finely, so that only the viewer's own are here."""
    frame = page.reader.unit_parts(found.metric.name, page.selection, parts)
    cells = {
        (code, number): Figure(found.metric.name, code, parts[number].from_on, parts[number].to_on, *rest)
        for code, number, *rest in frame.iter_rows()
    }
    visible = [standing for standing in shown if not standing.is_hidden and (standing.unit.code, 0) in cells]
    return [(standing, [cells[standing.unit.code, number] for number in range(len(parts))]) for standing in visible]


def _multiple_title(page: Page, standing: Standing, figures: Sequence[Figure]) -> str:
    known = [figure for figure in figures if figure.value is not None]
    first, last = (f"{written.span(one.from_on, one.to_on, page.language)}: {one.rate_text} ({one.counts_text})" for one in (known[0], known[-1]))
    return f"{standing.unit.name} · {first} → {last}"


def _heat_cell(page: Page, standing: Standing, figure: Figure) -> HeatCell:
    text = "" if not figure.is_known else written.NO_ACTIVITY if figure.value is None else written.number(figure.value * 100, page.language)
    span = written.span(figure.from_on, figure.to_on, page.language)
    return HeatCell(figure.value, text, f"{standing.unit.label}, {span}: {figure.rate_text} {figure.counts_text}".strip())


def _part_name(page: Page, part: Period, step: TimeStep) -> str:
    return f"{part.from_on.month}/{part.from_on.year % 100:02d}" if step == "month" else written.short_day(part.from_on, page.language)
