"""Where one unit stands: its rates beside its peers, the whole and the targets, over time, and how many actions it is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from dashboard.session import policy as access
from dashboard.session.figures import Figure, whole
from dashboard.session.peer_places import SCHEMA
from dashboard.ui import format as written
from dashboard.ui.over_time import comparable_parts, time_step
from dashboard.ui.page_context import Page
from dashboard.ui.panel import File, Panel, buttons, figure_panel, may_export, sheet
from dashboard.ui.panels.declarations import short_key
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from dashboard.views.unit.rate_places import RatePlace, rate_places
from dashboard.views.unit.small_lines import SmallLine, small_lines
from metrics.catalog import metric
from metrics.comparison.intervals import wilson
from metrics.comparison.standing import distance
from metrics.comparison.targets import with_targets
from metrics.model import Ratio
from metrics.rows import ROWS

NAMES: tuple[str, ...] = (
    "activation_rate",
    "login_rate",
    "processing_rate",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "fully_signed_ratio",
    "on_time_ratio",
)
LISTED = 60
"""Rows of a list of actions on screen; the file has them all."""
_NO_PEERS: Mapping[str, Any] = dict.fromkeys(SCHEMA)


@dataclass(frozen=True)
class Place:
    """One rate of the unit with what it is compared with; None where there is nothing to compare with."""

    own: Figure
    whole: Figure | None
    low: float | None
    high: float | None
    peers: int | None
    quarter: int | None
    """1 the best of its peers to 4."""
    peer_range: tuple[float, float] | None
    """The middle half of the peers."""
    target: float | None
    missing: int | None
    """How many actions the target is away, or the rate of the whole where there is no target; 0: reached."""

    @property
    def is_down(self) -> bool:
        return metric(self.own.metric).good == "down"

    @property
    def is_worse(self) -> bool:
        """Worse than the whole by more than chance."""
        if self.whole is None or self.whole.value is None or self.low is None or self.high is None:
            return False
        return self.low > self.whole.value if self.is_down else self.high < self.whole.value


def read_places(page: Page) -> dict[str, Place]:
    """The unit's rates, and as far as the policy shows them: its peers and the whole."""
    selection, reader = page.selection, page.reader
    assert selection.unit_code is not None
    own_frame = reader.values(NAMES, selection)
    own = whole(own_frame, selection.unit_code)
    units = reader.units().select("unit_code", "level")
    bounds = {row["metric"]: row for row in with_targets(wilson(own_frame), units, page.targets).iter_rows(named=True)}
    days = (selection.from_on, selection.to_on)
    if access.may(reader.viewer, "read", None, days, "comparison"):
        wholes = whole(reader.compared(NAMES, selection), None)
        among = {row["metric"]: row for row in reader.peer_places(NAMES, selection).iter_rows(named=True)}
    else:
        wholes, among = {}, {}
    found: dict[str, Place] = {}
    for name in NAMES:
        row, figure, place = bounds[name], own[name], among.get(name, _NO_PEERS)
        aim = row["target"] if row["target"] is not None else (wholes[name].value if name in wholes else None)
        missing = None
        if figure.numerator is not None and figure.denominator and aim is not None:
            missing = distance(figure.numerator, figure.denominator, aim, metric(name).good)
        middle = None if place["low"] is None else (place["low"], place["high"])
        found[name] = Place(figure, wholes.get(name), row["low"], row["high"], place["peers"], place["quarter"], middle, row["target"], missing)
    return found


def places_panel(page: Page, places: Mapping[str, Place]) -> Panel:
    """Draws the table of the unit's rates."""
    title = t("unit.places_title")
    subtitle = t("unit.places_subtitle", accounts=page.population("account"), documents=page.population("document"), span=page.span)
    lines: list[RatePlace] = []
    rows: list[tuple[Cell, ...]] = []
    for name, place in places.items():
        label = t(f"unit.rate_{name}")
        interval = (place.low, place.high) if place.low is not None and place.high is not None else None
        reference = place.whole.value if place.whole is not None else None
        texts = (place.own.counts_text, place.own.rate_text, standing_text(place), distance_text(page, place))
        lines.append(
            RatePlace(
                name,
                label,
                texts[0],
                texts[1],
                why_button(page, place.own, t("unit.why")),
                place.own.value,
                interval if place.own.value is not None and place.own.value <= 1 else None,
                place.peer_range,
                reference,
                place.target,
                place.is_worse,
                texts[2],
                texts[3],
            )
        )
        whole_text = place.whole.rate_text if place.whole is not None else ""
        target = written.percent(place.target, page.language) if place.target is not None else ""
        rows.append((label, texts[0], texts[1], whole_text, target, texts[2], texts[3]))
    has_target = any(place.target is not None for place in places.values())
    has_whole = any(place.whole is not None for place in places.values())
    key = (
        t("unit.key_own"),
        t("unit.key_peers") if has_whole else "",
        t("unit.key_whole") if has_whole else "",
        t("unit.key_target") if has_target else "",
    )
    heads = (t("unit.rate"), "n / N", t("unit.value"), t("unit.axis"), t("unit.standing"), t("unit.distance"))
    columns = (t("unit.rate"), "n / N", t("unit.value"), t("unit.whole"), t("unit.target"), t("unit.standing"), t("unit.distance"))
    body = rate_places(lines, heads, key, title)
    if has_whole and page.reader.viewer.role == "unit":
        body += f'<p class="remark">{escape(t("unit.without_small", smallest=page.reader.viewer.smallest))}</p>'
    return figure_panel(page, "places", title, subtitle, body, sheet(page, "don-vi", title, subtitle, columns, rows), is_twin_shown=False)


def standing_text(place: Place) -> str:
    """Where it stands among its peers, and only as surely as the numbers allow."""
    if place.own.value is None:
        return written.NO_ACTIVITY
    if place.own.value > 1:  # more issued than declared: a failed check, and no place of honour
        return t("unit.impossible")
    if place.quarter is None:
        return t("unit.few_peers", peers=place.peers) if place.peers else t("unit.no_peers")
    return t("unit.quarter", quarter=place.quarter, peers=place.peers)


def distance_text(page: Page, place: Place) -> str:
    """How many accounts or documents the target is away, or the whole's rate where no target is set."""
    if place.missing is None or (place.own.value is not None and place.own.value > 1):
        return written.NO_ACTIVITY
    aim = place.target if place.target is not None else place.whole.value if place.whole is not None else None
    if aim is None:
        return written.NO_ACTIVITY
    kind = "target" if place.target is not None else "whole"
    rate = written.target(aim, page.language) if place.target is not None else written.percent(aim, page.language)
    if place.missing == 0:
        return t(f"unit.reached_{kind}", rate=rate)
    key = "fewer" if place.is_down else "more"
    return t(f"unit.{key}_{kind}", count=written.number(place.missing, page.language), rows=t(f"unit.rows_{metric(place.own.metric).of}"), rate=rate)


def trend_panel(page: Page) -> Panel:
    """Draws the unit's rates over the period as small lines."""
    step = time_step(page)
    frame = page.reader.values(NAMES, page.selection, by=step)
    title, by = t("unit.trend_title"), t(f"card.trend_{step}")
    subtitle = f"{by} · {page.span}"
    lines: list[SmallLine] = []
    rows: list[tuple[Cell, ...]] = []
    for name in NAMES:
        parts = comparable_parts(frame, name, step)
        known = [part for part in parts if part.value is not None]
        if len(known) < 2:
            continue
        label = t(f"unit.rate_{name}")
        first, last = (written.percent(part.value or 0.0, page.language, 1) for part in (known[0], known[-1]))
        lines.append(SmallLine(label, tuple(part.value for part in parts), first, last, t("card.trend", by=f"{label}, {by}", first=first, last=last)))
        rows += [(label, written.span(part.from_on, part.to_on, page.language), part.counts_text, part.rate_text) for part in parts]
    body = small_lines(lines) if lines else f'<p class="remark">{escape(t("card.no_trend"))}</p>'
    columns = (t("unit.rate"), t("why.window"), "n / N", t("unit.value"))
    return figure_panel(page, "trend", title, subtitle, body, sheet(page, "dien-bien", title, subtitle, columns, rows))


def actions_panel(page: Page, places: Mapping[str, Place]) -> Panel:
    """Draws what is to be done, the fewest actions first, and for those who may see them the accounts and documents themselves."""
    title, subtitle = t("unit.actions_title"), t("unit.actions_subtitle")
    due = [place for place in places.values() if place.missing]
    due.sort(key=lambda place: place.missing or 0)
    if not due:
        reached = t("unit.actions_none") if any(place.missing is not None for place in places.values()) else t("unit.actions_unknown")
        return figure_panel(page, "actions", title, subtitle, f'<p class="all-passed">{escape(reached)}</p>', None)
    lines = "".join(f"<li><span>{escape(t(f'unit.rate_{place.own.metric}'))}</span><b>{escape(distance_text(page, place))}</b></li>" for place in due)
    body = f'<ol class="lines actions">{lines}</ol>'
    rows: list[tuple[Cell, ...]] = [(t(f"unit.rate_{place.own.metric}"), distance_text(page, place)) for place in due]
    listed = [place for place in due if _has_rows(place) and page.reader.may_see_rows(page.selection, place.own.metric)]
    if page.selection.tree != "as_was":
        listed = []
        body += f'<p class="remark">{escape(t("tree.rows_as_was"))}</p>'
    elif not listed:
        body += f'<p class="remark">{escape(t("unit.actions_closed"))}</p>'

    lists: list[File] = []
    for place in listed:
        markup, lists_of = _open_list(page, place.own.metric)
        body += markup
        lists += lists_of
    columns = (t("unit.rate"), t("unit.distance"))
    return figure_panel(
        page, "actions", title, subtitle, body, sheet(page, "viec-can-lam", title, subtitle, columns, rows), is_twin_shown=False, lists=lists
    )


def _has_rows(place: Place) -> bool:
    declared = metric(place.own.metric)
    return isinstance(declared, Ratio) and declared.good == "up" and not ROWS[declared.of].measures


def _open_list(page: Page, name: str) -> tuple[str, list[File]]:
    markup, file_rows = open_list(page, name)
    if not file_rows or not may_export(page):
        return markup, []
    title = t(f"unit.rate_{name}")
    twin = sheet(page, f"con-lai-{name}", title, t("unit.actions_title"), (t("unit.unit"), t(f"unit.row_{metric(name).of}")), file_rows)
    return f'<div class="open-list">{markup}{buttons(f"open_{name}", title, twin.name)}</div>', [(f"open_{name}", twin)]


def open_list(page: Page, name: str) -> tuple[str, list[tuple[Cell, ...]]]:
    """Markup of the rows that a ratio still lacks, and the same rows for a file: unit, and pseudonym of the account or number of the document."""
    frame = page.reader.open_rows(name, page.selection)
    is_account = metric(name).of == "account"
    rows: list[tuple[Cell, ...]] = [
        (page.tree.label(code) if code else written.NO_ACTIVITY, short_key(key) if is_account else number or key)
        for code, key, number in frame.select("unit_code", "row_key", "number").iter_rows()
    ]
    items = "".join(f"<li><code>{escape(str(label))}</code> {escape(str(unit))}</li>" for unit, label in rows[:LISTED])
    more = (
        f'<p class="remark">{escape(t("unit.list_more", count=written.number(len(rows) - LISTED, page.language)))}</p>' if len(rows) > LISTED else ""
    )
    count = written.number(len(rows), page.language)
    summary = t("unit.list", rate=t(f"unit.rate_{name}"), count=count, rows=t(f"unit.rows_{metric(name).of}"))
    markup = (
        f'<details class="more" data-open="{escape(name)}"><summary>{escape(summary)}</summary><ul class="open-rows">{items}</ul>{more}</details>'
    )
    return markup, rows


def first_words(page: Page, places: Mapping[str, Place], names: Sequence[str] = ("activation_rate", "login_rate")) -> str:
    """Markup of the page's sentence: how far activation and login are, and what is left to do first."""
    activation, login = (places[name].own for name in names)
    label = page.scope_label
    if not activation.denominator:
        return f'<h1 class="sentence">{escape(t("unit.sentence_none", unit=label))}</h1>'
    text = t(
        "unit.sentence", unit=label, counts=activation.counts_text, rate=activation.rate_text, login=login.rate_text, login_counts=login.counts_text
    )
    place = places["activation_rate"]
    look = distance_text(page, place) if place.missing else ""
    tail = f' <br class="wide"><em>{escape(look[:1].upper() + look[1:])}.</em>' if look else ""
    return f'<h1 class="sentence">{escape(text)}{tail}</h1>'
