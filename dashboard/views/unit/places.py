"""Where one unit stands: its rates beside its peers, the whole and the targets, and how many actions it is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from dashboard.session import policy
from dashboard.session.figures import Figure, aim_text, whole
from dashboard.session.peer_places import SCHEMA
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sentence, sheet
from dashboard.ui.translations import rows_word, t
from dashboard.ui.why import why_button
from metrics.catalog import metric
from metrics.comparison.intervals import wilson
from metrics.comparison.targets import AIM_COLUMNS, Aim, with_targets
from metrics.comparison.unit_standings import distance

NAMES: tuple[str, ...] = (
    "activation_rate",
    "login_rate",
    "plain_login_day_rate",
    "processing_rate",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "fully_signed_ratio",
    "on_time_ratio",
)
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
    target_text: str
    """With its window and the day by which it is to be reached; empty where there is none."""
    missing: int | None
    """How many actions the target is away, or the rate of the whole where there is no target; 0: reached."""
    position: str | None = None
    """On which side of the whole it lies (`metrics.comparison.against_average`)."""

    @property
    def is_down(self) -> bool:
        return metric(self.own.metric).good == "down"

    @property
    def gap(self) -> float:
        """How far the rate lies from its target, or from the whole's rate where there is none: what doing all that is missing is worth, 0 to 1."""
        aim = self.target if self.target is not None else self.whole.value if self.whole is not None else None
        return 0.0 if aim is None or self.own.value is None or not self.missing else abs(aim - self.own.value)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Bounds of the rate; none where it is above 1, or nobody is counted."""
        if self.own.value is None or self.own.value > 1 or self.low is None or self.high is None:
            return None
        return self.low, self.high

    @property
    def is_worse(self) -> bool:
        """Worse than the whole by more than chance and the usual spread."""
        return self.position is not None and self.position.startswith("above" if self.is_down else "below")


def read_places(page: Page) -> dict[str, Place]:
    """The unit's rates, and as far as the policy shows them: its peers and the whole."""
    selection, reader = page.selection, page.reader
    assert selection.unit_code is not None
    own_frame = reader.values(NAMES, selection)
    own = whole(own_frame, selection.unit_code)
    units = reader.units().select("unit_code", "level")
    bounds = {row["metric"]: row for row in with_targets(wilson(own_frame), units, page.targets).iter_rows(named=True)}
    days = (selection.from_on, selection.to_on)
    if policy.may(reader.viewer, "read", None, days, "comparison"):
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
        found[name] = Place(
            own=figure,
            whole=wholes.get(name),
            low=row["low"],
            high=row["high"],
            peers=place["peers"],
            quarter=place["quarter"],
            peer_range=middle,
            target=row["target"],
            target_text=aim_text(Aim(*(row[name] for name in AIM_COLUMNS)), page.language) if row["target"] is not None else "",
            missing=missing,
            position=place["position"],
        )
    return found


def places_panel(page: Page, places: Mapping[str, Place]) -> Panel:
    """The table of the unit's rates: n/N, value, an axis with interval, peers, whole and target, and what that means."""
    title = t("unit.places_title")
    subtitle = t("unit.places_subtitle", accounts=page.population("account"), documents=page.population("document"), span=page.span)
    places = {name: place for name, place in places.items() if name in page.known}
    said = {name: (standing_text(place), f"{distance_text(page, place)}{pace_text(page, place)}") for name, place in places.items()}
    has_whole = any(place.whole is not None for place in places.values())
    note = t("unit.without_small", smallest=page.reader.viewer.smallest) if has_whole and page.reader.viewer.role == "unit" else ""
    body = markup(
        "unit/places.html",
        places=places,
        said=said,
        why={name: why_button(page, place.own, t("unit.why")) for name, place in places.items()},
        keys=_keys(has_whole, any(place.target is not None for place in places.values())),
        note=note,
    )
    columns = (t("unit.rate"), "n / N", t("unit.value"), t("unit.whole"), t("unit.target"), t("unit.standing"), t("unit.distance"))
    rows = [
        (
            t(f"unit.rate_{name}"),
            place.own.counts_text,
            place.own.rate_text,
            place.whole.rate_text if place.whole is not None else "",
            place.target_text,
            *said[name],
        )
        for name, place in places.items()
    ]
    return figure_panel(
        page, "places", title, subtitle, body, sheet(page, "don-vi", title, subtitle, columns, rows, of=list(places)), is_twin_shown=False
    )


def _keys(has_whole: bool, has_target: bool) -> list[tuple[str, str]]:
    """The marks that are drawn, and what they mean."""
    of_whole = [("range", t("unit.key_peers")), ("of-whole", t("unit.key_whole"))] if has_whole else []
    return [("own", t("unit.key_own")), *of_whole, *([("of-target", t("unit.key_target"))] if has_target else [])]


def standing_text(place: Place) -> str:
    """Where it stands among its peers, and only as surely as the numbers allow."""
    if place.own.value is None:
        return written.NO_ACTIVITY
    if place.own.value > 1:  # more issued than declared: a failed check, and no place of honour
        return t("unit.impossible")
    if place.quarter is None:
        if place.peer_range is not None:
            return t("unit.no_quarter", peers=place.peers)
        return t("unit.few_peers", peers=place.peers) if place.peers else t("unit.no_peers")
    return t(f"unit.quarter_{place.quarter}", peers=place.peers)


def distance_text(page: Page, place: Place) -> str:
    """How many accounts or documents the target is away, or the whole's rate where no target is set."""
    if place.missing is None or (place.own.value is not None and place.own.value > 1):
        return written.NO_ACTIVITY
    aim = place.target if place.target is not None else place.whole.value if place.whole is not None else None
    if aim is None:
        return written.NO_ACTIVITY
    kind = "target" if place.target is not None else "whole"
    rate = place.target_text if place.target is not None else written.percent(aim, page.language)
    if place.missing == 0:
        return t(f"unit.reached_{kind}", rate=rate)
    key = "fewer" if place.is_down else "more"
    return t(
        f"unit.{key}_{kind}",
        count=written.number(place.missing, page.language),
        rows=rows_word(metric(place.own.metric).of, place.missing),
        rate=rate,
    )


def pace_text(page: Page, place: Place) -> str:
    """The day on which the target is reached at this pace, with its range; empty where the figures name none (`metrics.comparison.pace`)."""
    over, under = place.own.numerator, place.own.denominator
    if place.target is None or not place.missing or over is None or not under:
        return ""
    found = page.reader.pace(place.own.metric, page.selection, (over, under), place.target)
    if found is None or found.reached_on is None:
        return ""
    day, first, last = (written.day(on, page.language) if on is not None else "…" for on in (found.reached_on, found.reached_from, found.reached_to))
    return t("unit.pace", day=day, first=first, last=last)


def first_words(page: Page, places: Mapping[str, Place]) -> Markup:
    """The page's sentence: how many targets the unit meets, what is short of them, and which of its rates are low beyond chance."""
    known = {name: place for name, place in places.items() if place.own.value is not None}
    if not known:
        return sentence(t("unit.sentence_none", unit=page.scope_label))
    aimed = [place for place in known.values() if place.target is not None and place.own.value is not None and place.own.value <= 1]
    met = sum(place.missing == 0 for place in aimed)
    text = t("unit.met", unit=page.scope_label, met=met, of=len(aimed)) if aimed else t("unit.no_targets", unit=page.scope_label)
    low = [t(f"unit.rate_{name}") for name, place in known.items() if place.is_worse]
    look = t("unit.low", names=_in_a_row(low)) if low else ""
    if not look and any(place.position is not None for place in known.values()):
        text += " " + t("unit.none_low")
    first = max((place for place in aimed if place.missing), key=lambda place: place.gap, default=None)
    to_do = distance_text(page, first) if first else ""
    rest = f" {t(f'unit.rate_{first.own.metric}')}: {to_do}." if first else ""
    return sentence(text, look, rest) if look else sentence(text + rest)


def _in_a_row(names: Sequence[str]) -> str:
    """`Kích hoạt, có ký số và xử lý đúng hạn`."""
    first, *others = names
    lower = [name[:1].lower() + name[1:] for name in others]
    return ", ".join([first, *lower[:-1]]) + (t("sentence.and") + lower[-1] if lower else "")
