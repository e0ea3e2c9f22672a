"""What the sections write from: the facts of a report, and each ratio beside its target and the other units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import polars as pl

from dashboard.reports.content.blocks import Figure
from dashboard.reports.content.facts.figures import FiguresOfReport
from dashboard.reports.content.text import aim
from dashboard.session.queries import AccessDenied
from dashboard.ui.unit_names import Unit
from metrics.catalog import metric
from metrics.comparison.ranking import low_heads
from metrics.comparison.targets import AIM_COLUMNS, Aim, with_targets
from metrics.comparison.targets import SCHEMA as TARGET_SCHEMA
from metrics.comparison.unit_standings import distance, standings
from metrics.periods import Period

UNIT_SIZE = "provisioned_accounts"
"""By which units are told apart as alike."""


@dataclass(frozen=True)
class ComparedUnit:
    """Where a unit stands on one ratio, of `metrics.comparison.unit_standings`."""

    unit: Unit
    figure: Figure
    position: str | None
    target: float | None
    missing: int | None
    excess: int | None

    @property
    def side(self) -> str | None:
        """`above`, `below` or `within`: on which side of the whole it lies beyond chance (95%); None without activity."""
        return None if self.position is None else self.position.partition("_")[0]


@dataclass(frozen=True)
class PeerPlace:
    """Where the report's unit stands among peers that are not named: 1 the best quarter to 4, and the middle half of their values."""

    quarter: int | None
    low: float | None
    high: float | None


@dataclass
class ReportData(FiguresOfReport):
    """One report's facts, and what its figures are judged by."""

    _aims: dict[tuple[str, str | None, date, date], Aim | None] = field(default_factory=dict)

    def compared_units(self, name: str = "activation_rate") -> list[ComparedUnit]:
        """Where the units directly below the whole that have any denominator stand on a ratio, in tree order."""
        below = [unit.code for unit in self.units.values() if unit.parent_code == self.whole_code and unit.code != self.whole_code]
        placed = self._placed(name)
        return [placed[code] for code in placed if code in below]

    def low_units(self, name: str = "activation_rate") -> list[ComparedUnit]:
        """The units whose leaders are to be called, in the one order of every surface (`metrics.comparison.ranking`)."""
        placed = self._placed(name)
        heads = low_heads(self.reader.ranking(name, self.request.selection))
        return [placed[code] for code in heads["unit_code"] if code in placed]

    def _placed(self, name: str) -> dict[str, ComparedUnit]:
        """All units of the report with any denominator, in tree order."""
        selection = self.request.selection
        now = self.reader.values([name], selection, self.period, by="unit")
        sizes = self.reader.values([UNIT_SIZE], selection, self.period, by="unit").drop_nulls("unit_code")
        units = self.reader.units().select("unit_code", "level", "parent_code")
        compared = standings(name, now, None, units, sizes.select("unit_code", size="numerator"), self.targets)
        figures = {row["unit_code"]: self._figure(row) for row in now.slice(1).drop_nulls("unit_code").iter_rows(named=True)}
        found = {
            row["unit_code"]: ComparedUnit(
                self.tree.units[row["unit_code"]], figures[row["unit_code"]], row["position"], row["target"], row["missing"], row["excess"]
            )
            for row in compared.drop_nulls("unit_code").iter_rows(named=True)
        }
        return {code: one for code, one in found.items() if one.figure.denominator}

    def peer_places(self, names: Sequence[str]) -> dict[str, PeerPlace]:
        """The unit's place on each ratio; nothing where the policy shows nothing of peers."""
        try:
            frame = self.reader.peer_places(names, self.request.selection)
        except AccessDenied:
            return {}
        return {row["metric"]: PeerPlace(row["quarter"], row["low"], row["high"]) for row in frame.iter_rows(named=True)}

    @cached_property
    def targets(self) -> pl.DataFrame:
        rows = [(*row, *[None] * (len(TARGET_SCHEMA) - len(row))) for row in self.inputs.targets]
        return pl.DataFrame(rows, schema=TARGET_SCHEMA, orient="row")

    def target(self, figure: Figure) -> float | None:
        """The target in force for a figure on the last day of its period, over as long a period."""
        aim = self.aim(figure)
        return aim.ratio if aim else None

    def aim(self, figure: Figure) -> Aim | None:
        """The same with its window and the day by which it is to be reached."""
        asked = (figure.metric, figure.unit_code, figure.period_from, figure.period_to)
        if asked not in self._aims:
            self._aims[asked] = self._aim_of(figure)
        return self._aims[asked]

    def _aim_of(self, figure: Figure) -> Aim | None:
        if figure.metric not in {row[0] for row in self.inputs.targets}:
            return None
        days = (figure.period_from, figure.period_to)
        is_whole = figure.coverage_days is None or figure.coverage_days == Period(*days).days
        covered = {"covered_from": days[0], "covered_to": days[1] if is_whole else None}
        row = {"metric": figure.metric, "unit_code": figure.unit_code, "period_from": days[0], "period_to": days[1], "value": figure.value} | covered
        frame = pl.DataFrame([row], schema_overrides={"unit_code": pl.String, "value": pl.Float64, "covered_to": pl.Date})
        found = with_targets(frame, self.reader.units().select("unit_code", "level"), self.targets).row(0, named=True)
        return None if found["target"] is None else Aim(*(found[name] for name in AIM_COLUMNS))

    def aim_text(self, figure: Figure) -> str:
        """The target as people say it, `90%` or, where less is better, `không quá 10%`; empty without one."""
        target = self.aim(figure)
        if target is None:
            return ""
        bound = {"vi": "không quá ", "en": "at most "}[self.language] if metric(figure.metric).good == "down" else ""
        return bound + aim(target, self.language)

    def missing(self, figure: Figure) -> int | None:
        """How many more (fewer, where less is better) reach the target; None without one."""
        target = self.target(figure)
        if target is None or figure.numerator is None or not figure.denominator:
            return None
        return distance(figure.numerator, figure.denominator, target, metric(figure.metric).good)
