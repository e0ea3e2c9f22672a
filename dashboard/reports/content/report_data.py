"""What the sections write from: figures by name, window and unit, read through `dashboard.session.queries` as the report's viewer may see them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl

from dashboard.reports.content.blocks import Figure, Kind, Language, Paragraph
from dashboard.reports.content.kinds import ROMAN, kind_named
from dashboard.reports.content.request import Explanation, Inputs, Request
from dashboard.reports.content.sentences import say
from dashboard.reports.content.text import change_text, figure_text, in_sentence, names_in_a_row, official_day, official_time, window
from dashboard.reports.layout.printable_text import printable
from dashboard.session.policy import Viewer
from dashboard.session.quality_line import quality_line
from dashboard.session.queries import AccessDenied, Reader
from dashboard.session.state import PILOT, Selection, populations_of
from dashboard.ui.unit_names import Unit, UnitTree, begins_with, unit_tree
from data.errors import ConfigurationError
from data.language import in_language, words_in
from data.outcomes import Outcome
from metrics.catalog import metric
from metrics.coherence.checks import CheckResult
from metrics.comparison.targets import SCHEMA as TARGET_SCHEMA
from metrics.comparison.targets import with_targets
from metrics.comparison.unit_standings import distance, standings
from metrics.engines import SnapshotInfo
from metrics.model import Duration, Ratio
from metrics.periods import Period, TimeStep, period_before

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
class ReportData:
    """One report's figures: each is read once, and printed alike wherever it stands."""

    reader: Reader
    request: Request
    inputs: Inputs
    asked: Request | None = None
    """The request as it was made, where the data do not speak of all its days; `request` is then of those that they speak of."""
    is_per_unit: bool = False
    """Made for each unit alike, as its own people may see it."""
    _figures: dict[str, Figure] = field(default_factory=dict)
    _targets: dict[tuple[str, str | None, date], float | None] = field(default_factory=dict)
    _checks: dict[Period, list[CheckResult]] = field(default_factory=dict)

    @property
    def info(self) -> SnapshotInfo:
        return self.reader.info

    @property
    def period(self) -> Period:
        return self.request.period

    @property
    def flow(self) -> Period | None:
        return self.request.flow

    @property
    def language(self) -> Language:
        return self.request.language

    @cached_property
    def known(self) -> frozenset[str]:
        """The metrics that this installation has figures of at all; of the others a report says nothing."""
        return self.reader.known_metrics()

    def shown(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the names that are known, in their order."""
        return tuple(name for name in names if name in self.known)

    @property
    def earlier(self) -> Period | None:
        return period_before(self.period)

    # ------------------------------------------------------------ sentences

    def say(self, key: str, sentence: str = "", /, **values: object) -> Paragraph:
        """A paragraph in the report's language (`sentences.say`), which may name what is known of every report beside `values`."""
        return say(key, self.language, sentence, **{**self._known_to_all, **values})

    def item(self, key: str, sentence: str = "", /, **values: object) -> Paragraph:
        """`say` as an item of a list."""
        return replace(self.say(key, sentence, **values), is_item=True)

    @cached_property
    def _known_to_all(self) -> dict[str, object]:
        info, settings, language = self.info, self.inputs.settings, self.language
        return {
            **words_in(language),
            "everyone": self.everyone,
            "window": window(self.period, language),
            "flow": window(self.flow, language) if self.flow else "",
            "last_day": official_day(self.period.to_on, language),
            "cutoff": official_time(info.cutoff_at, info.time_zone, language),
            "is_synthetic": info.is_synthetic,
            "is_state_body": self.inputs.words.is_state_body,
            "system": printable(settings.system if language == "vi" else settings.system_en),
            "issuing": printable(settings.issuing_organ) or "Đơn vị lập báo cáo",
            "unit": self.name_of(self.request.unit_code),
            "whose": self.whose_accounts,
            "group": self.group_of("activation_rate"),
        }

    @property
    def whose_accounts(self) -> str:
        """Whose accounts count, in words."""
        group = self.group_of("activation_rate")
        if self.request.unit_code is not None or group is None:
            return self.name_of(self.request.unit_code)
        return f"các đơn vị nhóm {group}"

    # ------------------------------------------------------------ units

    @cached_property
    def tree(self) -> UnitTree:
        return unit_tree(self.reader.units(), self.inputs.organisation)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """The units of the report that existed in its period, in tree order, the report's own unit (or the root) first."""
        below = self.tree.below(self.request.unit_code) if self.request.unit_code else frozenset(self.tree.units)
        days = (self.period.from_on, self.period.to_on)
        return {code: unit for code, unit in self.tree.units.items() if code in below and unit.is_valid_in(*days)}

    @cached_property
    def pilot_groups(self) -> dict[str, int | None]:
        return dict(self.reader.units().select("unit_code", "pilot_group").iter_rows())

    def accounts_of(self, group: int) -> str:
        """Whose accounts count in a group: `officers` or `clerks`."""
        accounts: dict[int, str] = dict(self.reader.groups().select("pilot_group", "accounts").iter_rows())
        return accounts.get(group, "officers")

    @property
    def is_trial(self) -> bool:
        """Whether the report speaks of the pilot, or of one of its two groups."""
        groups = self.reader.groups()["pilot_group"].to_list()
        return self.request.population != "all" and PILOT in populations_of(groups)

    @property
    def whole_code(self) -> str | None:
        """Code of the unit that is the whole of this report: its own, else the tree's root."""
        return self.request.unit_code or (self.tree.root.code if self.tree.root else None)

    def name_of(self, unit: Unit | str | None) -> str:
        """A unit as official text calls it: `Vụ 4`, `VKSND tỉnh Quảng Ninh`; the whole organisation without one."""
        if isinstance(unit, str):
            unit = self.tree.units.get(unit)
        if unit is None:
            return self.everyone
        organisation, abbreviation = self.inputs.organisation, self.inputs.words.abbreviation
        if begins_with(unit.name, organisation):
            return printable(abbreviation + unit.name[len(organisation) :] if abbreviation else unit.name)
        return printable(unit.label)

    @property
    def everyone(self) -> str:
        """The whole organisation within a sentence."""
        whole = printable(words_in(self.language)["whole"])
        return ("the " if self.language == "en" else "") + whole[:1].lower() + whole[1:]

    def with_unit_names(self, text: str) -> str:
        """A check's sentence with units called by name instead of code."""

        def named(word: str) -> str:
            code = word.rstrip(".")
            return self.name_of(code) + word[len(code) :] if code in self.tree.units else word

        return printable(re.sub(r"[A-Za-zĐđ0-9_.-]+", lambda word: named(word.group()), text))

    def group_of(self, name: str) -> int | None:
        """The pilot group that a metric's figures are restricted to here."""
        return self.request.selection.group_for(metric(name).of)

    # ------------------------------------------------------------ figures

    def figures(self, names: Sequence[str], period: Period | None = None) -> dict[str, Figure]:
        """The figures of the whole of this report by name."""
        frame = self.reader.values(names, self.request.selection, period or self.period)
        return {row["metric"]: self._figure(row) for row in frame.iter_rows(named=True)}

    def figure(self, name: str) -> Figure:
        return self.figures([name])[name]

    def by_window(self, names: Sequence[str]) -> list[tuple[Period, dict[str, Figure]]]:
        """The figures of the period, then of the second window where the report has one."""
        return [(period, self.figures(names, period)) for period in (self.period, self.flow) if period is not None]

    def over_time(self, names: Sequence[str], by: TimeStep) -> list[dict[str, Figure]]:
        """The figures of the whole in each week or month of the period, in order."""
        parts: dict[date, dict[str, Figure]] = {}
        for name in names:
            rows = self.reader.values([name], self.request.selection, self.period, by=by)
            for row in rows.slice(1).iter_rows(named=True):  # the whole period stands first
                parts.setdefault(row["period_from"], {})[name] = self._figure(row)
        return [parts[first] for first in sorted(parts)]

    def by_unit(self, names: Sequence[str], period: Period | None = None) -> dict[str, dict[str, Figure]]:
        """The figures of each unit with its subtree by unit and name, in tree order; units without a row of that population are left out."""
        frame = self.reader.values(names, self.request.selection, period or self.period, by="unit")
        found: dict[str, dict[str, Figure]] = {code: {} for code in self.units}
        for row in frame.drop_nulls("unit_code").iter_rows(named=True):
            if row["unit_code"] in found:
                found[row["unit_code"]].setdefault(row["metric"], self._figure(row))
        return {code: figures for code, figures in found.items() if figures}

    def compared_units(self, name: str = "activation_rate") -> list[ComparedUnit]:
        """Where the units directly below the whole that have any denominator stand on a ratio, in tree order."""
        selection = self.request.selection
        now = self.reader.values([name], selection, self.period, by="unit")
        below = [unit.code for unit in self.units.values() if unit.parent_code == self.whole_code and unit.code != self.whole_code]
        sizes = self.reader.values([UNIT_SIZE], selection, self.period, by="unit").drop_nulls("unit_code")
        levels = self.reader.units().select("unit_code", "level")
        compared = standings(name, now, None, levels, sizes.select("unit_code", size="numerator"), self.targets).filter(
            pl.col("unit_code").is_in(below)
        )
        figures = {row["unit_code"]: self._figure(row) for row in now.slice(1).iter_rows(named=True) if row["unit_code"] in below}
        found = [
            ComparedUnit(self.tree.units[row["unit_code"]], figures[row["unit_code"]], row["position"], row["target"], row["missing"])
            for row in compared.filter(pl.col("unit_code").is_in(below)).iter_rows(named=True)
        ]
        return [one for one in found if one.figure.denominator]

    def peer_places(self, names: Sequence[str]) -> dict[str, PeerPlace]:
        """The unit's place on each ratio; nothing where the policy shows nothing of peers."""
        try:
            frame = self.reader.peer_places(names, self.request.selection)
        except AccessDenied:
            return {}
        return {row["metric"]: PeerPlace(row["quarter"], row["low"], row["high"]) for row in frame.iter_rows(named=True)}

    @cached_property
    def targets(self) -> pl.DataFrame:
        return pl.DataFrame(list(self.inputs.targets), schema=TARGET_SCHEMA, orient="row")

    def target(self, figure: Figure) -> float | None:
        """The target in force for a figure on the last day of its period."""
        asked = (figure.metric, figure.unit_code, figure.period_to)
        if asked not in self._targets:
            self._targets[asked] = self._target_of(figure)
        return self._targets[asked]

    def _target_of(self, figure: Figure) -> float | None:
        if figure.metric not in {row[0] for row in self.inputs.targets}:
            return None
        row = {"metric": figure.metric, "unit_code": figure.unit_code, "period_to": figure.period_to, "value": figure.value}
        schema = {"metric": pl.String, "unit_code": pl.String, "period_to": pl.Date, "value": pl.Float64}
        aimed = with_targets(pl.DataFrame([row], schema=schema), self.reader.units().select("unit_code", "level"), self.targets)
        found: float | None = aimed["target"][0]
        return found

    def change(self, now: Figure, before: Figure | None) -> str | None:
        """How a figure moved, in words; None where either has no value, or where the data speak of a part of either window only."""
        if before is None or not all(self._is_comparable(one) for one in (now, before)):
            return None
        return change_text(now, before, self.language)

    def quality_of(self, figure: Figure) -> str:
        """What the figure can bear, in one line (`dashboard.session.quality_line`)."""
        one, period = metric(figure.metric), Period(figure.period_from, figure.period_to)
        covered = self.reader.coverage(one.name, self.request.selection, period)
        cases = figure.numerator if isinstance(one, Duration) else figure.denominator
        about = (figure.label, self.name_of(figure.unit_code), f"{official_day(period.from_on, 'vi')} – {official_day(period.to_on, 'vi')}")
        before = [f"{old.report}: {old.then}" for old in self.inputs.restated if (old.label, old.scope, old.period) == about]
        return quality_line(one, covered, cases, self.info.first_on, self.language, "; ".join(before))

    def _is_comparable(self, figure: Figure) -> bool:
        return self.reader.is_comparable(figure.metric, Period(figure.period_from, figure.period_to))

    def missing(self, figure: Figure) -> int | None:
        """How many more (fewer, where less is better) reach the target; None without one."""
        target = self.target(figure)
        if target is None or figure.numerator is None or not figure.denominator:
            return None
        return distance(figure.numerator, figure.denominator, target, metric(figure.metric).good)

    def figures_by_key(self, keys: Iterable[str]) -> tuple[Figure, ...]:
        """The figures of those keys, each once, in the order in which they are first asked for."""
        return tuple(self._figures[key] for key in dict.fromkeys(keys))

    def _figure(self, row: dict[str, Any]) -> Figure:
        """The figure of a row of `metrics.query.metric_values`."""
        one, unit = metric(row["metric"]), row["unit_code"]
        group, period = self.group_of(one.name), Period(row["period_from"], row["period_to"])
        parts = (one.name, unit or "", "" if group is None else f"g{group}", period.from_on.isoformat(), period.to_on.isoformat())
        key = ":".join(parts)
        if key not in self._figures:
            numerator, denominator = (None if row[side] is None else int(row[side]) for side in ("numerator", "denominator"))
            value = None if row["value"] is None else float(row["value"])
            kind: Kind = "rate" if isinstance(one, Ratio) else "days" if isinstance(one, Duration) else "count"
            self._figures[key] = Figure(
                key=key,
                metric=one.name,
                label=in_language(one, "label", self.language),
                unit_code=unit,
                group=group,
                tree="as_was",
                period_from=period.from_on,
                period_to=period.to_on,
                numerator=numerator,
                denominator=denominator,
                value=value,
                kind=kind,
                definition_version=str(one.version),
                text=figure_text(one, numerator, denominator, value, self.language),
                failed_checks=self._failed(one.name, unit, period),
                coverage_days=row["coverage_days"],
            )
        return self._figures[key]

    # ------------------------------------------------------------ checks and inputs

    def checks(self, period: Period | None = None) -> list[CheckResult]:
        """The coherence checks on the figures of a window of this report; none where the viewer may not ask."""
        asked = period or self.period
        if asked not in self._checks:
            selection = replace(self.request.selection, from_on=asked.from_on, to_on=asked.to_on)
            try:
                self._checks[asked] = self._checked_with_all(selection) if self.is_per_unit else self.reader.checks(selection)
            except AccessDenied:
                self._checks[asked] = []
        return self._checks[asked]

    def failed_checks(self) -> list[CheckResult]:
        """Those of the period that fail."""
        return [check for check in self.checks() if check.outcome == Outcome.FAILED]

    def failed_check_text(self, check: CheckResult) -> str:
        """A failed check within a sentence: where it fails by name, or by its figures where it fails only as a whole."""
        label = check.label if self.language == "vi" else check.label_en
        words = {"vi": "kiểm tra nhất quán “{}” chưa đạt", "en": "the check “{}” fails"}[self.language].format(label)
        if check.unit_codes:
            where = {"vi": "tại", "en": "at"}[self.language]
            return f"{words} {where} {names_in_a_row([self.name_of(code) for code in check.unit_codes], self.language)}"
        detail = self.with_unit_names(check.detail if self.language == "vi" else check.detail_en).rstrip(".")
        return f"{words} ({in_sentence(detail)})"

    def annex_called(self, section: str) -> str:
        """`Phụ lục III`: where a section stands in this kind of report; empty where it has none."""
        names = [part.section for part in kind_named(self.request.kind).annexes]
        return f"Phụ lục {ROMAN[names.index(section)]}" if section in names else ""

    def _checked_with_all(self, selection: Selection) -> list[CheckResult]:
        """What the checks on all units, run once for every unit's report, say of the units of this one; nothing of any other."""
        whole = Reader(Viewer("statistics"), self.reader.path).checks(replace(selection, unit_code=None, population="all"))
        results = []
        for check in whole:
            own = tuple(code for code in check.unit_codes if code in self.units)
            outcome = Outcome.FAILED if own else Outcome.PASSED if check.outcome == Outcome.FAILED else check.outcome
            results.append(replace(check, outcome=outcome, unit_codes=own, detail=", ".join(map(self.name_of, own))))
        return results

    def accounting(self) -> pl.DataFrame | None:
        """Where the rows of the sources went (`metrics.query.snapshot_quality.accounting`); None where the viewer may not know."""
        try:
            return self.reader.making().accounting
        except AccessDenied:
            return None

    def _failed(self, name: str, unit: str | None, period: Period) -> tuple[str, ...]:
        """Names of the failed checks that concern a figure; windows beside the report's own two are not checked."""
        if period not in (self.period, self.flow):
            return ()
        failed = [check for check in self.checks(period) if check.outcome == Outcome.FAILED and name in check.concerns]
        if unit is None or unit == self.request.unit_code:
            return tuple(check.name for check in failed)
        below = self.tree.below(unit)
        return tuple(check.name for check in failed if below & set(check.unit_codes))

    def explanations(self) -> list[Explanation]:
        """Those that speak of days of the period, of units of this report, in tree order."""
        order = {code: place for place, code in enumerate(self.tree.units)}
        found = [
            one
            for one in self.inputs.explanations
            if one.unit_code in self.units and one.from_on <= self.period.to_on and one.to_on >= self.period.from_on
        ]
        return sorted(found, key=lambda one: (order[one.unit_code], one.from_on, one.subject))


def require_unit(tree: UnitTree, code: str) -> None:
    """Raises ConfigurationError where the snapshot has no such unit."""
    if code not in tree.units:
        raise ConfigurationError(f"There is no unit {code!r} in this snapshot. `vanban metrics --by unit` lists the codes.")
