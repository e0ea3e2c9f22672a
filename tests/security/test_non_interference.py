"""What others do changes no byte that a unit is sent: running servers whose homes differ in what it may not see, asked the same, file by file.

Two kinds of difference: all rows of all other units, where a unit sees nothing of its peers; and the rows of two units exchanged that are too
small to be shown, where it sees the others and the whole. The ledger of the second home has entries and a report of another unit besides.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from dashboard.ledger import FinishedReport, Ledger
from dashboard.ledger.actor import Actor
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import Content
from dashboard.reports.archive.json_record import record_of
from dashboard.reports.archive.permitted_steps import PermittedSteps
from dashboard.reports.archive.pinning import make_files
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.request import Request
from dashboard.reports.writers import FORMATS
from dashboard.session.policy import PEER_POLICIES, PeerPolicy, Viewer
from dashboard.views import PAGES
from data.paths import Home
from metrics.periods import Period
from tests.dashboards import Serve
from tests.faults.figures import Campaign
from tests.security.programs import Program, token
from tests.security.wires import TOML, open_stream, run_of_the_page
from tests.tiny_snapshot import Row, write_snapshot

UNITS: list[Row] = [
    {"unit_code": "R", "level": "toi_cao", "name": "Gốc"},
    {"unit_code": "A", "parent_code": "R", "pilot_group": 1, "name": "Đơn vị Anh Đào"},
    {"unit_code": "A1", "parent_code": "A", "level": "cap_huyen", "name": "Đơn vị A Một"},
    {"unit_code": "B", "parent_code": "R", "pilot_group": 1, "name": "Đơn vị Bằng Lăng"},
    *(
        {"unit_code": code, "parent_code": "R", "pilot_group": 1, "name": f"Đơn vị {name}"}
        for code, name in zip("CDE", ("Cúc", "Dâu", "En"), strict=True)
    ),
]
SIZES = {"A": 8, "A1": 7, "B": 20, "C": 3, "D": 3, "E": 3}
"""How many accounts and documents; C, D and E are too small to be shown to others."""
OWN = {"A": {"A", "A1"}, "B": {"B"}, "C": {"C"}}
HIDDEN = {"A": ("C", "D"), "B": ("C", "D"), "C": ("D", "E")}
"""Two units of which a unit is shown nothing, whatever the policy of peers."""
FIRST = date(2024, 7, 1)
JULY = "from=2024-07-01&to=2024-07-31"
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BUTTON = re.compile(r'data-file="([^"]+)" data-of="([^"]+)"')
BY = ("", "unit", "level", "province", "group", "doc_type", "day", "week", "month", "peers")


def rows_of(unit: str, written_as: str) -> dict[str, list[Row]]:
    """The rows of one unit, drawn by chance from `written_as`: of one size, whatever that is."""
    chance, size = random.Random(written_as), SIZES[unit]

    def day() -> date:
        return FIRST + timedelta(days=chance.randrange(31))

    def flags(*names: str) -> Row:
        return {name: chance.random() < 0.5 for name in names}

    accounts: list[Row] = [
        {"unit_code": unit, "account_key": f"{unit}-{number}", "activated_on": chance.choice((day(), None))} for number in range(size)
    ]
    days: list[Row] = [
        {"account_key": one["account_key"], "day_on": on, **flags("has_logged_in", "has_processed", "has_signed")}
        for one in accounts
        for on in sorted({day() for _ in range(3)})
    ]
    channels = ("is_electronic", "is_parallel", "is_paper", "is_signer_signed", "is_organ_signed")
    return {
        "account": accounts,
        "account_day": days,
        "document": [{"unit_code": unit, "issued_on": day(), "page_count": chance.randrange(1, 9), **flags(*channels)} for _ in range(size)],
        "registered_document": [{"unit_code": unit, "registered_on": day(), **flags("has_form", "is_assigned", "is_processed")} for _ in range(size)],
        "declared_total": [{"unit_code": unit, "from_on": FIRST, "to_on": date(2024, 7, 31), "value": size + chance.randrange(9)}],
    }


def make_home(root: Path, written_as: Mapping[str, str] | None = None) -> Home:
    """A home whose units have the rows drawn from their own codes, or from what `written_as` says; then others have entered something too."""
    home, rows = Home(root), {"org_unit": UNITS}
    home.snapshots.mkdir(parents=True)
    home.config.write_text(TOML, encoding="utf-8")
    for unit in SIZES:
        for table, of_unit in rows_of(unit, (written_as or {}).get(unit, unit)).items():
            rows.setdefault(table, []).extend(of_unit)
    rows["batch_accounting"] = [{"entity": entity} for entity in rows if entity != "org_unit"]
    write_snapshot(home.snapshots, rows)
    if written_as:
        of_e: Content = {"unit_code": "E", "from_on": "2024-07-01", "to_on": "2024-07-31"}
        entered: dict[str, Content] = {"declared_total": {"value": 99, "source_note": ""}, "explanation": {"subject": "Mạng", "text": "Mất mạng"}}
        with Entries(home, Actor("i", "e")) as maker, Entries(home, Actor("i", "chi")) as department:
            for kind, more in entered.items():
                (entry,) = maker.enter(kind, [{**of_e, **more}], is_submitted=True)
                department.approve(entry.entry_id, entry.revision)
        request = Request("don-vi", Period(FIRST, date(2024, 7, 31)), "all", "E")
        with Ledger(home) as ledger:
            made = FinishedReport("don-vi", "Đơn vị En", record_of(request, read_inputs(home)), "20240801T030000-tiny", "0" * 64, "1", {"html": b"E"})
            ledger.take_step(ledger.pin(made, "Lập"), "approve", "Duyệt")
    return home


@dataclass
class Sent:
    """What a unit was sent of one page: its elements in their order, and its files by name."""

    elements: list[bytes]
    files: dict[str, bytes]

    @property
    def bytes(self) -> int:
        return sum(map(len, (*self.elements, *self.files.values())))


def sent(address: str, unit: str, page: str) -> Sent:
    """A page as a unit of a demo is sent it, without the names that Streamlit gives its runs, and every file that it has a button for.

    The picture of a panel is made by the browser, of the panel's own elements.
    """
    query, path = f"role=unit&role_unit={unit}&unit={unit}&{JULY}", "" if page == "overview" else page
    with open_stream(address) as stream:
        came = run_of_the_page(stream, query, path)
        elements = [UUID.sub(b"", one.delta.SerializeToString(deterministic=True)) for one in came if one.WhichOneof("type") == "delta"]
        buttons = sorted({found for element in elements for found in BUTTON.findall(element.decode("utf-8", "replace")) if found[0] != "png"})
        return Sent(elements, {f"{name}.{kind}": file_of(stream, came, query, path, name, kind) for kind, name in buttons})


def file_of(stream: ClientConnection, came: list[ForwardMsg], query: str, path: str, name: str, kind: str) -> bytes:
    """The file that a click on a button of the page brings."""
    again = run_of_the_page(stream, query, path, file=(component(came).id, name, kind))
    file = json.loads(component(again).json)["file"]
    assert file is not None, (name, kind)
    return base64.b64decode(file["content"])


def component(came: list[ForwardMsg]) -> Any:
    """What the page said last to the script that hears clicks."""
    found = [one.delta.new_element.bidi_component for one in came if one.delta.new_element.WhichOneof("type") == "bidi_component"]
    return next(one for one in reversed(found) if one.component_name.endswith("vanban_clicks"))


def differing(one: Sent, two: Sent) -> list[str]:
    """What is not the same, by name."""
    found = [] if one.elements == two.elements else ["the page"]
    return found + sorted(name for name in one.files.keys() | two.files.keys() if one.files.get(name) != two.files.get(name))


def report_files(home: Home, unit: str, peers: PeerPolicy, formats: Sequence[str]) -> dict[str, bytes]:
    """The report on a unit in these kinds of file, and its figures, as the unit may build it."""
    steps = PermittedSteps(home, Viewer("unit", frozenset(OWN[unit]), unit, peers), "20240801T030000-tiny")
    report = steps.report(Request("don-vi", Period(FIRST, date(2024, 7, 31)), "all", unit))
    return make_files(report, formats)


def with_peers(home: Home, peers: str) -> None:
    home.config.write_text(f'{TOML}peers = "{peers}"\n', encoding="utf-8")


def other_of(unit: str, peers: str) -> dict[str, str]:
    """What the rows of other units are drawn from in a home that has to look the same to a unit under a policy of peers."""
    if peers == "none":
        return {code: f"{code} otherwise" for code in SIZES if code not in OWN[unit]}
    one, two = HIDDEN[unit]
    return {one: two, two: one}


def questions() -> list[str]:
    """What a program asks: everything, divided in every way, and every unit; what is hidden stands in an answer of peers, in each form."""
    figures = f"values?{JULY}"
    asked = [f"{figures}&by={by}&format=arrow" for by in BY] + [f"{figures}&by=peers&format={form}" for form in ("json", "csv")]
    return ["metrics", "units", "periods", *asked, *(f"{figures}&by=unit&unit={code}" for code in ("R", *SIZES))]


def told_differently(first: Home, other: Home, unit: str, addresses: Iterable[str]) -> list[str]:
    """Those of the questions that programs of the unit are answered differently in two homes."""
    one, two = (Program(home, token(home, f"unit:{unit}")) for home in (first, other))
    return [address for address in addresses if one.ask(address) != two.ask(address)]


def test_two_hidden_peers_exchanged_change_no_byte_that_a_unit_is_sent(tmp_path: Path, served: Serve) -> None:
    first, other = make_home(tmp_path / "first"), make_home(tmp_path / "other", other_of("A", "named"))
    assert told_differently(first, other, "A", questions()[-2:]) == []
    assert told_differently(first, other, "A", [f"values?{JULY}&by=peers&metric=activation_rate&format=arrow"]) == []
    one, two = (sent(served(home.root), "A", "compare") for home in (first, other))
    assert one.elements and {"csv", "xlsx"} <= {name.rpartition(".")[2] for name in one.files}
    assert differing(one, two) == []
    reports = [report_files(home, "A", "named", ["xlsx"]) for home in (first, other)]
    assert [name for name, content in reports[0].items() if reports[1][name] != content] == []


@pytest.mark.long
def test_what_others_do_changes_no_byte_that_a_unit_is_sent(tmp_path: Path, served: Serve) -> None:
    campaign = Campaign(
        "S1",
        "pages, their files, reports and answers to programs of three units under three policies of peers, in homes that differ in what is hidden",
        "0 bytes differ, and they do where peers are shown",
    )
    first = make_home(tmp_path / "first")
    pages = files = answers = seen = 0
    differ: list[tuple[str, ...]] = []
    for unit, peers in product(OWN, PEER_POLICIES):
        other = make_home(tmp_path / f"{unit}-{peers}", other_of(unit, peers))
        for home in (first, other):
            with_peers(home, peers)
        differ += [(unit, peers, address) for address in told_differently(first, other, unit, questions())]
        answers += len(questions())
        reports = [report_files(home, unit, peers, [kind.name for kind in FORMATS]) for home in (first, other)]
        differ += [(unit, peers, "report", name) for name, content in reports[0].items() if reports[1][name] != content]
        files += len(reports[0])
        for page in PAGES:
            one, two = (sent(served(home.root), unit, page) for home in (first, other))
            differ += [(unit, peers, page, what) for what in differing(one, two)]
            pages, files, seen = pages + 1, files + len(one.files), seen + one.bytes
    other = make_home(tmp_path / "shown", other_of("A", "none"))
    for home in (first, other):
        with_peers(home, "named")
    shown = differing(*(sent(served(home.root), "A", "compare") for home in (first, other)))
    counted = f"{pages} pairs of pages, {files} of files, {answers} of answers, {seen / 2**20:.1f} MiB of pages and files"
    campaign.record(f"{counted}: {len(differ)} differ; where peers are shown {len(shown)} of a page do")
    assert differ == []
    assert shown, "the homes do not differ in anything that a peer may see"
