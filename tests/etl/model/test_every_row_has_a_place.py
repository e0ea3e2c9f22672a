"""P11: every loaded row is in a figure or in a stated reason, and sums of units and of those in no unit are the whole, for random organisations."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.run_history import by_entity
from data.snapshot import published_snapshot
from metrics.catalog import metric
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import counts
from metrics.query.snapshot_quality import row_places
from metrics.tree.scope import Scope
from tests.etl.conftest import skip_checks
from tests.etl.tiny_system import TinySystem
from tests.faults.figures import Campaign

WHOLE = Period(date(1990, 1, 1), date(2024, 8, 31))
MONTHS = ("2024-06", "2024-07", "2024-08")
UNITS = ("R", "A", "B", "C")
COUNTED = ("outgoing_documents", "recalled_documents", "incoming_documents", "internal_documents")


class Organisation:
    """Rows of a tiny system by chance: all directions, people in no unit, in two or gone, units and receivers outside the tree."""

    def __init__(self, tiny: TinySystem, seed: int) -> None:
        self.tiny, self.random = tiny, random.Random(seed)
        for entity in ("account", "access_event", "document", "delivery"):
            tiny.rows[entity].clear()
        tiny.add("org_unit", unit_code="C", parent_code="A")
        self.people = [f"p{number}" for number in range(self.random.randint(2, 9))]
        for person in self.people:
            tiny.add("account", account_key=person, unit_code=self.chance(*UNITS, "Z", None), is_officer=self.chance("1", "1", "1", "0"))
        for person in self.random.sample(self.people, k=len(self.people) // 2):
            for unit in self.random.sample(UNITS, k=self.random.randint(1, 2)):
                tiny.add("account_assignment", account_key=person, unit_code=unit, valid_from=self.chance("2024-06-01", "2024-07-01"))
        for number in range(self.random.randint(1, 40)):
            tiny.add(
                "document",
                document_key=f"d{number}",
                unit_code=self.chance(*UNITS, "Z"),
                direction=self.chance("outgoing", "incoming", "internal"),
                issued_at=self.moment(),
                form=self.chance("electronic", "paper", None),
                status=self.chance("issued", "issued", "draft", "recalled", None),
            )
            for receiver in self.random.sample([*UNITS, "organ"], k=self.random.randint(0, 2)):
                status = self.chance("sent", "failed", "recalled", "acknowledged")
                tiny.add("delivery", document_key=f"d{number}", receiver_code=receiver, sent_at=self.moment(), status=status)
        for _ in range(self.random.randint(1, 60)):
            kind = self.chance("login", "login", "login_failed", "view", "process", "logout")
            tiny.add("access_event", account_key=self.chance(*self.people, "nobody"), occurred_at=self.moment(), kind=kind)
        tiny.add("access_event", account_key=self.people[0], occurred_at="2024-08-31 08:00:00")

    def chance(self, *choices: str | None) -> str | None:
        return self.random.choice(choices)

    def moment(self) -> str:
        return (
            f"{self.chance(*MONTHS, '2062-01')}-{self.random.randint(1, 28):02d} {self.random.randint(8, 17):02d}:{self.random.randint(0, 59):02d}:00"
        )

    def lose_someone(self) -> Counter[str]:
        """Deletes one person at the source; how many rows of each entity went."""
        gone, went = self.random.choice(self.people), Counter[str]()
        for entity in ("account", "account_assignment"):
            stay = [row for row in self.tiny.rows[entity] if row["account_key"] != gone]
            went[entity] = len(self.tiny.rows[entity]) - len(stay)
            self.tiny.rows[entity] = stay
        return went


def explain(folder: Path, seed: int) -> int:
    """Builds one organisation, loses someone of it, and looks at every row; the number of rows."""
    tiny = TinySystem(folder / str(seed))
    world = Organisation(tiny, seed)
    keeps, membership = seed % 2 == 0, ("one", "each")[seed // 2 % 2]
    toml = tiny.folder / "source.toml"
    said = {"account": 'vanished = "keep"' if keeps else "", "account_assignment": f'membership = "{membership}"'}
    for entity, line in said.items():
        toml.write_text(toml.read_text().replace(f"[entities.{entity}]\n", f"[entities.{entity}]\n{line}\n"))
    tiny.save_and_run()
    went = world.lose_someone()
    result = tiny.save_and_run()
    loaded = {account.entity: account.rows_loaded for account in by_entity(result.entities)}
    with open_snapshot(published_snapshot(tiny.home.pointer)) as snapshot:
        places: Counter[tuple[str, str]] = Counter()
        for entity, _, place, rows in row_places(snapshot).iter_rows():
            places[entity, place] += rows
        for entity, rows in loaded.items():
            placed = sum(count for (name, _), count in places.items() if name == entity)
            assert placed == rows + (went[entity] if keeps else 0), (seed, entity, placed, rows)
        found = counts(snapshot, [metric(name) for name in COUNTED], [WHOLE], Scope(), "own_unit")
        is_whole, is_unit = pl.col("group_code").is_null(), pl.col("group_code").is_in(UNITS)
        in_whole, in_units = (int(found.filter(which)["numerator"].sum()) for which in (is_whole, is_unit))
        assert in_whole == places["document", "counted"] + places["document", "counted_in_no_unit"], (seed, places)
        assert in_units == places["document", "counted"], (seed, places)
    return sum(loaded.values())


@pytest.mark.usefixtures("without_checks")
@pytest.mark.parametrize("seed", range(4))
def test_every_loaded_row_is_in_a_figure_or_in_a_stated_reason(seed: int, tmp_path: Path) -> None:
    explain(tmp_path, seed)


@pytest.mark.long
def test_every_loaded_row_of_500_organisations_has_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_checks(monkeypatch)
    campaign = Campaign("P11", "random organisations: loaded rows against figures and reasons", "500 organisations, 0 unexplained")
    rows = sum(explain(tmp_path, seed) for seed in range(500))
    campaign.record(f"500 organisations, {rows:,} rows, 0 unexplained")
