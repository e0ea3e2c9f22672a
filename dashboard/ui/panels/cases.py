"""Follow-up cases of a unit and the units below it: what was found, what is done about it by when, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.follow_up.cases import Case, Outcome, cases_of, outcome
from dashboard.session import policy
from dashboard.session.address import link
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.translations import t
from metrics.catalog import METRICS

SHOWN = 6
LABELS: Mapping[str, tuple[str, str]] = {one.name: (one.label, one.label_en) for one in METRICS}


@dataclass(frozen=True)
class CaseLine:
    """One case in words; `look` is the kind of its state."""

    number: int
    unit: str
    href: str
    what: str
    month: str
    state: str
    look: str
    said: str
    deadline: str
    came_of_it: str


def cases_panel(page: Page) -> Panel | None:
    """The panel; None for those who may see none and open none."""
    selection = page.selection
    units = None if selection.unit_code is None else page.tree.below(selection.unit_code)
    found = cases_of(page.memory.cases, selection.period, units)
    address = case_address(page, selection.unit_code, selection.own_value("metric"))
    if not found and not address:
        return None
    title, subtitle = t("cases.title"), t("cases.subtitle")
    action = (t("cases.open"), address) if address else None
    if not found:
        return figure_panel(page, "cases", title, subtitle, remark(t("cases.none", span=page.span)), None, action=action)
    lines = [_line(page, one) for one in found]
    more = len(lines) - SHOWN
    body = markup("cases.html", lines=lines[:SHOWN], more=t("cases.more", count=more) if more > 0 else "")
    columns = tuple(t(f"cases.{name}") for name in ("number", "unit", "what", "month", "state", "said", "deadline", "came_of_it"))
    rows = [(one.number, one.unit, one.what, one.month, one.state, one.said, one.deadline, one.came_of_it) for one in lines]
    return figure_panel(page, "cases", title, subtitle, body, sheet(page, "viec-theo-doi", title, subtitle, columns, rows), action=action)


def case_address(page: Page, unit_code: str | None, name: str) -> str:
    """Where a case of a unit and a metric is opened or answered; empty for those who may not, and where there is no such page."""
    days = (page.selection.from_on, page.selection.to_on)
    if not (page.has_desk and policy.may(page.reader.viewer, "enter", unit_code, days, "declaration")):
        return ""
    return link("declarations", page.selection, unit=unit_code or "", kind="case", metric=name)


def _line(page: Page, case: Case) -> CaseLine:
    language = page.language
    label = LABELS[case.metric][language == "en"] if case.metric in LABELS else ""
    finding = t(f"entries.choice_finding_{case.found}") if case.found else ""
    state = "settled" if case.is_settled and case.state == "approved" else "followed" if case.state == "approved" else case.state
    unit = page.tree.units.get(case.unit_code)
    may_open = unit is not None and page.has_page("unit") and page.may_open(unit.code)
    return CaseLine(
        case.entry_id,
        unit.label if unit else case.unit_code,
        link("unit", page.selection, unit=case.unit_code, **({"metric": case.metric} if case.metric else {})) if may_open else "",
        ": ".join(filter(None, (label, finding))) or t("cases.by_hand"),
        written.month(case.before.from_on.year, case.before.from_on.month, language),
        t(f"cases.state_{state}"),
        "holds" if state == "settled" else "look" if state in ("draft", "submitted", "returned") else "",
        " · ".join(filter(None, (case.cause, case.measure, case.result))),
        written.day(case.deadline, language),
        _came_of_it(page, case, outcome(page.reader, case) if may_open else None),
    )


def _came_of_it(page: Page, case: Case, found: Outcome | None) -> str:
    """Both months with their counts, and the difference with its interval; that it is not known yet, where it is not."""
    if found is None:
        return ""
    before, after = found.before, found.after
    if not found.is_known or found.low is None or found.high is None:
        if after.to_on <= page.reader.info.cutoff_on:
            return t("cases.unknown", before=before.rate_text, after=after.rate_text)
        month = written.month(after.from_on.year, after.from_on.month, page.language)
        month = month if page.language == "en" else month.lower()
        return t("cases.waits", before=before.rate_text, counts=f" ({before.counts_text})" if before.counts_text else "", month=month)
    fewest = min(before.denominator or 0, after.denominator or 0)
    difference = (after.value or 0.0) - (before.value or 0.0)
    low, high = (written.signed_points(bound, page.language, fewest) for bound in (found.low, found.high))
    return t(
        "cases.chance" if found.is_chance else "cases.changed",
        before=before.rate_text,
        after=after.rate_text,
        counts=f"{before.counts_text} → {after.counts_text}",
        points=written.signed_points(difference, page.language, fewest),
        low=low,
        high=high,
    )
