"""A run in which much was refused publishes nothing; what is much can be said for each entity."""

from __future__ import annotations

import pytest

from data.errors import ConfigurationError, DataRefused
from data.paths import Home
from data.run_history import EntityAccount
from etl.checks.refused_rows import too_many_refused
from etl.settings import load_settings
from tests.etl.tiny_system import TinySystem

pytestmark = pytest.mark.usefixtures("without_checks")


def add_documents(tiny: TinySystem, good: int, bad: int) -> None:
    for number in range(good):
        tiny.add("document", document_key=f"good {number}")
    for number in range(bad):
        tiny.add("document", document_key=f"bad {number}", issued_at="31-07-2024 at nine")


@pytest.fixture(autouse=True)
def nothing_is_stated(tiny: TinySystem) -> None:
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("max_rejected = 1\n", ""), encoding="utf-8")


def state(tiny: TinySystem, entity: str, line: str) -> None:
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(f"[entities.{entity}]", f"[entities.{entity}]\n{line}"), encoding="utf-8")


def test_half_of_the_rows_refused_publishes_nothing(tiny: TinySystem) -> None:
    tiny.save_and_run()
    published = tiny.ask("SELECT snapshot FROM snapshot_info")
    add_documents(tiny, good=3, bad=3)
    with pytest.raises(DataRefused, match=r"3 of \d+ rows of document were refused, more than max_rejected allows \(5\.0%\).*max_rejected = 0\."):
        tiny.save_and_run()
    assert tiny.ask("SELECT snapshot FROM snapshot_info") == published


def test_one_row_alone_is_refused_and_the_others_are_published(tiny: TinySystem) -> None:
    add_documents(tiny, good=3, bad=1)
    assert "1 of" in " ".join(tiny.save_and_run().warnings)


def test_a_source_says_how_many_rows_may_be_refused(tiny: TinySystem) -> None:
    add_documents(tiny, good=3, bad=3)
    state(tiny, "document", "max_rejected = 0.75")
    assert tiny.save_and_run().status == "published"


@pytest.mark.parametrize("written", ["5", '"5 %"', "-0.1", "true"])
def test_a_share_that_is_none_is_an_error_that_names_it(tiny: TinySystem, written: str) -> None:
    state(tiny, "document", f"max_rejected = {written}")
    with pytest.raises(ConfigurationError, match=r"\[entities.document\]: max_rejected is .*Write a share"):
        load_settings(Home(tiny.home.root))


def test_a_refused_unit_stops_the_run_where_others_stand_below_it(tiny: TinySystem) -> None:
    tiny.add("org_unit", unit_code="C", valid_from="2024-00-00")
    assert "2024-00-00" in " ".join(tiny.save_and_run().warnings)
    published = tiny.ask("SELECT snapshot FROM snapshot_info")
    for number in range(40):  # far below the share that may be refused
        tiny.add("org_unit", unit_code=f"A{number}", parent_code="C" if number else "A")
    with pytest.raises(DataRefused, match=r"1 of 44 rows of org_unit were refused, and other units stand below what is missing.*2024-00-00"):
        tiny.save_and_run()
    assert tiny.ask("SELECT snapshot FROM snapshot_info") == published
    state(tiny, "org_unit", "max_rejected = 0.05")
    assert tiny.run().status == "published"


def test_a_bad_night_does_not_hide_behind_the_years_before_it(tiny: TinySystem) -> None:
    tiny.save_and_run()
    source = load_settings(Home(tiny.home.root)).sources[0]
    years = EntityAccount(source.name, "document", "1", "2024-07-01", 100_000, 100_000, 0, 0, 0)
    night = EntityAccount(source.name, "document", "2", "2024-07-02", 50, 25, 0, 0, 25)
    quiet_night = EntityAccount(source.name, "document", "3", "2024-07-03", 1000, 975, 0, 0, 25)
    assert [sentence for _, sentence in too_many_refused([source], [years, quiet_night])] == []
    ((whole, sentence),) = too_many_refused([source], [years, quiet_night, night])
    assert whole.rows_in == 101_050 and "25 of 50 rows of document" in sentence
