"""What a snapshot says was delivered: by column, by word, from the first day that carries it to the source's last."""

from __future__ import annotations

from datetime import date

from tests.etl.tiny_system import DEFAULTS, TinySystem


def delivered(tiny: TinySystem, entity: str) -> dict[str, tuple[date, date]]:
    rows = tiny.ask(f"SELECT column_name, from_on, to_on FROM delivered WHERE source = 'tiny' AND entity = '{entity}'")  # noqa: S608
    return {column: (from_on, to_on) for column, from_on, to_on in rows}


def test_a_column_is_delivered_from_its_first_value_and_an_empty_one_never(tiny: TinySystem) -> None:
    tiny.add("document", document_key="d2", issued_at="2024-07-20 09:00:00", signer_signed_at="2024-07-20 10:00:00")
    tiny.add("document", document_key="d3", issued_at="2024-07-31 09:00:00")
    tiny.add("access_event", occurred_at="2024-08-30 08:00:00")
    assert tiny.save_and_run().status == "published"
    found = delivered(tiny, "document")
    first, last = date(2024, 7, 10), date(2024, 7, 31)
    assert found["form"] == found["direction=outgoing"] == (first, last)
    assert found["signer_signed_at"] == (date(2024, 7, 20), last)
    assert not {"organ_signed_at", "page_count", "direction=incoming"} & set(found)
    assert delivered(tiny, "access_event") == dict.fromkeys(("account_key", "occurred_at", "kind", "kind=login"), (first, date(2024, 8, 30)))
    assert delivered(tiny, "account")["activated_at"] == (date(1, 1, 1), date(9999, 12, 31))
    assert delivered(tiny, "axis_message") == {}


def test_a_column_that_the_query_names_as_null_is_not_delivered_and_is_missed_at_once(tiny: TinySystem) -> None:
    tiny.run()
    assert "form" in delivered(tiny, "document")
    columns = ", ".join("NULL AS form" if name == "form" else name for name in DEFAULTS["document"])
    tiny.write_sql("document", f"SELECT {columns} FROM document")  # noqa: S608
    assert tiny.run().status == "published"
    assert "form" not in delivered(tiny, "document")
    assert tiny.ask("SELECT outcome FROM quality_result WHERE check_name = 'document_form_is_given'") == [("not_delivered",)]
