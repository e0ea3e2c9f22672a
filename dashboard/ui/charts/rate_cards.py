"""The row of rate cards: value, n/N, line of where it came from, change, second reading, failed checks, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from dashboard.ui.charts.sparkline import sparkline


@dataclass(frozen=True)
class RateCard:
    """Texts and values of one card, formatted; `value` without its sign where `sign` is shown smaller behind it."""

    metric: str
    title: str
    value: str
    sign: str
    counts: str
    context: str
    trend: tuple[float | None, ...]
    trend_label: str
    change: str
    is_change_good: bool | None
    target: str
    is_target_reached: bool
    second: str
    failed_checks: tuple[str, ...]
    why: tuple[tuple[str, str], ...]
    more: tuple[tuple[str, str], ...] = ()
    """What leads on from there: words and address."""


def rate_cards(cards: Sequence[RateCard], labels: tuple[str, str, str, str]) -> str:
    """Markup of the whole row; labels: "why" short and in full, "close", and the words behind the number of failed checks."""
    return f'<section class="cards">{"".join(_card(card, *labels) for card in cards)}</section>'


def _card(card: RateCard, why_short: str, why_label: str, close_label: str, check_label: str) -> str:
    name = escape(card.metric)
    tone = {True: "up", False: "down", None: "same"}[card.is_change_good]
    change = f'<p class="change {tone}">{escape(card.change)}</p>' if card.change else '<p class="change same">&nbsp;</p>'
    reached = " reached" if card.is_target_reached else ""
    target = f'<p class="to-target{reached}">{escape(card.target)}</p>' if card.target else ""
    warning = ""
    if card.failed_checks:
        warning = f'<p class="warning" title="{escape("; ".join(card.failed_checks))}">▲ {len(card.failed_checks)} {escape(check_label)}</p>'
    reasons = "".join(f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in card.why)
    links = "".join(f'<p class="more"><a href="{escape(href)}" target="_self">{escape(words)}</a></p>' for words, href in card.more)
    size = "" if card.sign or len(card.value) < 4 else " words"
    return (
        f'<article class="card" data-card="{name}" aria-label="{escape(card.title)}">'
        f"<h3>{escape(card.title)}</h3>"
        f'<p class="figure{size}"><span data-metric="{name}">{escape(card.value)}</span><small>{escape(card.sign)}</small></p>'
        f'<p class="counts" data-counts="{name}">{escape(card.counts)}</p>'
        f"{sparkline(card.trend, card.trend_label)}"
        f"{change}"
        f"{target}"
        f'<p class="second">{escape(card.second)}</p>'
        f"{warning}"
        f'<p class="context"><span>{escape(card.context)}</span>'
        f'<button type="button" class="why" popovertarget="why-{name}" aria-label="{escape(why_label)} {escape(card.title)}">'
        f"{escape(why_short)}</button></p>"
        f'<div popover id="why-{name}" class="reasons" role="dialog" aria-label="{escape(why_label)}">'
        f"<h4>{escape(card.title)}</h4><dl>{reasons}</dl>{links}"
        f'<button type="button" class="close" popovertarget="why-{name}" popovertargetaction="hide">{escape(close_label)}</button></div>'
        "</article>"
    )
