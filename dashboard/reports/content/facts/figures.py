"""A report's figures by name, window and unit: each is read once, and printed alike wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dashboard.reports.content.blocks import Figure, Kind
from dashboard.reports.content.facts.checks import ChecksOfReport
from dashboard.reports.content.text import change_text, figure_text, official_day
from dashboard.session.quality_line import quality_line
from data.language import in_language
from metrics.catalog import metric
from metrics.model import Duration, Ratio
from metrics.periods import Period, TimeStep


@dataclass
class FiguresOfReport(ChecksOfReport):
    """Read through `dashboard.session.queries` as the report's viewer may see them."""

    _figures: dict[str, Figure] = field(default_factory=dict)

    def figures(self, names: Sequence[str], period: Period | None = None) -> dict[str, Figure]:
        """The figures of the whole of this report by name; none of no name."""
        if not names:
            return {}
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

    def change(self, now: Figure, before: Figure | None) -> str | None:
        """How a figure moved, in words; None where either has no value, or where the data speak of a part of either window only."""
        if before is None or not all(self.is_comparable(one) for one in (now, before)):
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

    def is_comparable(self, figure: Figure) -> bool:
        """Whether the data speak of all its days; of a state, of the last one."""
        return self.reader.is_comparable(figure.metric, Period(figure.period_from, figure.period_to))

    @property
    def all_figures(self) -> Mapping[str, Figure]:
        """Every figure that was read until now, by key."""
        return self._figures

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
                failed_checks=self.failed_of(one.name, unit, period),
                coverage_days=row["coverage_days"],
            )
        return self._figures[key]
