"""The page's first words: how many targets are met, what is short by how much, who is low; written from the figures and from nothing else."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.minute import AimedRate, Minute
from dashboard.session.address import link
from dashboard.session.compared_period import short_label
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from metrics.catalog import metric

MOST_NAMED = 2


def verdict(page: Page, minute: Minute, compared: str, files: Markup | None = None) -> Markup:
    """The sentence and the line below it. compared: the days compared with in words, empty where nothing is. files: buttons behind the line."""
    names = [(page.tree.label(code), _address(page, code, minute.rate.metric)) for code in minute.heads["unit_code"].head(MOST_NAMED)]
    return markup(
        "overview/verdict.html",
        words=_aims(page, minute),
        metric=short_label(minute.rate.metric, page.language),
        names=names,
        more=minute.heads.height - len(names),
        is_up=metric(minute.rate.metric).good == "down",
        below=_below(minute, compared),
        files=files or "",
    )


def _address(page: Page, code: str, name: str) -> str:
    return link("unit", page.selection, unit=code, metric=name) if page.has_page("unit") else page.link_to(code)


def _aims(page: Page, minute: Minute) -> str:
    """How many targets are met and which are not; without a target the rate itself."""
    if not minute.aims:
        rate, name = minute.rate, short_label(minute.rate.metric, page.language)
        if rate.value is None:
            return t("verdict.no_cases" if rate.is_known else "verdict.no_data", metric=name)
        return t("verdict.no_target", metric=name, rate=rate.rate_text, counts=rate.counts_text)
    if not minute.missed:
        return t("verdict.all_met", count=len(minute.aims))
    named = [_short(page, aim) for aim in minute.missed[:MOST_NAMED]]
    more = len(minute.missed) - len(named)
    shorts = t("sentence.and").join(named) if not more else ", ".join(named) + t("verdict.more_short", count=more)
    return t("verdict.met", met=minute.met, of=len(minute.aims)) + " " + t("verdict.short", names=shorts[:1].upper() + shorts[1:])


def _short(page: Page, aim: AimedRate) -> str:
    key = "verdict.above" if metric(aim.figure.metric).good == "down" else "verdict.below"
    return t(key, name=t(f"card.{aim.figure.metric}.title").lower(), points=written.points(aim.short, page.language, aim.figure.denominator))


def _below(minute: Minute, compared: str) -> str:
    """What the changes come to; the panel below tells each."""
    if not compared:
        return t("verdict.nothing_compared")
    real = [change for change in minute.changes if not change.is_chance]
    if not real:
        return t("verdict.unchanged", words=compared)
    up = sum(change.difference > 0 for change in real)
    return t("verdict.changed", words=compared, up=up, down=len(real) - up)
