"""A window that reaches beyond the data prints on no surface a number that a longer history changes, but for what its quality line says there.

Each surface is asked twice: by a home whose history ends (or begins) within the window, and by one whose history goes on, about the covered days.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.api.caller import Caller
from dashboard.api.resources import values
from dashboard.reports.content.blocks import Table
from dashboard.session.policy import Viewer
from dashboard.session.queries import pin
from dashboard.ui import format as written
from dashboard.ui.table_files import Sheet
from data.paths import Home
from metrics.periods import Period
from metrics.query.coverage import clipped
from tests.dashboard.reports.report_homes import built, tiny_home
from tests.faults.figures import Campaign
from tests.metrics.query.test_coverage import BEGIN, END, FIRST, between, history, windows

LAST = date(2026, 4, 15)
"""A Wednesday, so that a week is cut off."""
SPANS = {"all": (BEGIN, END), "until": (BEGIN, LAST), "since": (FIRST, END)}
Said = dict[tuple[str, ...], tuple[str, str]]
"""By place what stands there, and what is said there of what it can bear."""
Surface = Callable[[Home, Period], Iterator[tuple[tuple[str, ...], tuple[str, str]]]]
EXCUSES = ("sẽ còn làm đổi số này", "không có trong dữ liệu")
"""Words of the quality line: what is done after the cut-off, and what was before the first day."""


def draw(root: str, view: str, first: str, last: str) -> None:
    """The script of one page, as the frame draws it; its tables are kept for whoever asks."""
    import pathlib

    import streamlit as st

    from dashboard.session.policy import Viewer
    from dashboard.session.queries import pin
    from dashboard.session.state import default_selection, parse
    from dashboard.ui.page_context import Page
    from dashboard.views import PAGES
    from data.paths import Home

    reader = pin(Home(pathlib.Path(root)), Viewer("statistics"))
    tree = reader.tree("")
    query = {"from": first, "to": last, "population": "all", "metric": "login_rate", **({"unit": "P"} if view == "unit" else {})}
    selection, _ = parse(query, default_selection({}, reader.info.cutoff_on), tree.units)
    page = Page(reader, selection, tree, "")
    PAGES[view].render(page)
    st.session_state["offered"] = page.offered


def page_of(view: str) -> Surface:
    """Figures of a page, and the rows of its tables as they stand in its files."""

    def said(home: Home, window: Period) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
        script = {"root": str(home.root), "view": view, "first": window.from_on.isoformat(), "last": window.to_on.isoformat()}
        run = AppTest.from_function(draw, kwargs=script, default_timeout=120).run()
        assert not run.exception, (view, run.exception)
        html = "\n".join(str(element.proto.body) for element in run.get("html"))
        for panel in re.split(r"(?=data-panel=)", html):
            name = re.match(r'data-panel="(\w+)"', panel)
            for number, found in enumerate(re.finditer(r'data-metric="(\w+)"[^>]*>([^<]*)', panel)):
                yield (view, name[1] if name else "", found[1], str(number)), (found[2].strip(), panel)
        for name, offer in run.session_state["offered"].items():
            if isinstance(offer, Sheet) and not name.startswith("open_"):  # single rows, no figures
                rows = [row[1:] if name == "actions" else row for row in offer.texts()]  # its first says whether the view is over
                lead = 1 if len({row[0] for row in rows}) == len(rows) else 2
                for row in rows:
                    for number, text in enumerate(row[lead:]):
                        yield (view, name, *row[:lead], str(number)), (text, " ".join(offer.quality))

    return said


def report_of(kind: str) -> Surface:
    """Figures of a report, with their line in its annex, or what is told to who writes it where it has none."""

    def said(home: Home, window: Period) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
        report = built(home, kind=kind, period=window)
        tables = [block for annex in report.annexes for block in annex.blocks if isinstance(block, Table) and block.key == "annex.quality"]
        told = {row[0].text: row[-1].text for block in tables for row in block.rows}
        gaps = " ".join(gap.about for gap in report.gaps)
        for one in report.figures:
            place = (kind, one.metric, str(one.unit_code), str(one.group), f"{one.period_from} {one.period_to}")
            yield place, (one.text, told.get(one.label, gaps if f"{one.label} (" in gaps else ""))

    return said


def by_api(home: Home, window: Period) -> Iterator[tuple[tuple[str, ...], tuple[str, str]]]:
    """Rows of /api/v1/values by unit."""
    reader = pin(home, Viewer("statistics"))
    query = {"from": [window.from_on.isoformat()], "to": [window.to_on.isoformat()], "by": ["unit"]}
    for row in values(Caller(reader, reader.tree(""), ""), query).rows.iter_rows(named=True):
        counts = (row["numerator"], row["denominator"], row["value"])
        yield (row["metric"], str(row["unit_code"])), ("" if counts == (None, None, None) else str(counts), row["quality"])


SURFACES: dict[str, Surface] = {
    "API": by_api,
    **{view: page_of(view) for view in ("overview", "unit", "documents", "compare")},
    **{kind: report_of(kind) for kind in ("so-ket", "tom-tat")},
}


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Home]:
    """The same home with all days, without the later part, and without the earlier part."""
    folder, rows = tmp_path_factory.mktemp("homes"), history()
    return {name: tiny_home(folder / name, between(rows, *span)) for name, span in SPANS.items()}


def changed_in_silence(surface: Surface, short: Home, whole: Home, window: Period) -> tuple[int, list[str]]:
    """How many places print a number, and those that a longer history prints otherwise although nothing there says that it may."""
    covered = clipped(pin(short, Viewer("statistics")).info, window)
    last = written.day(covered.to_on, "vi")
    found, later = dict(surface(short, window)), dict(surface(whole, covered))
    numbers = {place: said for place, said in found.items() if re.search(r"\d", said[0])}
    changed = []
    for place, (text, quality) in numbers.items():
        is_other = place not in later or later[place][0] != text
        own_days = re.findall(r"ến ngày ([\d/]+)|\((\d+)/\d+\)", quality)  # of a figure that ripens: it covers fewer days, and tells them
        if is_other and not any(words in quality for words in EXCUSES) and all(last in one for one in own_days) and not names_its_days(place, last):
            changed.append(f"{place}: {text!r} -> {later.get(place, ('nothing',))[0]!r}")
    return len(numbers), changed


def names_its_days(place: tuple[str, ...], last: str) -> bool:
    """Whether it stands in a row of days that end with the data, so that a longer history has another row."""
    return any(re.fullmatch(rf"\S+ – {last}", words) for words in place)


@pytest.mark.parametrize("name", ["API", "unit", "documents", "compare", "tom-tat"])
def test_no_surface_prints_what_a_longer_history_changes(homes: dict[str, Home], name: str) -> None:
    printed, changed = changed_in_silence(SURFACES[name], homes["until"], homes["all"], Period(date(2026, 3, 9), date(2026, 4, 30)))
    assert printed > 8 and changed == []


@pytest.mark.long
def test_no_surface_prints_what_a_longer_history_changes_at_length(homes: dict[str, Home]) -> None:
    campaign = Campaign("Windows", "random windows around the first and the last day on every surface", "100 windows, 0 numbers changed in silence")
    printed, changed = 0, list[str]()
    for short, around in (("until", LAST), ("since", FIRST)):
        for window in windows(50, around):
            for surface in SURFACES.values():
                count, found = changed_in_silence(surface, homes[short], homes["all"], window)
                printed, changed = printed + count, changed + [f"{short} {window.from_on} {window.to_on} {one}" for one in found]
    surfaces = ", ".join(SURFACES)
    campaign.record(f"100 windows, {printed:,} numbers on {len(SURFACES)} surfaces ({surfaces}): {len(changed)} changed in silence")
    assert changed == []
