"""Hidden cells can't be had back: not by subtraction, not by linear programming over every period, tree and population that a viewer may ask."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_array

from dashboard.session.small_cells import POPULATION, without_small_cells
from metrics.comparison.suppression import REMEMBERED, PeersView, hidden_units
from metrics.periods import Period
from tests.faults.figures import Campaign

SMALLEST = 5
FIRST, DAYS = date(2024, 7, 1), 5
KNOWN = Period(FIRST, FIRST + timedelta(days=DAYS - 1))
NAMES = (POPULATION, "activated_accounts", "activation_rate", "login_rate", "login_rate_of_provisioned")


@dataclass(frozen=True)
class Person:
    """Somebody of a unit from one day to another (numbers of days), activated on a day (None: never), with the days of logins."""

    unit: str
    first: int
    last: int
    activated: int | None
    logins: frozenset[int]

    def is_there(self, day: int) -> bool:
        return self.first <= day <= self.last

    def is_activated(self, day: int) -> bool:
        return self.is_there(day) and self.activated is not None and self.activated <= day

    def has_logged_in(self, first: int, day: int) -> bool:
        return self.is_activated(day) and any(first <= login <= day for login in self.logins)


STAYS = {"unit_code": pl.String, "is_shared": pl.Boolean, "valid_from": pl.Date, "valid_to": pl.Date, "accounts": pl.Int64}
Home = tuple[dict[str, str | None], list[Person]]
Cell = tuple[str, str, int, int]
"""Unit (its own part), what is counted, and the first and last day."""


def random_home(seed: int) -> Home:
    """A tree of units, parents first, and their people; in some homes nobody comes or goes, in some nearly all do the same."""
    draw = random.Random(seed)
    above: dict[str, str | None] = {"R": None}
    for number in range(draw.randint(2, 8)):
        above[f"U{number}"] = draw.choice(list(above))
    eager, moves = draw.choice([0.1, 0.5, 0.5, 0.95]), draw.choice([0.0, 0.0, 0.3])
    people = []
    for unit in above:
        for _ in range(draw.choice([0, 1, 2, 3, 7, 12, 20])):
            first = draw.randint(1, DAYS - 1) if draw.random() < moves else -1
            last = draw.randint(first, DAYS) if draw.random() < moves else DAYS
            activated = draw.choice([-1, *range(DAYS)]) if draw.random() < eager else None
            logins = [day for day in range(DAYS) if draw.random() < eager / 2]
            people.append(Person(unit, first, last, activated, frozenset(day for day in logins if first <= day <= last)))
    return above, people


def stays(people: list[Person]) -> pl.DataFrame:
    rows = [(one.unit, False, FIRST + timedelta(days=one.first), FIRST + timedelta(days=one.last), 1) for one in people]
    return pl.DataFrame(rows, schema=STAYS, orient="row")


def subtree(above: dict[str, str | None], top: str | None) -> list[str]:
    """A unit and all below it; None: every unit."""
    found = [top] if top is not None else list(above)
    for one in found if top is not None else ():
        found += [code for code, parent in above.items() if parent == one]
    return found


def answer(home: Home, name: str, first: int, last: int) -> pl.DataFrame:
    """What `metric_values` by unit says, counted person by person."""
    above, people = home
    rows = []
    for top in (None, *above):
        mine = [one for one in people if one.unit in subtree(above, top)]
        there, activated = (sum(test(one, last) for one in mine) for test in (Person.is_there, Person.is_activated))
        logged_in = sum(one.has_logged_in(first, last) for one in mine)
        numerator, denominator = {
            POPULATION: (there, None),
            "activated_accounts": (activated, None),
            "activation_rate": (activated, there),
            "login_rate": (logged_in, activated),
            "login_rate_of_provisioned": (logged_in, there),
        }[name]
        rows.append((name, top, FIRST + timedelta(days=first), FIRST + timedelta(days=last), numerator, denominator, 1.0))
    kinds: dict[str, Any] = {"metric": pl.String, "unit_code": pl.String, "period_from": pl.Date, "period_to": pl.Date}
    kinds |= {"numerator": pl.Int64, "denominator": pl.Int64}
    return pl.DataFrame(rows, schema=kinds | {"value": pl.Float64}, orient="row")


def all_answers(home: Home, view: PeersView, top: str, own: frozenset[str]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Every row of every answer to this viewer: each metric in each period."""
    for first, last in itertools.combinations_with_replacement(range(DAYS), 2):
        frame = pl.concat(answer(home, name, first, last) for name in NAMES)
        shown = without_small_cells(frame, answer(home, POPULATION, first, last), home[0], view, top, own)
        assert shown.filter("is_hidden").select("numerator", "denominator", "value").null_count().row(0) == (shown["is_hidden"].sum(),) * 3
        for row in shown.filter(~pl.col("is_hidden")).iter_rows(named=True):
            yield first, last, row


class Attack:
    """What a viewer can work out: every cell is a variable, every answer an equation, and what counts within what is known."""

    def __init__(self, home: Home, view: PeersView, top: str, own: frozenset[str]) -> None:
        self.home, self.own = home, own
        self.periods = list(itertools.combinations_with_replacement(range(DAYS), 2))
        cells = [(unit, "activated", day, day) for unit in home[0] for day in range(DAYS)]
        cells += [(unit, "logged_in", *period) for unit in home[0] for period in self.periods]
        self.place = {cell: number for number, cell in enumerate(cells)}
        self.truth = [float(self._count(cell)) for cell in cells]
        self.equal: dict[tuple[int, ...], float] = {}
        for first, last, row in all_answers(home, view, top, own):
            units = subtree(home[0], row["unit_code"])
            activated = tuple(self.place[unit, "activated", last, last] for unit in units)
            logged_in = tuple(self.place[unit, "logged_in", first, last] for unit in units)
            if row["metric"] in {"activation_rate", "activated_accounts"}:
                self.equal[activated] = row["numerator"]
            elif row["metric"].startswith("login"):
                self.equal[logged_in] = row["numerator"]
                self.equal |= {activated: row["denominator"]} if row["metric"] == "login_rate" else {}
        self.bounds = [(0.0, float(self._heads(unit, last))) for unit, _, _, last in cells]
        for number, (unit, *_) in enumerate(cells):
            if unit in own:
                self.bounds[number] = (self.truth[number],) * 2
        self.less = self._within()
        self.lines = self._matrix([dict.fromkeys(numbers, 1.0) for numbers in self.equal])

    def _heads(self, unit: str, day: int) -> int:
        return sum(one.unit == unit and one.is_there(day) for one in self.home[1])

    def _count(self, cell: Cell) -> int:
        unit, what, first, last = cell
        mine = [one for one in self.home[1] if one.unit == unit]
        return sum(one.is_activated(last) if what == "activated" else one.has_logged_in(first, last) for one in mine)

    def _within(self) -> tuple[csr_array, list[float]]:
        """Nobody logs in who is not activated or before they came; what is done in a part of a period is done in the period, unless they left."""
        rows: list[dict[int, float]] = []
        most: list[float] = []

        def at_most(less: Cell, more: Cell, gone: int = 0) -> None:
            rows.append({self.place[less]: 1.0, self.place[more]: -1.0})
            most.append(float(gone))

        for unit in self.home[0]:
            gone = [sum(one.unit == unit and one.last == day for one in self.home[1]) for day in range(DAYS)]
            for day in range(DAYS - 1):
                at_most((unit, "activated", day, day), (unit, "activated", day + 1, day + 1), gone[day])
            for first, last in self.periods:
                at_most((unit, "logged_in", first, last), (unit, "activated", last, last))
                if first > 0:
                    came_before = sum(one.unit == unit and one.is_there(last) and one.first < first for one in self.home[1])
                    at_most((unit, "logged_in", first, last), (unit, "logged_in", first - 1, last))
                    at_most((unit, "logged_in", first - 1, last), (unit, "logged_in", first, last), came_before)
                if last + 1 < DAYS:
                    at_most((unit, "logged_in", first, last), (unit, "logged_in", first, last + 1), gone[last])
        return self._matrix(rows), most

    def _matrix(self, rows: list[dict[int, float]]) -> csr_array:
        places = [(number, column, value) for number, row in enumerate(rows) for column, value in row.items()]
        numbers, columns, values = zip(*places, strict=True) if places else ((), (), ())
        at = np.array(numbers, dtype=int), np.array(columns, dtype=int)
        return csr_array((np.array(values, dtype=float), at), shape=(len(rows), len(self.place)))

    def small_cells(self) -> Iterator[list[int]]:
        """The cells of units, and of parents' own parts, that have from 1 to 4 people on the last day."""
        above = self.home[0]
        parts = {frozenset(units) for code in above for units in ([code], set(subtree(above, code)) - self.own) if code not in self.own}
        for units, (what, periods) in itertools.product(parts, (("activated", [(day, day) for day in range(DAYS)]), ("logged_in", self.periods))):
            for first, last in periods:
                if 0 < sum(self._heads(unit, last) for unit in units) < SMALLEST:
                    yield [self.place[unit, what, first, last] for unit in units]

    def is_determined(self, numbers: list[int]) -> bool:
        """Whether everything together leaves these cells less than one other person."""
        goal = np.zeros(len(self.place))
        goal[numbers] = 1.0
        truth, away = sum(self.truth[number] for number in numbers), 0.0
        for sign in (1.0, -1.0):
            given = (self.lines, list(self.equal.values())) if self.equal else (None, None)
            found = linprog(sign * goal, *self.less, *given, self.bounds, method="highs")
            assert found.status == 0
            away += abs(truth - sign * found.fun)
            if away >= 1 - 1e-6:
                return False
        return True


def seen_by(home: Home, own: frozenset[str]) -> PeersView:
    return hidden_units(stays(home[1]), home[0], own, SMALLEST, KNOWN)


def attacked(seed: int) -> tuple[int, int]:
    """How many small cells are hidden from a random viewer of a random home, and how many of them come back."""
    home = random_home(seed)
    top = random.Random(seed).choice(list(home[0])[1:])
    own = frozenset(subtree(home[0], top))
    attack = Attack(home, seen_by(home, own), top, own)
    cells = list(attack.small_cells())
    draw = random.Random(seed)
    return len(cells), sum(attack.is_determined(numbers) for numbers in draw.sample(cells, min(len(cells), 40)))


def test_no_small_cell_comes_back_by_linear_programming() -> None:
    # The last ones came back while the denominator of a rate went unlooked at, and while the whole told of those who came or left.
    found = [attacked(seed) for seed in (*range(9), 119, 150, 205, 207, 241)]
    assert sum(cells for cells, _ in found) > 300
    assert [back for _, back in found] == [0] * len(found)


@pytest.mark.long
def test_no_small_cell_comes_back_in_two_hundred_homes() -> None:
    what = "linear programming over all that a viewer may ask of random homes in which people come and go"
    campaign = Campaign("Small cells", what, "200 homes, 0 recovered")
    found = {seed: attacked(seed) for seed in range(100, 300)}
    cells, back = (sum(counts) for counts in zip(*found.values(), strict=True))
    campaign.record(f"{len(found)} homes and viewers, {cells:,} small cells, up to 40 of each sought: {back} recovered")
    assert [seed for seed, counts in found.items() if counts[1]] == []


def test_the_attack_finds_what_each_answer_alone_would_leave_open() -> None:
    """Were only the small unit itself hidden, its total less its brothers tells it; were they hidden one day, the day after tells it."""
    above: dict[str, str | None] = {"R": None, "U0": "R", "U1": "R", "U2": "R"}
    sizes = {"U0": 12, "U1": 3, "U2": 9}
    each = [(unit, number) for unit, size in sizes.items() for number in range(size)]
    people = [Person(unit, -1, DAYS, -1 if number % 2 else None, frozenset({number % DAYS})) for unit, number in each]
    own = frozenset({"U0"})
    view = seen_by((above, people), own)
    for hidden, is_back in ((frozenset({"R", "U1"}), True), (view.hidden, False)):
        attack = Attack((above, people), replace(view, hidden=hidden), "U0", own)
        assert any(map(attack.is_determined, attack.small_cells())) is is_back, hidden


def test_the_whole_is_told_from_the_day_on_which_somebody_stays_in_every_small_unit() -> None:
    above: dict[str, str | None] = {"R": None, "a": "R", "b": "R", "c": "R"}
    steady = [Person(unit, -1, DAYS, None, frozenset()) for unit, size in (("a", 30), ("c", 9)) for _ in range(size)]
    own = frozenset({"a"})
    for first, last, whole_since in ((-1, DAYS, 0), (3, DAYS, 3), (-1, 2, 3)):  # stays, came, left
        view = seen_by((above, [*steady, Person("b", first, last, None, frozenset())]), own)
        assert view.hidden == {"R", "b", "c"}
        assert (view.whole_since, view.settled) == (FIRST + timedelta(days=whole_since), 9 + (last == DAYS))


def heads(**sizes: int) -> pl.DataFrame:
    return stays([Person(unit, -1, DAYS, None, frozenset()) for unit, size in sizes.items() for _ in range(size)])


FLAT: dict[str, str | None] = {"R": None, "a": "R", "b": "R", "c": "R"}


def test_nothing_is_hidden_where_nobody_is_small() -> None:
    view = hidden_units(heads(R=9, a=10, b=15, c=5), FLAT, {"a"}, SMALLEST, KNOWN)
    assert view == PeersView(frozenset(), FIRST, is_closed=False, whole_since=FIRST)


def test_a_parent_without_people_of_its_own_is_not_small() -> None:
    above = {**FLAT, "d": "b", "e": "b"}
    view = hidden_units(heads(a=30, c=20, d=10, e=8), above, {"a"}, SMALLEST, KNOWN)
    assert view == PeersView(frozenset(), FIRST, is_closed=False, whole_since=FIRST)


def test_a_small_unit_is_hidden_with_all_above_it_and_the_smallest_beside_it() -> None:
    above = {**FLAT, "d": "b", "e": "b"}
    # Nobody sits in R or b themselves, so the 2 of d would be all that is left.
    assert hidden_units(heads(a=30, b=0, c=20, d=2, e=8), above, {"a"}, SMALLEST, KNOWN).hidden == {"R", "b", "d", "e"}
    # The own office of b is company enough.
    assert hidden_units(heads(a=30, b=9, c=20, d=2, e=8), above, {"a"}, SMALLEST, KNOWN).hidden == {"R", "b", "d"}
    # A small own office is told by the parent less the units below it.
    assert hidden_units(heads(R=9, a=30, b=3, c=20, d=10, e=8), above, {"a"}, SMALLEST, KNOWN).hidden == {"R", "b"}


def test_who_knows_their_own_unit_takes_it_out_of_the_unit_above() -> None:
    above = {**FLAT, "d": "b", "e": "b"}
    # With d taken out of b, three are left there.
    assert {"b", "e"} <= hidden_units(heads(R=9, a=30, c=20, d=10, e=3), above, {"d"}, SMALLEST, KNOWN).hidden
    assert hidden_units(heads(R=9, a=30, c=20, d=10, e=3), above, {"b", "d", "e"}, SMALLEST, KNOWN).hidden == set()


def test_where_nobody_is_left_to_hide_among_peers_see_nothing() -> None:
    assert hidden_units(heads(a=30, b=3), {"R": None, "a": "R", "b": "R"}, {"a"}, SMALLEST, KNOWN).is_closed


def test_who_was_small_within_a_year_stays_hidden_and_earlier_days_are_not_asked() -> None:
    known = Period(FIRST - timedelta(days=3 * REMEMBERED), FIRST)
    long_ago, lately = known.from_on + timedelta(days=100), FIRST - timedelta(days=100)

    def grown(on: date) -> pl.DataFrame:
        few, many = (known.from_on, FIRST, 3), (on, FIRST, 20)
        rows = [("R", known.from_on, FIRST, 9), ("a", known.from_on, FIRST, 30), ("c", known.from_on, FIRST, 30), ("b", *few), ("b", *many)]
        return pl.DataFrame([(row[0], False, *row[1:]) for row in rows], schema=STAYS, orient="row")

    for on, hidden, since in ((lately, {"R", "b"}, known.from_on), (long_ago, set(), long_ago)):
        view = hidden_units(grown(on), FLAT, {"a"}, SMALLEST, known)
        assert (set(view.hidden), view.since, view.is_closed) == (hidden, since, False)


def test_eight_hundred_units_are_judged() -> None:
    draw = random.Random(1)
    above: dict[str, str | None] = {"R": None, **{f"P{number}": "R" for number in range(34)}}
    above |= {f"U{number}": f"P{number % 34}" for number in range(765)}
    rows = [
        (
            unit,
            False,
            FIRST - timedelta(days=draw.randint(0, 900)),
            date.max if draw.random() < 0.9 else FIRST - timedelta(days=draw.randint(0, 50)),
            1,
        )
        for unit in above
        for _ in range(draw.choice([2, *range(10, 60)]))
    ]
    frame = pl.DataFrame(rows, schema=stays([]).schema, orient="row")
    own = {"P0", *(code for code, parent in above.items() if parent == "P0")}
    view = hidden_units(frame, above, own, SMALLEST, Period(FIRST - timedelta(days=600), FIRST))
    assert view.hidden and not view.is_closed
