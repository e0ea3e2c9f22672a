"""The six rate cards: value, n/N, line of where it came from, change, target, second reading, failed checks, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.minute import RATES
from dashboard.session.address import link
from dashboard.session.compared_period import CompareWith, chosen_compare, compare_words, compared_period, is_reached
from dashboard.session.figures import Figure, aim_text, whole
from dashboard.session.quality_line import is_exposed
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panels.over_time import comparable_parts, sparkline, time_step
from dashboard.ui.translations import t
from dashboard.ui.why import to_dictionary, why_lines
from data.language import in_language
from data.outcomes import Outcome
from metrics.catalog import metric
from metrics.coherence.checks import CheckResult
from metrics.comparison.targets import Aim
from metrics.periods import Period, TimeStep

SECOND_OF: dict[str, str] = {
    "login_rate": "login_rate_of_provisioned",
    "fully_electronic_ratio": "parallel_ratio",
    "digitally_signed_ratio": "fully_signed_ratio",
    "on_time_ratio": "overdue",
}
"""The metric that the second line of a card reads; of the others, how many are left."""

DEPTH = "daily_use_rate"
"""Beside the rate of logins: one login a month and one a day are the same to it."""

DEFAULT: CompareWith = "previous"
PLAIN = "plain_login_day_rate"
"""Beside it too: how many of the days of login no rule finds suspect."""
SECONDS: tuple[str, ...] = (*SECOND_OF.values(), DEPTH, PLAIN)


@dataclass(frozen=True)
class RateCard:
    """One card; the template asks the figure and the translations for the rest."""

    figure: Figure
    context: str
    trend: Markup
    change: str
    is_change_good: bool | None
    """None: neither better nor worse."""
    target: str
    is_target_reached: bool
    second: str
    note: str
    """What has to be known to read the figure; empty where nothing has."""
    failed_checks: tuple[str, ...]
    why: Sequence[tuple[str, str]]
    links: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Earlier:
    """The figures of the days compared with, of the metrics that the data reach back for, and those days in words."""

    period: Period
    words: str
    figures: Mapping[str, Figure]


def earlier_figures(page: Page, names: Sequence[str] = RATES) -> Earlier | None:
    """What the view is compared with; None where no metric reaches back."""
    with_what = chosen_compare(page.selection, DEFAULT)
    period = compared_period(page, with_what)
    reached = [name for name in names if is_reached(page, period, name)]
    if period is None or not reached:
        return None
    figures = whole(page.reader.values(reached, page.selection, period), page.selection.unit_code)
    return Earlier(period, compare_words(page, with_what), figures)


def rates_row(
    page: Page, figures: Mapping[str, Figure], checks: Sequence[CheckResult], earlier: Earlier | None, targets: Mapping[str, Aim]
) -> Markup:
    """The six cards, of those that the sources deliver."""
    step = time_step(page)
    trends = page.reader.values(RATES, page.covered, by=step)
    cards = [
        _card(page, figures, comparable_parts(trends, name, step), step, name, earlier, checks, targets.get(name))
        for name in RATES
        if name in page.known
    ]
    return markup("overview/rates.html", cards=cards)


def _card(
    page: Page,
    figures: Mapping[str, Figure],
    parts: Sequence[Figure],
    step: TimeStep,
    name: str,
    earlier: Earlier | None,
    checks: Sequence[CheckResult],
    aim: Aim | None,
) -> RateCard:
    figure, declared = figures[name], metric(name)
    trend = _trend_words(page, parts, step)
    change, is_good = _change(page, figure, earlier, declared.good)
    target, is_target_reached = _target(page, figure, aim, declared.good)
    is_window_unsaid = aim is not None and aim.window is None and is_exposed(declared)
    failed = tuple(in_language(check, "label", page.language) for check in checks if name in check.concerns and check.outcome == Outcome.FAILED)
    more = [
        (t("why.trend"), trend),
        *_compared(page, figure, earlier),
        *([(t("why.target"), f"{target} · {t('card.target_without_window')}" if is_window_unsaid else target)] if target else []),
        *_unsuspected(page, name, figures),
        *([(t("why.checks"), "; ".join(failed))] if failed else []),
    ]
    return RateCard(
        figure=figure,
        context=f"{page.population(declared.of)} · {page.span}",
        trend=sparkline([part.value for part in parts], trend),
        change=change,
        is_change_good=is_good,
        target=target,
        is_target_reached=is_target_reached,
        second=_second(page, figure, figures),
        note=t("card.last_logins_only") if name == "login_rate" and page.reader.tells_last_logins_only() else "",
        failed_checks=failed,
        why=why_lines(page, figure, t(f"card.{name}.unit"), more),
        links=[
            *([(t("card.compare"), link("compare", page.selection, metric=name))] if page.has_page("compare") else []),
            *to_dictionary(page, name),
        ],
    )


def _unsuspected(page: Page, name: str, figures: Mapping[str, Figure]) -> list[tuple[str, str]]:
    if name != "login_rate" or PLAIN not in page.known or PLAIN not in figures:
        return []
    return [(in_language(metric(PLAIN), "label", page.language), f"{figures[PLAIN].rate_text} {figures[PLAIN].counts_text}".strip())]


def _trend_words(page: Page, parts: Sequence[Figure], step: TimeStep) -> str:
    known = [part for part in parts if part.value is not None]
    if len(known) < 2:
        return t("card.no_trend")
    first, last = known[0].rate_text, known[-1].rate_text
    return t("card.trend", by=t(f"card.trend_{step}"), first=first, last=last)


def _compared(page: Page, figure: Figure, earlier: Earlier | None) -> list[tuple[str, str]]:
    if earlier is None or figure.metric not in earlier.figures:
        return []
    before = earlier.figures[figure.metric]
    span = written.span(earlier.period.from_on, earlier.period.to_on, page.language)
    return [(t("why.compared", words=earlier.words), f"{span}: {before.rate_text} {before.counts_text}".strip())]


def _change(page: Page, figure: Figure, earlier: Earlier | None, good: str) -> tuple[str, bool | None]:
    if earlier is None or figure.metric not in earlier.figures:
        return t("card.first_period"), None
    before = earlier.figures[figure.metric].value
    if figure.value is None or before is None:
        return "", None
    difference = figure.value - before
    fewer = min(figure.denominator or 0, earlier.figures[figure.metric].denominator or 0)
    points = written.points(difference, page.language, fewer)
    if not points.strip("0.,"):
        return t("card.unchanged", words=earlier.words), None
    arrow = "▲" if difference > 0 else "▼"
    return t("card.change", arrow=arrow, points=points, words=earlier.words), None if good == "neither" else (difference > 0) == (good == "up")


def _target(page: Page, figure: Figure, aim: Aim | None, good: str) -> tuple[str, bool]:
    """How far the target is in points, in words, and whether it is reached; nothing where there is none."""
    if aim is None or figure.value is None:
        return "", False
    rate = aim_text(aim, page.language)
    gap = aim.ratio - figure.value if good != "down" else figure.value - aim.ratio
    if gap <= 0:
        return t("card.target_reached", rate=rate), True
    return t("card.target_gap", points=written.points(gap, page.language, figure.denominator), rate=rate), False


def _second(page: Page, figure: Figure, figures: Mapping[str, Figure]) -> str:
    """The second reading of a card: another metric, or how many are left; empty where nothing is known of it."""
    key = f"card.{figure.metric}.second"
    name = SECOND_OF.get(figure.metric)
    if name is not None:
        second = figures[name]
        if not second.is_known or (second.value is None and second.denominator is not None):
            return ""
        depth = figures[DEPTH] if figure.metric == "login_rate" else None
        also = t("card.login_rate.depth", rate=depth.rate_text) if depth is not None and depth.value is not None else ""
        return t(key, rate=second.rate_text if second.denominator is not None else "", count=second.count_text) + also
    if figure.numerator is None or figure.denominator is None:
        return t("card.electronic_issue_ratio.missing") if figure.metric == "electronic_issue_ratio" else ""
    return t(key, count=written.number(figure.denominator - figure.numerator, page.language))
