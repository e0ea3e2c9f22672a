"""The six rate cards of the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from dashboard.session.address import link
from dashboard.session.compared_period import STATES, CompareWith, chosen_compare, compare_words, compared_period, is_reached
from dashboard.session.figures import Figure, over_time, whole
from dashboard.ui import format as written
from dashboard.ui.charts.rate_cards import RateCard, rate_cards
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel
from dashboard.ui.translations import t
from metrics.catalog import metric
from metrics.coherence.checks import CheckResult
from metrics.comparison.targets import with_targets
from metrics.periods import Period, TimeStep


@dataclass(frozen=True)
class Rate:
    """One card: the metric, and the one that its second line reads."""

    metric: str
    second: str | None


RATES: tuple[Rate, ...] = (
    Rate("activation_rate", None),
    Rate("login_rate", "login_rate_of_provisioned"),
    Rate("electronic_issue_ratio", None),
    Rate("fully_electronic_ratio", "parallel_ratio"),
    Rate("digitally_signed_ratio", "fully_signed_ratio"),
    Rate("on_time_ratio", "overdue"),
)

DEFAULT: CompareWith = "previous"
NAMES: tuple[str, ...] = tuple(rate.metric for rate in RATES)
SECONDS: tuple[str, ...] = tuple(rate.second for rate in RATES if rate.second)


def time_step(page: Page) -> TimeStep:
    """The step in which a period is shown over time: about five to thirty of them."""
    days = Period(page.selection.from_on, page.selection.to_on).days
    return "day" if days <= 14 else "week" if days <= 120 else "month"


@dataclass(frozen=True)
class Earlier:
    """The figures of the days compared with, of the metrics that the data reach back for, and those days in words."""

    period: Period
    words: str
    figures: Mapping[str, Figure]


def earlier_figures(page: Page, names: Sequence[str] = NAMES) -> Earlier | None:
    """What the view is compared with; None where no metric reaches back."""
    with_what = chosen_compare(page.selection, DEFAULT)
    period = compared_period(page, with_what)
    reached = [name for name in names if is_reached(page, period, name)]
    if period is None or not reached:
        return None
    figures = whole(page.reader.values(reached, page.selection, period), page.selection.unit_code)
    return Earlier(period, compare_words(page, with_what), figures)


def targets_now(page: Page, frame: pl.DataFrame) -> dict[str, float]:
    """The target of each ratio of the frame's whole; nothing of those without one."""
    units = page.reader.units().select("unit_code", "level")
    aimed = with_targets(frame.filter(pl.col("metric").is_in(NAMES)), units, page.targets)
    return {name: target for name, target in aimed.select("metric", "target").iter_rows() if target is not None}


def rates_row(
    page: Page, figures: Mapping[str, Figure], checks: Sequence[CheckResult], earlier: Earlier | None, targets: Mapping[str, float]
) -> Panel:
    """The six cards, and their figures as a table to take away."""
    step = time_step(page)
    trend = page.reader.values(NAMES, page.selection, by=step)
    cards = [_card(page, rate, figures, over_time(trend, rate.metric), step, earlier, checks, targets) for rate in RATES]
    labels = (t("card.why_short"), t("card.why"), t("card.close"), t("card.failed"))
    return Panel(Markup(rate_cards(cards, labels)))


def _card(
    page: Page,
    rate: Rate,
    figures: Mapping[str, Figure],
    trend: Sequence[Figure],
    step: TimeStep,
    earlier: Earlier | None,
    checks: Sequence[CheckResult],
    targets: Mapping[str, float],
) -> RateCard:
    figure = figures[rate.metric]
    declared = metric(rate.metric)
    population = page.population(declared.of)
    words = f"card.{rate.metric}"
    # A part of a week at an end of the period is no fair flow; a state is what it is on any day.
    parts = trend if rate.metric in STATES or step == "day" else [part for part in trend if is_whole(part, step)]
    known = [part.value for part in parts if part.value is not None]
    by = t(f"card.trend_{step}")
    if len(known) > 1:
        trend_label = t("card.trend", by=by, first=written.percent(known[0], page.language), last=written.percent(known[-1], page.language))
    else:
        trend_label = t("card.no_trend")
    change, is_good = _change(page, figure, earlier, declared.good)
    target, is_target_reached = _target(page, figure, targets.get(rate.metric), declared.good)
    counts = figure.counts_text.replace("/", " / ")
    failed = tuple(check.label for check in checks if rate.metric in check.concerns and not check.is_passed)
    has_percent = figure.value is not None
    return RateCard(
        metric=rate.metric,
        title=t(f"{words}.title"),
        value=figure.rate_text.removesuffix("%"),
        sign="%" if has_percent else "",
        counts=f"{counts} {t(f'{words}.unit')}" if counts else "",
        context=f"{population} · {page.span}",
        trend=tuple(part.value for part in parts),
        trend_label=trend_label,
        change=change,
        is_change_good=is_good,
        target=target,
        is_target_reached=is_target_reached,
        second=_second(page, rate, figure, figures),
        failed_checks=failed,
        why=_why(page, rate, figure, trend_label, earlier, target, failed),
        more=(
            (t("card.compare"), link("compare", page.selection, metric=rate.metric)),
            (t("card.dictionary"), f"{link('dictionary', page.selection)}#{rate.metric}"),
        ),
    )


def is_whole(part: Figure, step: TimeStep) -> bool:
    """Whether a part of a period is a whole week or month; one at an end of the period may be cut off."""
    days = (part.to_on - part.from_on).days + 1
    return days == 7 if step == "week" else days >= 28


def _change(page: Page, figure: Figure, earlier: Earlier | None, good: str) -> tuple[str, bool | None]:
    if earlier is None or figure.metric not in earlier.figures:
        return t("card.first_period"), None
    before = earlier.figures[figure.metric].value
    if figure.value is None or before is None:
        return "", None
    difference = figure.value - before
    if abs(difference) < 0.0005:
        return t("card.unchanged", words=earlier.words), None
    arrow, points = "▲" if difference > 0 else "▼", written.points(difference, page.language)
    return t("card.change", arrow=arrow, points=points, words=earlier.words), None if good == "neither" else (difference > 0) == (good == "up")


def _target(page: Page, figure: Figure, target: float | None, good: str) -> tuple[str, bool]:
    """How far the target is in points, in words, and whether it is reached; nothing where there is none."""
    if target is None or figure.value is None:
        return "", False
    rate = written.target(target, page.language)
    gap = target - figure.value if good != "down" else figure.value - target
    if gap <= 0:
        return t("card.target_reached", rate=rate), True
    return t("card.target_gap", points=written.points(gap, page.language), rate=rate), False


def _second(page: Page, rate: Rate, figure: Figure, figures: Mapping[str, Figure]) -> str:
    key = f"card.{rate.metric}.second"
    if rate.second is not None:
        second = figures[rate.second]
        if not second.is_known or (second.value is None and second.denominator is not None):
            return ""
        return t(key, rate=second.rate_text if second.denominator is not None else "", count=second.count_text)
    if figure.numerator is None or figure.denominator is None:
        return t("card.electronic_issue_ratio.missing") if rate.metric == "electronic_issue_ratio" else ""
    return t(key, count=written.number(figure.denominator - figure.numerator, page.language))


def _why(
    page: Page, rate: Rate, figure: Figure, trend_label: str, earlier: Earlier | None, target: str, failed: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    declared = metric(rate.metric)
    unit = t(f"card.{rate.metric}.unit")
    info = page.reader.info
    lines = [
        (t("why.definition"), declared.definition),
        (t("why.numerator"), figure.count_text),
        (
            t("why.denominator"),
            f"{written.number(figure.denominator, page.language)} {unit}" if figure.denominator is not None else t("value.no_data"),
        ),
        (t("why.window"), page.span),
        (t("why.population"), f"{page.scope_label} · {page.population(declared.of)}"),
    ]
    if declared.exclusions:
        lines.append((t("why.exclusions"), declared.exclusions))
    lines.append((t("why.trend"), trend_label))
    if earlier is not None and figure.metric in earlier.figures:
        before = earlier.figures[figure.metric]
        span = written.span(earlier.period.from_on, earlier.period.to_on, page.language)
        lines.append((t("why.compared", words=earlier.words), f"{span}: {before.rate_text} {before.counts_text}".strip()))
    if target:
        lines.append((t("why.target"), target))
    if failed:
        lines.append((t("why.checks"), "; ".join(failed)))
    cutoff = written.instant(info.cutoff_at, info.time_zone, page.language)
    lines.append((t("why.snapshot"), t("why.snapshot_text", name=info.snapshot, instant=cutoff)))
    return tuple(lines)
