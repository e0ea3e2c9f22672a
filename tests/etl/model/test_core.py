"""What the core tables mean, each rule on rows written here."""

from __future__ import annotations

import pytest

from data.errors import DataRefused
from etl.run import rebuild_etl
from tests.etl.tiny_system import TinySystem


def test_midnight_and_half_past_six_belong_to_the_local_day(tiny: TinySystem) -> None:
    tiny.rows["access_event"].clear()
    tiny.add("access_event", occurred_at="2024-07-01 00:30:00")  # the day before in UTC
    tiny.add("access_event", occurred_at="2024-07-02T06:30:00+07:00")
    tiny.add("access_event", occurred_at="2024-07-31T23:59:59+07:00")
    tiny.add("access_event", occurred_at="2024-07-31T17:00:00Z")  # midnight of 1 August
    tiny.rows["document"][0]["issued_at"] = "2024-07-01 00:00:00"
    tiny.save_and_run()
    assert tiny.ask("SELECT day_on::VARCHAR FROM account_day ORDER BY 1") == [("2024-07-01",), ("2024-07-02",), ("2024-07-31",), ("2024-08-01",)]
    assert tiny.ask("SELECT issued_on::VARCHAR FROM document") == [("2024-07-01",)]


def test_a_source_in_another_zone_is_brought_to_the_organisations_day(tiny: TinySystem) -> None:
    tiny.rows["access_event"][0]["occurred_at"] = "2024-07-31 17:00:00"
    tiny.write_toml(time_zone="UTC")
    tiny.save_and_run()
    assert tiny.ask("SELECT day_on::VARCHAR FROM account_day") == [("2024-08-01",)]


def test_what_an_account_did_on_a_day(tiny: TinySystem) -> None:
    tiny.rows["access_event"].clear()
    for day, kinds in {1: ["login"], 2: ["process"], 3: ["issue"], 4: ["sign"], 5: ["view", "logout", "login_failed"], 6: ["login", "sign"]}.items():
        for hour, kind in enumerate(kinds, start=8):
            tiny.add("access_event", occurred_at=f"2024-07-0{day} {hour:02d}:00:00", kind=kind)
    tiny.add("access_event", account_key="nobody", occurred_at="2024-07-09 08:00:00")
    result = tiny.save_and_run()
    assert tiny.ask("SELECT day(day_on), has_logged_in, has_processed, has_signed FROM account_day ORDER BY 1") == [
        (1, True, False, False),
        (2, False, True, False),
        (3, False, True, False),
        (4, False, True, True),
        (6, True, True, True),
    ]
    assert any("access_event: 1 events are of accounts that the source does not know" in warning for warning in result.warnings)


def test_what_an_account_is(tiny: TinySystem) -> None:
    tiny.add("account", account_key="u3", is_officer="K", activated_at=None, disabled_at="2024-08-01 00:10:00")
    tiny.save_and_run()
    assert tiny.ask(
        "SELECT is_officer, is_clerk, is_leader, provisioned_on::VARCHAR, activated_on::VARCHAR, disabled_on::VARCHAR FROM account ORDER BY 1, 5"
    ) == [
        (False, False, False, "2024-06-01", None, "2024-08-01"),
        (True, False, False, "2024-06-01", "2024-06-20", None),
        (True, False, False, "2024-06-01", "2024-06-20", None),
    ]


def assignments(tiny: TinySystem) -> list[tuple[str, str, str]]:
    tiny.save_and_run()
    return tiny.ask("SELECT unit_code, valid_from::VARCHAR, valid_to::VARCHAR FROM account_assignment ORDER BY account_key, valid_from")


def only_one_account(tiny: TinySystem) -> None:
    tiny.rows["account"] = tiny.rows["account"][:1]


def test_an_account_without_assignment_is_in_its_own_unit(tiny: TinySystem) -> None:
    only_one_account(tiny)
    assert assignments(tiny) == [("A", "0001-01-01", "9999-12-31")]


def test_a_moved_account_is_in_one_unit_on_every_day(tiny: TinySystem) -> None:
    only_one_account(tiny)
    tiny.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-01")
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="20/7/2024")
    assert assignments(tiny) == [("A", "2024-06-01", "2024-07-19"), ("B", "2024-07-20", "9999-12-31")]


def test_of_two_assignments_from_one_day_the_longer_counts_and_a_wrong_one_is_left_out(tiny: TinySystem) -> None:
    only_one_account(tiny)
    tiny.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-01", valid_to="2024-06-30")
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-06-01", valid_to="2024-12-31")
    tiny.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-10", valid_to="2024-06-01")
    assert assignments(tiny) == [("B", "2024-06-01", "2024-12-31")]


def test_documents_that_count(tiny: TinySystem) -> None:
    tiny.add("document", document_key="draft", status="draft")
    tiny.add("document", document_key="open", status=None, form="parallel", signer_signed_at="2024-07-10 10:00:00")
    tiny.add("document", document_key="recalled", status="recalled", form="paper", organ_signed_at="2024-07-10 10:00:00")
    tiny.add("document", document_key="in", direction="incoming")
    tiny.add("document", document_key="formless", form=None)
    tiny.add("delivery", document_key="open", receiver_code="H38", channel="axis", status="acknowledged")
    tiny.add("delivery", document_key="recalled", receiver_code="H38", channel="axis", status="failed")
    result = tiny.save_and_run()
    columns = "is_electronic, is_parallel, is_paper, is_organ_signed, is_signer_signed, is_recalled, is_sent_internally, is_sent_by_axis"
    assert tiny.ask(f"SELECT document_key, [{columns}, is_axis_acknowledged]::INT[] FROM document ORDER BY 1") == [  # noqa: S608
        ("d1", [1, 0, 0, 0, 0, 0, 1, 0, 0]),
        ("formless", [0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ("open", [0, 1, 0, 0, 1, 0, 0, 1, 1]),
        ("recalled", [0, 0, 1, 1, 0, 1, 0, 1, 0]),
    ]
    assert any("1 outgoing documents have no form" in warning for warning in result.warnings)
    assert tiny.ask("SELECT outcome, violations, rows FROM quality_result WHERE check_name = 'document_form_is_given'") == [("failed", 1, 6)]


def test_deliveries_count_at_our_units_once_a_day(tiny: TinySystem) -> None:
    tiny.rows["delivery"].clear()
    tiny.add("document", document_key="back", status="recalled")
    tiny.add("document", document_key="in", direction="incoming")
    tiny.add("delivery", sent_at="2024-07-25 23:00:00", received_at="2024-07-26 00:10:00", due_at="2024-07-30", completed_at="2024-07-29")
    tiny.add("delivery", sent_at="2024-07-26 09:00:00", due_at="2024-07-28")  # once more on the day that the first one arrived
    tiny.add("delivery", sent_at="2024-07-27 09:00:00", status="recalled")
    tiny.add("delivery", document_key="back", receiver_code="A")
    tiny.add("delivery", document_key="in", channel="axis")
    tiny.add("delivery", document_key="d1", receiver_code="H38", channel="axis")
    tiny.add("delivery", document_key="d1", receiver_code="A", status="failed")
    tiny.add("delivery", document_key="in", receiver_code="A", sent_at="2024-07-11 23:00:00", received_at="2024-07-11 23:59:59")
    tiny.add("delivery", document_key="d1", receiver_code="H38", channel="axis", sent_at="2024-07-09 08:00:00", status="acknowledged")
    tiny.add("delivery", document_key="d1", receiver_code="G12", channel="axis", status="failed")
    tiny.add("delivery", document_key="back", receiver_code="H38", channel="axis")
    tiny.save_and_run()
    assert tiny.ask(
        "SELECT document_key, receiver_code, arrived_on::VARCHAR, due_on::VARCHAR, completed_on::VARCHAR, is_internal, is_from_axis, is_recalled "
        "FROM delivery ORDER BY ALL"
    ) == [
        ("back", "A", "2024-07-10", None, None, True, False, True),
        ("d1", "B", "2024-07-26", "2024-07-28", None, True, False, False),
        ("d1", "B", "2024-07-27", None, None, True, False, True),
        ("in", "A", "2024-07-11", None, None, True, False, False),
        ("in", "B", "2024-07-10", None, None, False, True, False),
    ]
    # Received after midnight, and sent once more without a receipt: not on the same day.
    assert tiny.ask("SELECT document_key, receiver_code FROM delivery WHERE is_listed AND is_received_same_day") == [("in", "A")]
    assert tiny.ask(
        "SELECT document_key, unit_code, receiver_code, sent_on::VARCHAR, is_acknowledged, is_recalled FROM axis_sending ORDER BY ALL"
    ) == [
        ("back", "A", "H38", "2024-07-10", False, True),
        ("d1", "A", "G12", "2024-07-10", False, False),
        ("d1", "A", "H38", "2024-07-09", True, False),
    ]
    places = tiny.ask("SELECT place, sum(rows)::INT FROM row_place WHERE entity = 'delivery' GROUP BY place ORDER BY place")
    assert places == [("counted", 7), ("did_not_arrive", 1), ("recalled", 3)]


def test_ancestors_are_valid_while_the_whole_path_is(tiny: TinySystem) -> None:
    tiny.rows["org_unit"][1] |= {"valid_from": "2024-01-01", "valid_to": "2025-06-30"}
    tiny.add("org_unit", unit_code="A1", parent_code="A", level="cap_huyen", valid_to="2025-12-31")
    tiny.add("org_unit", unit_code="A2", parent_code="A", level="khu_vuc", valid_from="2025-07-01")
    tiny.add("org_unit", unit_code="lost", parent_code="nowhere", level="cap_huyen")
    result = tiny.save_and_run()
    question = "SELECT ancestor_code, depth, valid_from::VARCHAR, valid_to::VARCHAR FROM org_unit_ancestor WHERE unit_code = '{}' ORDER BY depth"
    assert tiny.ask(question.format("A1")) == [
        ("A1", 0, "0001-01-01", "2025-12-31"),
        ("A", 1, "2024-01-01", "2025-06-30"),
        ("R", 2, "2024-01-01", "2025-06-30"),
    ]
    assert tiny.ask(question.format("A2")) == [("A2", 0, "2025-07-01", "9999-12-31")]  # its parent had ended before it began
    assert tiny.ask("SELECT unit_code, parent_code, province_code FROM org_unit ORDER BY 1") == [
        ("A", "R", "A"),
        ("A1", "A", "A"),
        ("A2", "A", None),
        ("B", "R", "B"),
        ("R", None, None),
        ("lost", None, None),
    ]
    assert any("1 units name a parent that is not among the units" in warning for warning in result.warnings)


def test_a_longer_circle_of_units_is_refused_too(tiny: TinySystem) -> None:
    for code, parent in {"X": "Z", "Y": "X", "Z": "Y"}.items():
        tiny.add("org_unit", unit_code=code, parent_code=parent)
    with pytest.raises(DataRefused, match="3 units stand above themselves"):
        tiny.save_and_run()


def test_a_late_row_lands_on_its_own_day(tiny: TinySystem) -> None:
    tiny.run()
    tiny.add("access_event", account_key="u2", occurred_at="2024-07-03 08:00:00")
    tiny.save_and_run()
    assert tiny.ask("SELECT day_on::VARCHAR FROM account_day ORDER BY 1") == [("2024-07-03",), ("2024-07-10",)]


def test_a_share_beyond_the_whole_is_refused(tiny: TinySystem) -> None:
    tiny.add("unit_succession", old_code="A", new_code="B", share=1.5)
    with pytest.raises(DataRefused, match="1 successions have a share that is not between 0 and 1"):
        tiny.save_and_run()


def test_days_of_an_account_and_what_it_did_on_them(tiny: TinySystem) -> None:
    """The marts of accounts: spans of days with and without a unit, cut where the account begins and ends, and a bit per day of a month."""
    only_one_account(tiny)
    tiny.rows["account"][0] |= {"disabled_at": "2024-12-01 10:00:00"}
    tiny.add("account_assignment", account_key="u1", unit_code="A", valid_from="2024-06-10", valid_to="2024-06-30")
    tiny.add("account_assignment", account_key="u1", unit_code="B", valid_from="2024-07-03", valid_to="2024-08-31")
    tiny.rows["access_event"].clear()
    for at, kind in (
        ("2024-07-01 08:00:00", "login"),
        ("2024-07-31 08:00:00", "login"),
        ("2024-07-03 08:00:00", "sign"),
        ("2024-08-02 08:00:00", "login"),
    ):
        tiny.add("access_event", account_key="u1", occurred_at=at, kind=kind)
    tiny.save_and_run()
    assert tiny.ask("SELECT unit_code, valid_from::VARCHAR, valid_to::VARCHAR FROM account_stay ORDER BY valid_from") == [
        (None, "2024-06-01", "2024-06-09"),
        ("A", "2024-06-10", "2024-06-30"),
        (None, "2024-07-01", "2024-07-02"),
        ("B", "2024-07-03", "2024-08-31"),
        (None, "2024-09-01", "2024-11-30"),
    ]
    assert tiny.ask("SELECT month_on::VARCHAR, login_days, processing_days, signing_days FROM account_month ORDER BY 1") == [
        ("2024-07-01", 1 + 2**30, 4, 4),
        ("2024-08-01", 2, 0, 0),
    ]


AXIS_COLUMNS = ("message_key", "document_key", "kind", "business_type", "from_code", "to_code", "at", "status_code", "security_level")


def test_messages_on_the_axis_count_where_no_source_lists_the_document(tiny: TinySystem) -> None:
    """A is ours and G98 is not; d1 is listed, as is its delivery to B."""
    messages = [
        ("1", "out", "document", "new", "A", "G98", "2024-07-01T00:30:00+07:00", ""),
        ("2", "out", "status", "", "G98", "A", "2024-07-01T09:00:00+07:00", "03"),
        ("3", "refused", "document", "new", "A", "G98", "2024-07-02T08:00:00+07:00", ""),
        ("4", "refused", "status", "", "G98", "A", "2024-07-02T09:00:00+07:00", "02"),
        ("5", "in", "document", "replace", "G98", "A", "2024-07-03T08:00:00+07:00", ""),
        ("6", "in", "document", "update", "G98", "A", "2024-07-04T08:00:00+07:00", ""),
        ("7", "taken back", "document", "new", "G98", "A", "2024-07-03T08:00:00+07:00", ""),
        ("8", "taken back", "document", "recall", "G98", "A", "2024-07-05T08:00:00+07:00", ""),
        ("9", "d1", "document", "new", "A", "B", "2024-07-10T10:00:00+07:00", ""),
        ("10", "out", "document", "update", "A", "G98", "2024-07-11T10:00:00+07:00", ""),
        ("11", "out", "status", "", "G98", "A", "2024-07-12T09:00:00+07:00", "06"),
        ("12", "instead", "document", "replace", "A", "G98", "2024-07-12T10:00:00+07:00", ""),
        ("13", "d1", "document", "update", "G98", "A", "2024-07-13T10:00:00+07:00", ""),
    ]
    rows = [",".join((*message, "ordinary")) for message in messages]
    folder = tiny.home.sources / "axis"
    folder.mkdir()
    (folder / "source.toml").write_text('kind = "files"\ntitle = "Trục"\n[entities.axis_message]\nfiles = "axis.csv"\n', encoding="utf-8")
    (folder / "axis_message.sql").write_text("SELECT * EXCLUDE (file_name, row_number) FROM file", encoding="utf-8")
    tiny.home.config.write_text(tiny.home.config.read_text().replace('["tiny"]', '["tiny", "axis"]'), encoding="utf-8")

    def save(count: int) -> None:
        (tiny.home.root / "axis.csv").write_text("\n".join([",".join(AXIS_COLUMNS), *rows[:count]]), encoding="utf-8")

    save(0)
    tiny.save_and_run()
    assert tiny.ask("SELECT document_key, is_sent_by_axis FROM document") == [("d1", False)]
    for count in (3, len(rows)):  # what comes later joins what a run kept
        save(count)
        kept = tiny.run()
    facts = "document_key, unit_code, issued_on::VARCHAR, is_sent_by_axis, is_axis_acknowledged, is_recalled"
    assert tiny.ask(f"SELECT {facts} FROM document ORDER BY 1") == [  # noqa: S608
        ("d1", "A", "2024-07-10", True, False, False),
        ("instead", "A", "2024-07-12", True, False, False),
        ("out", "A", "2024-07-01", True, True, False),
        ("refused", "A", "2024-07-02", True, False, False),
    ]
    assert tiny.ask("SELECT document_key, receiver_code, arrived_on::VARCHAR, is_from_axis, is_recalled FROM delivery ORDER BY 1") == [
        ("d1", "B", "2024-07-10", False, False),
        ("in", "A", "2024-07-03", True, False),
        ("taken back", "A", "2024-07-03", True, True),
    ]
    # What G98 replaced and updated is no update of ours, be it of a document that we sent.
    assert tiny.ask(
        "SELECT document_key, is_axis_updated, is_axis_replacement FROM document WHERE is_axis_updated OR is_axis_replacement ORDER BY 1"
    ) == [
        ("instead", False, True),
        ("out", True, False),
    ]
    assert tiny.ask("SELECT sum(row_count)::INT FROM document_day WHERE is_sent_by_axis") == [(4,)]
    sendings = tiny.ask("SELECT document_key, receiver_code, is_acknowledged, is_refused, is_completed, is_recalled FROM axis_sending ORDER BY 1")
    assert sendings == [
        ("d1", "B", False, False, False, False),
        ("instead", "G98", False, False, False, False),
        ("out", "G98", True, False, True, False),
        ("refused", "G98", False, True, False, False),
    ]
    tiny.add("org_unit", unit_code="G98")
    assert tiny.save_and_run().content_hash != kept.content_hash  # what a unit of ours sent counts, and what it received
    assert tiny.ask("SELECT document_key FROM document WHERE unit_code = 'G98' ORDER BY 1") == [("in",), ("taken back",)]
    assert rebuild_etl(tiny.settings).content_hash == tiny.run().content_hash
