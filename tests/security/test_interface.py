"""`/api/v1`: the figures of `vanban metrics` for programs, by the policy of the pages; and 0 bytes of others beyond it."""

from __future__ import annotations

import io
import json
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import polars as pl
import pyarrow.ipc
import pytest
import sqlalchemy as sa

from dashboard.api.application import MOST_A_MINUTE
from dashboard.ledger.audit import Audit
from dashboard.ledger.tokens import Tokens
from dashboard.session.policy import PEER_POLICIES
from data.paths import Home
from tests.conftest import run_vanban
from tests.security.programs import Program, token
from tests.security.wires import TOML
from tests.tiny_snapshot import write_snapshot

JULY, DAYS = "from=2024-07-01&to=2024-07-31", "--from 2024-07-01 --to 2024-07-31"
UNITS = [
    {"unit_code": "R", "level": "toi_cao", "name": "Gốc"},
    {"unit_code": "A", "parent_code": "R", "pilot_group": 1, "name": "Đơn vị Anh Đào"},
    {"unit_code": "A1", "parent_code": "A", "level": "cap_huyen", "name": "Đơn vị A Một"},
    {"unit_code": "B", "parent_code": "R", "pilot_group": 2, "name": "Đơn vị Bằng Lăng"},
    {"unit_code": "C", "parent_code": "R", "name": "Đơn vị Cúc"},
]
SIZES = {"A": 8, "A1": 7, "B": 20, "C": 3}
"""C is too small to be shown to peers."""
ACTIVE = {"A": 5, "A1": 3, "B": 11, "C": 1}
"""How many of their accounts were activated, and how many documents they issued."""
OWN = {"A": {"A", "A1"}, "B": {"B"}, "C": {"C"}}
BY = ("", "unit", "level", "province", "group", "doc_type", "day", "week", "month")


def rows_of(active: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Accounts and documents of each unit; `active` says how many of its accounts were activated."""
    on = date(2024, 7, 2)
    accounts = [
        {"unit_code": code, "account_key": f"{code}-{number}", "activated_on": on if number < active[code] else None}
        for code, size in SIZES.items()
        for number in range(size)
    ]
    documents = [{"unit_code": code, "is_electronic": True} for code, count in active.items() for _ in range(count)]
    return {"org_unit": UNITS, "account": accounts, "document": documents}


def make_home(root: Path, peers: str = "named", active: dict[str, int] | None = None) -> Home:
    home = Home(root)
    home.snapshots.mkdir(parents=True)
    home.config.write_text(f'{TOML}peers = "{peers}"\n', encoding="utf-8")
    write_snapshot(home.snapshots, rows_of(active or ACTIVE))
    return home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return make_home(tmp_path_factory.mktemp("interface") / "nhà")


# ---------------------------------------------------------------- the same figures


@pytest.mark.parametrize(
    ("query", "arguments"),
    [
        (JULY, f"{DAYS}"),
        (f"{JULY}&metric=activation_rate,outgoing_documents&by=unit", f"{DAYS} --metric activation_rate --metric outgoing_documents --by unit"),
        (f"{JULY}&metric=activation_rate&group=1&language=en", f"{DAYS} --metric activation_rate --group 1 --language en"),
        (f"{JULY}&metric=outgoing_documents&unit=A&tree=as_is&by=week", f"{DAYS} --metric outgoing_documents --unit A --tree as_is --by week"),
        ("period=month&to=2024-07-15&metric=activation_rate&by=group", "--period month --to 2024-07-15 --metric activation_rate --by group"),
    ],
)
def test_a_program_is_told_what_the_command_tells(home: Home, query: str, arguments: str) -> None:
    by_command = json.loads(run_vanban("metrics", *arguments.split(), "--format", "json", home=home.root).stdout)
    told = Program(home, token(home, "statistics")).rows(f"values?{query}")
    assert by_command
    assert [{name: row[name] for name in by_command[0]} for row in told] == by_command
    for row in told:
        assert row["snapshot_hash"] == "0" * 64
        assert row["quality"]
        assert row["is_hidden"] is False


def test_the_three_forms_hold_the_same_rows(home: Home) -> None:
    program = Program(home, token(home, "leader"))
    address = f"values?{JULY}&by=unit"
    as_json = pl.DataFrame(program.rows(address), infer_schema_length=None)
    status, headers, body = program.ask(address, Accept="application/xml;q=0.9, application/vnd.apache.arrow.stream, */*;q=0.1")
    assert (status, headers["content-type"]) == (200, "application/vnd.apache.arrow.stream")
    as_arrow = pl.read_ipc_stream(io.BytesIO(body))
    assert as_arrow.schema["period_from"] == pl.Date
    status, headers, body = program.ask(f"{address}&format=csv", Accept="application/json")
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert body == as_arrow.write_csv().encode()
    counts = ["metric", "unit_code", "numerator", "denominator", "quality"]
    assert as_json.select(counts).rows() == as_arrow.select(counts).rows()
    assert [row["unit_code"] for row in program.rows("units")] == ["R", "A", "A1", "B", "C"]
    assert {"period": "month", "label": "Month", "from": "2024-07-01", "to": "2024-07-31"} in program.rows("periods?language=en")
    assert "activation_rate" in {row["metric"] for row in program.rows("metrics")}


# ---------------------------------------------------------------- what a token may see


def test_peers_come_as_on_the_page_with_small_ones_hidden(home: Home) -> None:
    address = f"values?{JULY}&metric=activation_rate&by=peers"
    everything = {row["unit_code"]: row for row in Program(home, token(home, "leader")).rows(address)}
    assert [everything[code]["numerator"] for code in (None, "A", "A1", "B", "C")] == [20, 8, 3, 11, 1]
    by_a_peer = {row["unit_code"]: row for row in Program(home, token(home, "unit:A")).rows(address)}
    assert (by_a_peer["A"]["numerator"], by_a_peer["A1"]["numerator"]) == (8, 3)
    hidden = by_a_peer["C"]
    assert (hidden["is_hidden"], hidden["numerator"], hidden["denominator"], hidden["value"]) == (True, None, None, None)
    assert hidden["unit_name"] == "Đơn vị Cúc"
    table = pyarrow.ipc.open_stream(Program(home, token(home, "unit:A")).ask(f"{address}&format=arrow")[2]).read_all()
    at = table["unit_code"].to_pylist().index("C")
    for name, kind in (("numerator", "int64"), ("denominator", "int64"), ("value", "float64")):
        (chunk,) = table[name].chunks
        assert np.frombuffer(chunk.buffers()[1], kind)[chunk.offset + at] == 0, "nor does it stand below the mask of what is null"
    assert "3" not in hidden["quality"].replace("31", ""), "how few there are is not told in words either"


def test_a_unit_may_take_nothing_away_but_its_own(home: Home) -> None:
    program = Program(home, token(home, "unit:A"))
    assert {row["unit_code"] for row in program.rows(f"values?{JULY}")} == {"A"}
    assert {row["unit_code"] for row in program.rows(f"values?{JULY}&by=unit")} == {"A", "A1"}
    for unit in ("R", "B", "C"):
        for by in BY:
            status, _, body = program.ask(f"values?{JULY}&unit={unit}&by={by}")
            assert (status, json.loads(body)["status"]) == (403, 403)
    assert Program(home, token(home, "admin")).ask(f"values?{JULY}")[0] == 403
    assert Program(home, token(home, "admin")).ask("metrics")[0] == 200
    status, _, body = Program(home, token(home, "unit:Z")).ask("units")
    assert status == 403
    assert "not among the units" in json.loads(body)["detail"]


@pytest.fixture(scope="module")
def one_and_the_other(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Home]]:
    """A home, and for each unit another one that differs in the rows of all others, and in nothing that a program is told of itself."""
    folder = tmp_path_factory.mktemp("others")
    others = {}
    for unit, own in OWN.items():
        active = {code: count if code in own else count + 1 for code, count in ACTIVE.items()}
        others[unit] = make_home(folder / unit, active=active)
    return make_home(folder / "first"), others


@pytest.mark.parametrize(("peers", "unit"), list(product(PEER_POLICIES, OWN)))
def test_what_others_do_changes_no_byte_of_a_unit(one_and_the_other: tuple[Home, dict[str, Home]], peers: str, unit: str) -> None:
    homes = (one_and_the_other[0], one_and_the_other[1][unit])
    for home in homes:
        home.config.write_text(f'{TOML}peers = "{peers}"\n', encoding="utf-8")
    programs = [Program(home, token(home, f"unit:{unit}")) for home in homes]
    figures = f"values?{JULY}&metric=outgoing_documents,outgoing_electronic"
    addresses = ["metrics", "units", "periods", *(f"{figures}&by={by}" for by in BY), *(f"{figures}&unit={code}" for code in SIZES)]
    for address in (*addresses, f"values?{JULY}&metric=activation_rate&by=unit"):
        first, second = (program.ask(address) for program in programs)
        assert first == second, address
        assert first[0] in (200, 403)
    compared = f"values?{JULY}&metric=activation_rate&by=peers"
    if peers == "none":
        assert [program.ask(compared)[0] for program in programs] == [403, 403]
        return
    for program in programs:
        told = {row["unit_code"]: row for row in program.rows(compared)}
        assert set(told) == ({None, *OWN[unit]} if peers == "anonymous" else {None, "R", *SIZES})
        if unit != "C":
            assert "C" not in told or told["C"]["numerator"] is None


# ---------------------------------------------------------------- tokens and limits


def test_without_a_token_in_force_there_is_nothing(home: Home, tmp_path: Path) -> None:
    text = token(home, "statistics", "ngắn hạn")
    program = Program(home, text)
    assert program.ask("units")[0] == 200
    for wrong in ("", "vanban_x", text[:-1], f"{text}x"):
        status, headers, body = Program(home, wrong, program.guard).ask("units")
        assert (status, headers["content-type"], headers["www-authenticate"]) == (401, "application/problem+json", 'Bearer realm="vanban"')
        assert "vanban people token create" in json.loads(body)["detail"]
    assert Program(home, "", program.guard).ask(f"units?token={text}")[0] == 401
    assert Program(home, "", program.guard).ask("units", Authorization=f"Basic {text}")[0] == 401
    assert Program(home, "", program.guard).ask("units", Cookie=f"token={text}")[0] == 401
    with Tokens(home) as tokens:
        tokens.revoke(tokens.all()[-1].token_id)
    assert program.ask("units")[0] == 401
    bare = make_home(tmp_path / "bare")
    assert Program(bare, text).ask("units")[0] == 401
    assert not (bare.var / "ledger").exists(), "asking makes no ledger"


def test_a_token_that_asks_too_often_waits_and_others_do_not(home: Home) -> None:
    program, other = Program(home, token(home, "leader")), token(home, "leader")
    program.guard._api.clock = lambda: 100.0
    found = [program.ask("periods")[0] for _ in range(MOST_A_MINUTE + 1)]
    assert found == [200] * MOST_A_MINUTE + [429]
    status, headers, body = program.ask("periods")
    assert (status, headers["retry-after"]) == (429, "61")
    assert "Ask again in 61 seconds" in json.loads(body)["detail"]
    assert Program(home, other, program.guard).ask("periods")[0] == 200
    program.guard._api.clock = lambda: 160.0
    assert program.ask("periods")[0] == 200


def test_an_answer_that_is_still_good_is_not_sent_again(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    program, other = Program(home, token(home, "leader")), Program(home, token(home, "unit:A"))
    address = f"values?{JULY}&unit=A"
    _, headers, body = program.ask(address)
    tag = headers["etag"]
    assert headers["cache-control"] == "private, no-cache"
    assert program.ask(address, If_None_Match=tag)[::2] == (304, b"")
    assert program.ask(address, If_None_Match='"x"')[0] == 200
    assert other.ask(address)[1]["etag"] != tag
    assert program.ask(f"{address}&format=csv")[1]["etag"] != tag
    assert other.ask("values?unit=B", If_None_Match=tag)[0] == 403
    write_snapshot(home.snapshots, rows_of({"A": 6, "A1": 3, "B": 11, "C": 1}), name="20240802T030000-next")
    status, headers, newer = program.ask(address, If_None_Match=tag)
    assert (status, headers["etag"] != tag, newer != body) == (200, True, True)


def test_figures_are_written_down_before_they_go_out_or_they_do_not(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    program = Program(home, token(home, "unit:A", "Bảng tính"))
    address = f"values?{JULY}&metric=activation_rate"
    tag = program.ask(address)[1]["etag"]
    program.ask("units")
    program.ask(f"{address}&unit=B")
    program.ask(address, If_None_Match=tag)
    with Audit(home) as audit:
        told = [row for row in audit.rows() if row.act == "figures.read"]
        assert [(row.issuer, row.subject, row.name, row.role, row.object) for row in told] == [("token", "1", "Bảng tính", "unit", "token 1")]
        assert f"/api/v1/{address}" in told[0].detail
        assert audit.faults() == []
    engine = sa.create_engine(f"sqlite:///{home.var / 'ledger' / 'ledger.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TRIGGER no_more BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END"))
    engine.dispose()
    status, _, body = program.ask(address)
    assert status == 503
    assert "activation" not in body.decode()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("values?metric=activation_rat", 400, "Closest: activation_rate"),
        ("values?unit=Q", 400, "/api/v1/units lists them"),
        ("values?group=9", 400, "Groups are: 1, 2"),
        ("values?group=x", 400, "number of a group"),
        ("values?from=2024-07-32", 400, "YYYY-MM-DD"),
        ("values?from=2024-08-01&to=2024-07-01", 400, "Swap the two days"),
        ("values?from=2024-07-01&period=month", 400, "contradict"),
        ("values?by=person", 400, "peers"),
        ("values?by=peers&unit=A", 400, "Leave out unit"),
        ("values?to=2024-07-01&to=2024-07-02", 400, "Give it once"),
        ("values?unti=A", 400, "Parameters are: by, "),
        ("values?unit=%FF", 400, "UTF-8"),
        ("units?unit=A", 400, "Parameters are: format, language"),
        ("units?format=xml", 400, "json, csv, arrow"),
        ("persons", 404, "/api/v1/values"),
        ("/api/v2/units", 404, "/api/v1/values"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_what_to_do(home: Home, address: str, status: int, said: str) -> None:
    found, headers, body = Program(home, token(home, "statistics")).ask(address)
    told = json.loads(body)
    assert (found, headers["content-type"], told["status"]) == (status, "application/problem+json", status)
    assert said in told["detail"]


def test_it_is_read_only_of_this_server_and_for_no_page_of_another(home: Home) -> None:
    program = Program(home, token(home, "statistics"))
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        status, headers, _ = program.ask("units", method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")
    assert program.ask("units", Origin="http://evil.example")[0] == 403
    assert program.ask("units", Host="evil.example")[0] == 400
    assert program.ask("units", Accept="image/png")[0] == 406
    status, headers, body = program.ask("units", "HEAD")
    assert (status, body, headers["content-length"] != "0") == (200, b"", True)
    assert not [name for name in headers if name.startswith("access-control-")]
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_figures_that_cannot_be_read_are_told_without_a_path(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    program = Program(home, token(home, "statistics"))
    home.pointer.unlink()
    status, headers, body = program.ask("units")
    assert (status, headers["retry-after"]) == (503, "60")
    assert str(tmp_path) not in body.decode()


# ---------------------------------------------------------------- how it is described


def test_the_description_is_of_what_is_answered(home: Home) -> None:
    status, _, body = Program(home).ask("openapi.json")
    document = json.loads(body)
    assert (status, document["openapi"]) == (200, "3.1.0")
    program = Program(home, token(home, "statistics"))
    for path, item in document["paths"].items():
        told = {one["name"] for one in item["get"]["parameters"]}
        refused = json.loads(program.ask(f"{path}?none=1")[2])["detail"]
        assert refused.endswith(f"Parameters are: {', '.join(sorted(told))}.")
        content = item["get"]["responses"]["200"]["content"]
        for kind, one in content.items():
            status, headers, body = program.ask(path, Accept=kind)
            assert (status, headers["content-type"].partition(";")[0]) == (200, kind)
            if kind == "application/json":
                jsonschema.Draft202012Validator({**one["schema"], "components": document["components"]}).validate(json.loads(body))
    figure = {**document["components"]["schemas"]["figure"]}
    for by in (*BY[1:], "peers"):
        of = "outgoing_documents" if by == "doc_type" else "activation_rate"
        for row in program.rows(f"values?{JULY}&metric={of}&by={by}"):
            jsonschema.Draft202012Validator(figure).validate(row)
