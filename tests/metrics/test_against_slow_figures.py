"""For random trees, moves, successions and periods, every metric equals the slow computation of `slow_figures`."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.catalog import METRICS
from metrics.engines.duckdb import open_snapshot
from metrics.periods import Period
from metrics.query.metric_values import By, metric_values
from metrics.tree.scope import Scope
from metrics.tree.scope import Tree as TreeName
from tests.metrics import slow_figures as slow
from tests.tiny_snapshot import DEFAULTS, EVER, FOREVER, write_snapshot

START, END = date(2024, 4, 1), date(2024, 9, 30)
FIRST_ON, CUTOFF_ON = date(2024, 5, 10), date(2024, 9, 10)
WAITED = 6
"""Days before the cut-off, a Tuesday: the newest sending of which three whole working days have passed was on the Wednesday before."""
NAMES = [one.name for one in METRICS]
KIND = {one.name: one.of for one in METRICS}


class World:
    """A random organisation of a few units with a reorganisation, movers and defects such as rows of unknown units."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.rows: slow.Rows = {"org_unit": [{"unit_code": "R", "level": "toi_cao", "valid_from": EVER, "valid_to": FOREVER}], "unit_succession": []}
        self.make_tree()
        self.codes = [unit["unit_code"] for unit in self.rows["org_unit"]]
        if self.flag(0.5):
            self.unit("EMPTY", "R")  # nothing ever happens there
        self.make_accounts()
        self.make_documents()
        self.make_declarations()
        for table, found in self.rows.items():
            for row in found:
                for column, default in DEFAULTS.get(table, {}).items():
                    row.setdefault(column, default)
        self.rows["snapshot_info"] = [{"first_on": FIRST_ON, "cutoff_at": datetime(2024, 9, 10, 16, 59, tzinfo=UTC)}]

    def day(self, first: date = START, last: date = END) -> date:
        return first + timedelta(days=self.random.randint(0, (last - first).days))

    def flag(self, chance: float = 0.5) -> bool:
        return self.random.random() < chance

    def unit(self, code: str, parent: str, valid_from: date = EVER, valid_to: date = FOREVER) -> dict[str, Any]:
        unit = {"unit_code": code, "parent_code": parent, "valid_from": valid_from, "valid_to": valid_to}
        unit["level"] = self.random.choice(["cap_tinh", "cap_huyen", "don_vi_toi_cao"])
        unit["pilot_group"] = self.random.choice([1, 1, 2, None])
        above = next((one for one in self.rows["org_unit"] if one["unit_code"] == parent), {})
        unit["province_code"] = code if unit["level"] == "cap_tinh" else above.get("province_code")
        self.rows["org_unit"].append(unit)
        return unit

    def make_tree(self) -> None:
        turn = self.day(date(2024, 6, 1), date(2024, 8, 15))
        olds: list[str] = []
        for number in range(self.random.randint(2, 7)):
            parent = self.random.choice(["R", *(unit["unit_code"] for unit in self.rows["org_unit"])])
            ends = self.flag(0.5)
            self.unit(f"U{number}", parent, valid_to=turn - timedelta(days=1) if ends else FOREVER)
            olds += [f"U{number}"] if ends else []
        news = [self.unit(f"N{number}", "R", valid_from=turn)["unit_code"] for number in range(self.random.randint(1, 3))]
        for old in olds:
            for new in self.random.sample(news, k=min(len(news), self.random.choice([0, 1, 1, 1, 2]))):
                self.rows["unit_succession"].append({"old_code": old, "new_code": new, "effective_on": turn})
        if self.flag(0.4):  # a second reorganisation makes a chain
            last = turn + timedelta(days=20)
            gone = self.random.choice(news)
            next(unit for unit in self.rows["org_unit"] if unit["unit_code"] == gone)["valid_to"] = last - timedelta(days=1)
            self.unit("M0", "R", valid_from=last)
            self.rows["unit_succession"].append({"old_code": gone, "new_code": "M0", "effective_on": last})

    def somewhere(self) -> str:
        return self.random.choice([*self.codes, "unknown"]) if self.flag(0.1) else self.random.choice(self.codes)

    def make_accounts(self) -> None:
        self.rows |= {"account": [], "account_assignment": [], "account_day": []}
        for number in range(self.random.randint(0, 14)):
            key = f"A{number}"
            account: dict[str, Any] = {
                "account_key": key,
                "is_officer": self.flag(0.9),
                "is_clerk": self.flag(0.3),
                "is_leader": number % 3 == 0,
                "provisioned_on": self.day(last=date(2024, 7, 31)),
            }
            account["activated_on"] = self.day(account["provisioned_on"]) if self.flag(0.7) else None
            account["disabled_on"] = self.day(account["provisioned_on"]) if self.flag(0.15) else None
            self.rows["account"].append(account)
            moves = sorted({self.day() for _ in range(self.random.choice([0, 0, 1, 2]))})
            starts = [EVER, *moves]
            for start, after in zip(starts, [*moves, FOREVER], strict=True):
                if self.flag(0.95):
                    valid_to = FOREVER if after == FOREVER else after - timedelta(days=1)
                    self.rows["account_assignment"].append(
                        {"account_key": key, "unit_code": self.somewhere(), "valid_from": start, "valid_to": valid_to}
                    )
            self.share(key)
            for day in {self.day() for _ in range(self.random.choice([0, 3, 25, 60]))}:
                flags: dict[str, Any] = {"has_logged_in": self.flag(0.8), "has_processed": self.flag(0.4), "has_signed": self.flag(0.2)}
                flags["login_count"] = self.random.randint(1, 4) if flags["has_logged_in"] else 0
                self.rows["account_day"].append({"account_key": key, "day_on": day, **flags})

        days = [{name: one[name] for name in ("account_key", "day_on")} for one in self.rows["account_day"]]
        self.rows["suspect_day"] = days[::3]

    def share(self, key: str) -> None:
        """Puts one of five accounts into another unit too, beside those that it is in."""
        mine = [one for one in self.rows["account_assignment"] if one["account_key"] == key]
        other = self.random.choice(self.codes)
        if self.flag(0.2) and mine and other not in {one["unit_code"] for one in mine}:
            mine.append({"account_key": key, "unit_code": other, "valid_from": self.day(), "valid_to": self.random.choice([FOREVER, END])})
            self.rows["account_assignment"].append(mine[-1])
            for one in mine:
                one["is_shared"] = any(b is not one and b["valid_from"] <= one["valid_to"] and b["valid_to"] >= one["valid_from"] for b in mine)

    def make_documents(self) -> None:
        self.rows |= {"document": [], "delivery": []}
        for number in range(self.random.randint(0, 40)):
            form = self.random.choice(["is_electronic", "is_electronic", "is_parallel", "is_paper", "is_recalled"])
            document: dict[str, Any] = {
                "document_key": f"D{number}",
                "unit_code": self.somewhere(),
                "issued_on": self.day(),
                form: True,
                "number": str(number),
            }
            for name in ("is_organ_signed", "is_signer_signed", "is_sent_internally", "is_sent_by_axis", "is_axis_acknowledged", "is_recalled"):
                document.setdefault(name, self.flag(0.15 if name == "is_recalled" else 0.5))
            document["doc_type"] = self.random.choice(["CV", "QĐ", None])
            document["page_count"] = self.random.choice([None, 1, 2, 7])
            self.rows["document"].append(document)
        self.rows["registered_document"] = [
            {
                "document_key": f"E{number}",
                "unit_code": self.somewhere(),
                "registered_on": self.day(),
                "doc_type": self.random.choice(["CV", "QĐ", None]),
                "is_incoming": (is_incoming := self.flag(0.7)),
                "is_internal_document": not is_incoming,
                **{name: self.flag() for name in ("has_electronic_form", "has_form", "is_assigned", "is_processed", "has_due_date", "is_on_time")},
                "is_recalled": self.flag(0.1),
            }
            for number in range(self.random.randint(0, 40))
        ]
        for _ in range(self.random.randint(0, 60)):
            arrived_on = self.day()
            delivery: dict[str, Any] = {"document_key": f"D{self.random.randint(0, 45)}", "receiver_code": self.somewhere(), "arrived_on": arrived_on}
            delivery["due_on"] = arrived_on + timedelta(days=self.random.randint(0, 20)) if self.flag(0.6) else None
            delivery["completed_on"] = arrived_on + timedelta(days=self.random.randint(-1, 25)) if self.flag(0.7) else None
            delivery |= {"is_internal": self.flag(), "is_from_axis": self.flag(0.3), "is_recalled": self.flag(0.1)}
            self.rows["delivery"].append(delivery)
        self.make_receipts()

    def make_receipts(self) -> None:
        """By a chance of their own, so that the other rows stay as they were."""
        chance = random.Random(len(self.rows["delivery"]))
        for delivery in self.rows["delivery"]:
            delivery["is_listed"] = chance.random() < 0.8
            delivery["is_received_same_day"] = delivery["is_listed"] and chance.random() < 0.5
        self.rows["axis_sending"] = [
            {
                "document_key": f"D{number}",
                "unit_code": chance.choice([*self.codes, "nowhere"]),
                "receiver_code": chance.choice(["H38", "G12", "A"]),
                "sent_on": date(2024, 5, 1) + timedelta(days=chance.randint(0, 130)),
                "is_acknowledged": chance.random() < 0.7,
                "is_recalled": chance.random() < 0.1,
            }
            for number in range(chance.randint(0, 40))
        ]
        for sending in self.rows["axis_sending"]:
            sending |= {"is_refused": chance.random() < 0.2, "is_completed": chance.random() < 0.4}
        for document in self.rows["document"]:
            document |= {"is_axis_updated": chance.random() < 0.3, "is_axis_replacement": chance.random() < 0.2}

    def make_declarations(self) -> None:
        spans = [(date(2024, month, 1), date(2024, month + 1, 1) - timedelta(days=1)) for month in range(5, 9)]
        spans += [(date(2024, 6, 1), date(2024, 7, 31)), (date(2024, 7, 1), date(2024, 7, 15)), (date(2024, 7, 16), date(2024, 7, 31))]
        found = []
        for unit in self.rows["org_unit"]:
            for first, last in spans:
                first, last = max(first, unit["valid_from"]), min(last, unit["valid_to"])
                if first <= last and self.flag(0.6):
                    found.append({"unit_code": unit["unit_code"], "from_on": first, "to_on": last, "value": self.random.randint(0, 30)})
        unique = {(one["unit_code"], one["from_on"], one["to_on"]): one for one in found}
        self.rows["declared_total"] = list(unique.values())
        chance = random.Random(len(found))
        for one in list(unique.values()):  # of other bases, of the same days
            bases = [base for base in ("work_files", "work_files_online", "headcount") if chance.random() < 0.8]
            self.rows["declared_total"] += [{**one, "metric_base": base, "value": chance.randint(0, 30)} for base in bases]

    def period(self) -> Period:
        months = [Period(date(2024, month, 1), date(2024, month + 1, 1) - timedelta(days=1)) for month in range(5, 9)]
        first = self.day()
        free = [
            Period(first, first),
            Period(first, self.day(first)),
            Period(date(2022, 7, 1), date(2025, 6, 30)),
            Period(date(2024, 6, 1), date(2024, 7, 31)),
        ]
        return self.random.choice([*months, *free, *free])

    def scope(self, tree: TreeName, period: Period) -> Scope:
        """A random one, of units that the tree asked for has."""
        units = self.rows["org_unit"]
        on = {"as_was": None, "as_is": CUTOFF_ON, "comparable": period.to_on}[tree]
        there = [unit["unit_code"] for unit in units if on is None or unit["valid_from"] <= on <= unit["valid_to"]]
        groups = sorted({unit["pilot_group"] for unit in units if unit.get("pilot_group")})
        provinces = [unit["unit_code"] for unit in units if unit["level"] == "cap_tinh" and unit["unit_code"] in there]
        return Scope(
            unit_code=self.random.choice([None, None, *there]),
            group=self.random.choice([None, None, None, *groups]),
            tree=tree,
            levels=("cap_tinh",) if self.flag(0.1) and any(unit["level"] == "cap_tinh" for unit in units) else (),
            provinces=(self.random.choice(provinces),) if provinces and self.flag(0.1) else (),
            unit_codes=tuple(self.random.sample(there, k=min(2, len(there)))) if self.flag(0.2) else (),
            since=date(2024, 5, 1) if tree == "comparable" and self.flag() and period.to_on >= date(2024, 5, 1) else None,
        )


Figures = dict[tuple[Any, ...], tuple[Any, ...]]


def expected(world: World, names: list[str], period: Period, scope: Scope, by: str | None) -> Figures:
    """Keyed by metric, unit_code, period and whether it is the whole: what `metric_values` has to say of groups with rows, and of the whole."""
    if by == "group":
        answer = expected(world, names, period, scope, None)
        for group in {unit.get("pilot_group") for unit in world.rows["org_unit"]} - {None}:
            if scope.group in {None, group}:
                told = expected(world, names, period, replace(scope, group=group), None)
                answer |= {(name, f"group:{group}", first, last, False): found for (name, _, first, last, _), found in told.items()}
        return answer
    tree = slow.Tree(world.rows)
    parts = [period, *period.split(by)] if by in {"day", "week", "month"} else [period]  # type: ignore[arg-type]
    answer = {}
    for number, asked in enumerate(parts):
        counted: dict[str, dict[tuple[str | None, bool], list[slow.Counted]]] = {}
        for kind in {slow.DEFINITIONS[name][0] for name in names}:
            groups = counted.setdefault(kind, {(scope.unit_code, number == 0): []})
            part = covered(asked, kind) or asked
            for one in slow.counted_rows(world.rows, kind, part.from_on, part.to_on, CUTOFF_ON, scope.group):
                for place, label in enumerate(groups_of(world, tree, one, period, scope, by)):
                    if place == 0 or number == 0:
                        found = groups.setdefault((label, place == 0 and number == 0), [])
                        if not any(other.facts is one.facts for other in found):  # once, however many of its units are in the group
                            found.append(one)
        for name in names:
            kind = slow.DEFINITIONS[name][0]
            spoken_of = covered(asked, kind)
            is_known = spoken_of is not None and spoken_of.days >= slow.SHORTEST.get(name, 1)
            is_known = is_known and (slow.earliest_login_asked(name, (spoken_of or asked).to_on) or FIRST_ON) >= FIRST_ON
            is_known = is_known and any(world.rows[table] for table in slow.TABLES.get(kind, slow.SPOKEN_OF))
            is_known = is_known and all(world.rows[table] for table in slow.COUNTED_BESIDE.get(kind, ()))
            for (label, is_whole), rows in counted[kind].items():
                answer[name, label, asked.from_on, asked.to_on, is_whole] = slow.figure(name, rows) if is_known else (None, None, None)
    return answer


def covered(asked: Period, kind: str) -> Period | None:
    """The days of it that the data speak of: of due dates, up to the day before the cut-off."""
    last = CUTOFF_ON - timedelta(
        days={"due": 1, "activation": 31, "back_after_30": 61, "back_after_90": 121, "back_after_180": 211, "sending": WAITED}.get(kind, 0)
    )
    first, last = max(asked.from_on, FIRST_ON), min(asked.to_on, last)
    return Period(first, last) if first <= last else None


def groups_of(world: World, tree: slow.Tree, one: slow.Counted, period: Period, scope: Scope, by: str | None) -> list[str | None]:
    """Where the row counts: the whole (under the scope's own code) and its groups; nothing outside the scope."""
    if scope.group is not None and (one.unit not in tree.units or tree.units[one.unit].get("pilot_group") != scope.group):
        return []
    unit, on = one.unit, one.tree_on
    if scope.tree != "as_was":
        on = CUTOFF_ON if scope.tree == "as_is" else period.to_on
        if scope.tree == "comparable" and not tree.unchanged(unit, scope.since or period.from_on, period.to_on):
            return []
        unit = tree.restated(unit, on)
        if scope.tree == "comparable" and unit is None:
            return []
    path = tree.path(unit, on)
    if scope.unit_code is not None and scope.unit_code not in path:
        return []
    if scope.unit_codes and not set(scope.unit_codes) & set(path):
        return []
    facts = tree.units.get(unit or "", {})
    if scope.levels and facts.get("level") not in scope.levels:
        return []
    if scope.provinces and facts.get("province_code") not in scope.provinces:
        return []
    labels: list[str | None] = [scope.unit_code]
    if by == "unit":
        labels += [code for code in path if code != scope.unit_code]
    elif by == "level" and facts:
        labels.append(f"level:{facts['level']}")
    elif by == "province" and facts.get("province_code") is not None:
        labels.append(facts["province_code"])
    elif by == "doc_type":
        labels.append(f"doc_type:{one.facts['doc_type'] or ''}")
    elif by == "receiver":
        labels.append(f"receiver:{one.facts['receiver_code']}")
    return labels


def test_every_metric_is_counted_a_second_time() -> None:
    missing = sorted(set(NAMES) ^ set(slow.DEFINITIONS))
    assert not missing, f"Say in DEFINITIONS of tests/metrics/slow_figures.py how these are counted slowly: {', '.join(missing)}"


TREES: list[TreeName] = ["as_was", "as_is", "comparable"]
LISTED: dict[By | None, set[str]] = {"doc_type": {"document", "registered"}, "receiver": {"axis_sending"}}
"""Kinds of rows that can be listed by what they say themselves."""
GROUPINGS: list[By | None] = [None, "unit", "level", "province", "group", "doc_type", "receiver", "day", "week", "month"]


@pytest.mark.parametrize("tree", TREES)
@pytest.mark.parametrize("by", GROUPINGS)
def test_every_metric_equals_the_slow_computation(by: By | None, tree: TreeName) -> None:
    """One random world for each grouping in each tree, the same ones every time; `--long` takes 3,000 at random."""
    agree(1000 * TREES.index(tree) + GROUPINGS.index(by), by, tree)


@pytest.mark.long
@settings(max_examples=3000, deadline=None)
@given(seed=st.integers(0, 2**32), by=st.sampled_from(GROUPINGS), tree=st.sampled_from(TREES))
def test_every_metric_equals_the_slow_computation_at_length(seed: int, by: By | None, tree: TreeName) -> None:
    agree(seed, by, tree)


def agree(seed: int, by: By | None, tree: TreeName) -> None:
    world = World(seed)
    period = world.period()
    if by is not None and by in {"day", "week"} and period.days > 400:
        period = Period(date(2024, 7, 1), date(2024, 7, 31))
    scope = world.scope(tree, period)
    names = [name for name in NAMES if by not in LISTED or KIND[name] in LISTED[by]]
    with TemporaryDirectory() as folder, open_snapshot(write_snapshot(Path(folder), world.rows)) as snapshot:
        frame = metric_values(snapshot, names, period, scope, by)
    wanted = expected(world, names, period, scope, by)
    listed: set[tuple[Any, ...]] = set()
    columns = ("metric", "unit_code", "period_from", "period_to", "numerator", "denominator", "value")
    for position, (name, unit_code, first, last, *found) in enumerate(frame.select(columns).iter_rows()):
        key = (name, unit_code, first, last, position < len(names))
        assert key not in listed, (key, scope, period, seed)
        listed.add(key)
        if key in wanted:
            assert tuple(found) == wanted[key], (key, scope, period, seed)
        else:
            assert found[0] in {0, None}, (key, scope, period, seed)
    assert {key for key in wanted if key[-1]} <= listed
    units = {unit["unit_code"]: unit for unit in world.rows["org_unit"]}
    for key in set(wanted) - listed:
        if not wanted[key][0]:
            continue
        # Left out only what the list must not have: units above the scope, of other groups, levels or provinces.
        code = key[1]
        assert by == "unit", (key, scope, period, seed)
        in_group = scope.group is None or units[code].get("pilot_group") == scope.group
        in_level = not scope.levels or units[code]["level"] in scope.levels
        in_province = not scope.provinces or units[code].get("province_code") in scope.provinces
        below = not (scope.unit_code or scope.unit_codes)
        assert not (in_group and in_level and in_province and below), (key, scope, period, seed)


def test_groups_whose_units_ended_before_the_period_are_listed_with_their_open_deliveries() -> None:
    agree(1573057, "group", "as_was")
