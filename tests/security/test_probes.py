"""Whatever a unit asks, by any part of an address, it is told nothing that was planted at other units; and SQL in an address does nothing.

Planted at each unit that is not the viewer's own, in what only that unit and the department may see: the number of a document, a declared total,
an explanation, the cause of a case and the title of a report. Every answer is searched for them, in the spellings that a figure has.
"""

from __future__ import annotations

import hashlib
import io
import random
import struct
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args
from urllib.parse import quote, urlencode

import pytest

import dashboard.api.application
from dashboard.api.question import BY
from dashboard.ledger import FinishedReport, Ledger
from dashboard.ledger.actor import Actor
from dashboard.ledger.entered.entries import Entries
from dashboard.ledger.entered.kinds import KINDS, Content, checked
from dashboard.reports.archive.json_record import record_of
from dashboard.reports.content.inputs import read_inputs
from dashboard.reports.content.request import Request
from dashboard.session.policy import PEER_POLICIES
from dashboard.session.state import OF_EVERY_PAGE, PAGE_PARAMETERS
from dashboard.views import PAGES
from data.paths import Home
from metrics.catalog import METRICS
from metrics.periods import PRESETS, Period
from metrics.tree.scope import Tree
from tests.conftest import run_vanban
from tests.dashboards import Serve
from tests.faults.figures import Campaign
from tests.security.programs import Program, token
from tests.security.wires import TOML, open_stream, run_of_the_page, text_of
from tests.tiny_snapshot import Row, write_snapshot

UNITS: list[Row] = [
    {"unit_code": "R", "level": "toi_cao", "name": "Gốc"},
    *({"unit_code": code, "parent_code": "R", "pilot_group": 1, "name": f"Đơn vị {code}"} for code in ("A", "B", "C", "D")),
    {"unit_code": "A1", "parent_code": "A", "level": "cap_huyen", "name": "Đơn vị A1"},
]
SIZES = {"A": 8, "A1": 7, "B": 20, "C": 3, "D": 9}
OTHERS = ("B", "C", "D")
SHOWN: dict[str, tuple[str, ...]] = {"named": ("B", "D"), "anonymous": (), "none": ()}
"""Units whose figures another one may see under a policy of peers; C is too small for it."""
FIRST, LAST = date(2024, 7, 1), date(2024, 7, 31)
VALUES = {"A": 9_111_113, "A1": 9_111_131, "B": 7_654_321, "C": 8_675_311, "D": 6_543_217}
"""Declared totals, each of which stands nowhere else."""


def words_at(unit: str) -> list[str]:
    """What is planted as text at a unit."""
    return [f"{kind}-cua-{unit}-72913" for kind in ("so", "giaitrinh", "nguyennhan", "tenbaocao")]


def planted_at(unit: str, is_shown: bool = False) -> list[bytes]:
    """All that is planted at a unit, as an answer could show it; without its figures where they are shown to its peers."""
    if is_shown:
        return [text.encode() for text in words_at(unit)]
    value = VALUES[unit]
    figures = [str(value), f"{value:,}", f"{value:,}".replace(",", "."), f"{value:,}".replace(",", "\u202f")]
    return [text.encode() for text in (*words_at(unit), *figures)] + [struct.pack("<q", value), struct.pack("<d", value)]


def make_home(root: Path, peers: str = "named") -> Home:
    """A home in whose every unit something is planted."""
    home = Home(root)
    home.snapshots.mkdir(parents=True)
    home.config.write_text(f'{TOML}peers = "{peers}"\n', encoding="utf-8")
    accounts: list[Row] = [{"unit_code": code, "account_key": f"{code}-{one}"} for code, size in SIZES.items() for one in range(size)]
    documents: list[Row] = [
        {"unit_code": code, "is_electronic": one % 2 == 0, "number": words_at(code)[0]} for code, size in SIZES.items() for one in range(size)
    ]
    totals: list[Row] = [{"unit_code": code, "from_on": FIRST, "to_on": LAST, "value": value} for code, value in VALUES.items()]
    rows = {"org_unit": UNITS, "account": accounts, "document": documents, "declared_total": totals}
    write_snapshot(home.snapshots, {**rows, "batch_accounting": [{"entity": entity} for entity in rows if entity != "org_unit"]})
    for unit in SIZES:
        _enter(home, unit)
    return home


def _enter(home: Home, unit: str) -> None:
    """What a unit enters and what is kept of it: an explanation, a case, a report."""
    _, explanation, cause, title = words_at(unit)
    entered: dict[str, Content] = {
        "explanation": {"unit_code": unit, "from_on": "2024-07-01", "to_on": "2024-07-31", "subject": "Mạng", "text": explanation},
        "case": {"unit_code": unit, "opened_on": "2024-07-05", "cause": cause, "deadline": "2024-08-05", "status": "open"},
    }
    with Entries(home, Actor("i", "e")) as maker, Entries(home, Actor("i", "chi")) as department:
        for kind, content in entered.items():
            (entry,) = maker.enter(kind, [checked(KINDS[kind], content, list(SIZES))], is_submitted=True)
            department.approve(entry.entry_id, entry.revision)
    request = Request("don-vi", Period(FIRST, LAST), "all", unit)
    with Ledger(home) as ledger:
        files = {"html": title.encode()}
        made = FinishedReport("don-vi", title, record_of(request, read_inputs(home)), "20240801T030000-tiny", "0" * 64, "1", files)
        ledger.take_step(ledger.pin(made, "Lập"), "approve", "Duyệt")


def found_in(answer: bytes, units: tuple[str, ...] = OTHERS, shown: tuple[str, ...] = ()) -> list[bytes]:
    """What of that which is planted at these units stands in an answer, packed or not; `shown` are units whose figures may."""
    bodies = [answer]
    if answer.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer)) as parts:
            bodies = [parts.read(name) for name in parts.namelist()]
    return [one for unit in units for one in planted_at(unit, unit in shown) if any(one in body for body in bodies)]


# ---------------------------------------------------------------- what a unit may ask

FORGED = (
    "",
    "*",
    "%",
    "R",
    "B",
    "C",
    "D",
    "A",
    "A1",
    "a",
    "B ",
    "../B",
    "B,A",
    "None",
    "null",
    "\u0000",
    "B%00",
    "Ｂ",
    "all",
    "1",
    "2",
    "9" * 30,
    "-1",
)


def part_of(chance: random.Random, name: str) -> str:
    """A value for a part of an address: mostly one that means something, now and then anything."""
    days = ("2024-07-01", "2024-07-10", "2024-07-31", "2024-06-30", "9999-12-31", "1900-01-01", "20240701")
    known = {
        **{"from": days, "to": days, "unit": ("A", "A1", *FORGED), "role_unit": FORGED, "group": ("1", "2"), "population": ("all", "pilot", "1")},
        **{
            "tree": get_args(Tree),
            "by": BY,
            "level": ("toi_cao", "cap_tinh", "cap_huyen"),
            "kind": tuple(KINDS),
            "period": [one.name for one in PRESETS],
        },
        **{"metric": [one.name for one in METRICS], "format": ("json", "csv", "arrow"), "language": ("vi", "en"), "lang": ("vi", "en")},
        **{
            "report": ("1", "2", "3", "4", "5"),
            "rows": ("documents", "accounts"),
            "find": tuple(word for unit in OTHERS for word in (unit, f"cua-{unit}")),
        },
    }
    return chance.choice(tuple(known.get(name, FORGED))) if chance.random() < 0.9 else chance.choice(FORGED)


def address_of_figures(chance: random.Random) -> str:
    """A question to the interface."""
    resource = chance.choices(("values", "units", "metrics", "periods"), (30, 1, 1, 1))[0]
    names = chance.sample(("metric", "from", "to", "period", "unit", "group", "tree", "by", "format", "language"), chance.randrange(7))
    return f"{resource}?{urlencode([(name, part_of(chance, name)) for name in names])}"


def address_of_page(chance: random.Random) -> str:
    """The part of a page's address after the question mark, without whose view it is."""
    names = [name for name in (*OF_EVERY_PAGE, *PAGE_PARAMETERS) if name not in ("role", "role_unit")]
    return urlencode([(name, part_of(chance, name)) for name in chance.sample(names, chance.randrange(7))])


def probe_interface(home: Home, probes: int, chance: random.Random, shown: tuple[str, ...]) -> tuple[int, list[tuple[str, bytes]]]:
    """How many of so many questions of a unit's program were answered with figures, and what was told that must not be."""
    program, answered, told = Program(home, token(home, "unit:A")), 0, []
    for _ in range(probes):
        address = address_of_figures(chance)
        status, headers, body = program.ask(address)
        assert status in (200, 304, 400, 403, 404, 413, 422), (status, address, body)
        answered += status == 200
        told += [(address, one) for one in found_in(body + repr(headers).encode(), OTHERS, shown)]
    return answered, told


def probe_pages(address: str, probes: int, chance: random.Random, shown: tuple[str, ...]) -> list[tuple[str, bytes]]:
    """What pages told a unit that they must not, whatever their address said."""
    told: list[tuple[str, bytes]] = []
    for page in chance.choices(["" if name == "overview" else name for name in PAGES], k=probes):
        query = f"role=unit&role_unit=A&{address_of_page(chance)}"
        with open_stream(address) as stream:
            said = text_of(run_of_the_page(stream, query, page)).replace(query, "")
        told += [(f"{page}?{query}", one) for one in found_in(said.encode(), OTHERS, shown) if one.decode("utf-8", "replace") not in query]
    return told


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("probes") / "nhà")


@pytest.fixture
def many_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    """One program may ask as often as it likes: here it is what it asks that is tried."""
    monkeypatch.setattr(dashboard.api.application, "MOST_A_MINUTE", 10**9)


def test_what_is_planted_is_seen_by_whom_it_is_for(home: Home, served: Serve, many_questions: None) -> None:
    rows = Program(home, token(home, "unit:A")).ask("values?metric=electronic_issue_ratio&by=unit&format=csv")[2]
    assert found_in(rows, ("A1",)), "the search of an answer finds what is there"
    assert found_in(rows) == []
    with open_stream(served(home.root)) as stream:
        of_department = text_of(run_of_the_page(stream, "role=statistics&unit=B&from=2024-07-01&to=2024-07-31&kind=case", "declarations")).encode()
    assert found_in(of_department, ("B",))


def test_a_unit_is_told_nothing_planted_at_others_whatever_it_asks(home: Home, served: Serve, many_questions: None) -> None:
    chance = random.Random(14)
    answered, told = probe_interface(home, 60, chance, SHOWN["named"])
    assert told == []
    assert answered > 5
    assert probe_pages(served(home.root), 6, chance, SHOWN["named"]) == []


@pytest.mark.long
def test_fifty_thousand_probes(tmp_path: Path, served: Serve, many_questions: None) -> None:
    campaign = Campaign(
        "S1", "addresses of pages and of the interface, right and forged, asked by a unit under three policies of peers", "50,000 probes, 0 leaks"
    )
    chance = random.Random(50_000)
    answered, told = 0, []
    for peers in PEER_POLICIES:
        home = make_home(tmp_path / peers, peers)
        with_figures, found = probe_interface(home, 15_500, chance, SHOWN[peers])
        answered, told = answered + with_figures, told + found + probe_pages(served(home.root), 1_200, chance, SHOWN[peers])
    campaign.record(
        f"46,500 questions to the interface, {answered:,} of them answered, and 3,600 pages: {len(told)} told what is planted at other units"
    )
    assert told == []


# ---------------------------------------------------------------- SQL in an address

STATEMENTS = (
    "DROP TABLE account",
    "DELETE FROM document",
    "CREATE TABLE planted (a INT)",
    "COPY account TO '{folder}/planted'",
    "ATTACH '{folder}/planted' AS p",
    "SET enable_external_access = true",
    "INSTALL httpfs",
    "SELECT content FROM read_text('{folder}/secret.txt')",
)
FRAMES = (
    "'; {0}; --",
    '"; {0}; --',
    "A'; {0}; SELECT '",
    "1; {0}",
    "') ; {0}; --",
    "A' UNION ALL ({0}) --",
    "$$; {0}; $$",
    "A'/**/;{0}/*",
    "\u02bc; {0}; --",
)
ALWAYS = (
    "' OR 1=1 --",
    "A' OR '1'='1",
    "1 OR 1=1",
    "A' OR unit_code='B",
    "') OR ('1'='1",
    "A%' OR unit_code LIKE '%",
    "\\' OR 1=1 --",
    "A' AND 1=0 UNION SELECT 'B",
)
PLACES = ("unit", "metric", "group", "by", "from", "to", "tree", "period", "format", "language")


def injections(folder: Path) -> Iterator[str]:
    """Texts that would do harm if an address became a part of a statement."""
    yield from (frame.format(statement.format(folder=folder)) for statement in STATEMENTS for frame in FRAMES)
    yield from ALWAYS


def effects_of(home: Home, folder: Path, of: list[tuple[str, str]], address: str | None) -> list[str]:
    """What came of injections: files that are there, a changed snapshot, a secret or others' rows told."""
    snapshot = next(home.snapshots.glob("*.duckdb"))
    before, program, effects = hashlib.sha256(snapshot.read_bytes()).digest(), Program(home, token(home, "unit:A")), []
    for place, text in of:
        answers = [program.ask(f"values?{place}={quote(text)}")[2]]
        if place in ("unit", "metric", "from"):
            told = run_vanban("metrics", "--from", "2024-07-01", f"--{place}", text, "--to", "2024-07-31", "--format", "json", home=home.root)
            answers.append(told.stdout.replace(text, "").encode())
            if address is not None:
                with open_stream(address) as stream:
                    answers.append(text_of(run_of_the_page(stream, f"role=unit&role_unit=A&{place}={quote(text)}", "compare")).encode())
        if any(b"mat-khau-6021" in answer or (found_in(answer, OTHERS, SHOWN["named"]) and place == "unit") for answer in answers):
            effects.append(f"{place}={text}: told")
        if (folder / "planted").exists() or hashlib.sha256(snapshot.read_bytes()).digest() != before:
            effects.append(f"{place}={text}: done")
    return effects


def test_sql_in_an_address_does_nothing(home: Home, tmp_path: Path, many_questions: None) -> None:
    (tmp_path / "secret.txt").write_text("mat-khau-6021", encoding="utf-8")
    given = list(injections(tmp_path))
    assert effects_of(home, tmp_path, [(PLACES[at % len(PLACES)], text) for at, text in enumerate(given[::4])], None) == []


@pytest.mark.long
def test_two_hundred_injections(tmp_path: Path, served: Serve, many_questions: None) -> None:
    campaign = Campaign(
        "S5",
        "SQL in each part of an address of the interface, and in those of pages and commands that name units, metrics and days",
        "200 injections, 0 effect",
    )
    home = make_home(tmp_path / "nhà")
    (tmp_path / "secret.txt").write_text("mat-khau-6021", encoding="utf-8")
    asked = [(place, text) for place in PLACES for text in injections(tmp_path)]
    effects = effects_of(home, tmp_path, asked, served(home.root))
    campaign.record(f"{len(asked)} injections of {len(list(injections(tmp_path)))} kinds in {len(PLACES)} places: {len(effects)} with an effect")
    assert effects == []
