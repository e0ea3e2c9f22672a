"""The six rate cards of the overview."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import format as written
from dashboard.address import link
from dashboard.charts.rate_cards import RateCard, rate_cards
from dashboard.figures import Figure, over_time, whole
from dashboard.page import Page
from dashboard.translations import t
from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.coherence import CheckResult
from metrics.periods import Period, TimeStep


@dataclass(frozen=True)
class Rate:
    """One card: the metric, the one that its second line reads, and whether it is a state (not something that happened)."""

    metric: str
    second: str | None
    is_stock: bool = False


RATES: tuple[Rate, ...] = (
    Rate("activation_rate", None, is_stock=True),
    Rate("login_rate", "login_rate_of_provisioned"),
    Rate("electronic_issue_ratio", None),
    Rate("fully_electronic_ratio", "parallel_ratio"),
    Rate("digitally_signed_ratio", "fully_signed_ratio"),
    Rate("on_time_ratio", "overdue"),
)

NAMES: tuple[str, ...] = tuple(rate.metric for rate in RATES)
SECONDS: tuple[str, ...] = tuple(rate.second for rate in RATES if rate.second)


def time_step(page: Page) -> TimeStep:
    """The step in which a period is shown over time: about five to thirty of them."""
    days = Period(page.selection.from_on, page.selection.to_on).days
    return "day" if days <= 14 else "week" if days <= 120 else "month"


def previous_figures(page: Page) -> tuple[Period, dict[str, Figure]] | None:
    """The period of equal length before this one with its figures; None where the data do not reach back over all of it."""
    try:
        previous = Period(page.selection.from_on, page.selection.to_on).previous()
    except ConfigurationError:
        return None
    if previous.from_on < page.reader.info.first_on:
        return None
    return previous, whole(page.reader.values(NAMES, page.selection, previous), page.selection.unit_code)


def rates_row(page: Page, figures: Mapping[str, Figure], checks: Sequence[CheckResult]) -> str:
    """Markup of the six cards."""
    step = time_step(page)
    trend = page.reader.values(NAMES, page.selection, by=step)
    before = previous_figures(page)
    cards = [_card(page, rate, figures, over_time(trend, rate.metric), step, before, checks) for rate in RATES]
    return rate_cards(cards, t("card.why"), t("card.close"), t("card.failed"))


def _card(
    page: Page,
    rate: Rate,
    figures: Mapping[str, Figure],
    trend: Sequence[Figure],
    step: TimeStep,
    before: tuple[Period, dict[str, Figure]] | None,
    checks: Sequence[CheckResult],
) -> RateCard:
    figure = figures[rate.metric]
    declared = metric(rate.metric)
    population = page.population(declared.of)
    words = f"card.{rate.metric}"
    # A part of a week at an end of the period is no fair flow; a state is what it is on any day.
    parts = trend if rate.is_stock or step == "day" else [part for part in trend if is_whole(part, step)]
    known = [part.value for part in parts if part.value is not None]
    by = t(f"card.trend_{step}")
    if len(known) > 1:
        trend_label = t("card.trend", by=by, first=written.percent(known[0], page.language), last=written.percent(known[-1], page.language))
    else:
        trend_label = t("card.no_trend")
    change, is_good = _change(page, figure, before, declared.good)
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
        second=_second(rate, figure, figures),
        failed_checks=failed,
        why=_why(page, rate, figure, trend_label, before, failed),
        more=(
            (t("card.compare"), link("compare", page.selection, metric=rate.metric)),
            (t("card.dictionary"), f"{link('dictionary', page.selection)}#{rate.metric}"),
        ),
    )


def is_whole(part: Figure, step: TimeStep) -> bool:
    """Whether a part of a period is a whole week or month; one at an end of the period may be cut off."""
    days = (part.to_on - part.from_on).days + 1
    return days == 7 if step == "week" else days >= 28


def _change(page: Page, figure: Figure, before: tuple[Period, dict[str, Figure]] | None, good: str) -> tuple[str, bool | None]:
    if before is None:
        return t("card.first_period"), None
    earlier = before[1][figure.metric].value
    if figure.value is None or earlier is None:
        return "", None
    difference = figure.value - earlier
    if abs(difference) < 0.0005:
        return t("card.unchanged"), None
    text = t("card.change", arrow="▲" if difference > 0 else "▼", points=written.points(difference, page.language))
    return text, None if good == "neither" else (difference > 0) == (good == "up")


def _second(rate: Rate, figure: Figure, figures: Mapping[str, Figure]) -> str:
    key = f"card.{rate.metric}.second"
    if rate.second is not None:
        second = figures[rate.second]
        if not second.is_known or (second.value is None and second.denominator is not None):
            return ""
        return t(key, rate=second.rate_text if second.denominator is not None else "", count=second.count_text)
    if figure.numerator is None or figure.denominator is None:
        return t("card.electronic_issue_ratio.missing") if rate.metric == "electronic_issue_ratio" else ""
    return t(key, count=written.number(figure.denominator - figure.numerator))


def _why(
    page: Page, rate: Rate, figure: Figure, trend_label: str, before: tuple[Period, dict[str, Figure]] | None, failed: Sequence[str]
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
    if before is not None:
        period, figures = before
        earlier = figures[figure.metric]
        span = written.span(period.from_on, period.to_on, page.language)
        lines.append((t("why.previous"), f"{span}: {earlier.rate_text} {earlier.counts_text}".strip()))
    if failed:
        lines.append((t("why.checks"), "; ".join(failed)))
    cutoff = written.instant(info.cutoff_at, info.time_zone, page.language)
    lines.append((t("why.snapshot"), t("why.snapshot_text", name=info.snapshot, instant=cutoff)))
    return tuple(lines)
