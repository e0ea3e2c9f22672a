"""I. Whom the report speaks of, on which days, and up to when the sources speak."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData

TITLE = "Phạm vi, kỳ báo cáo và số liệu"


def write(data: ReportData) -> list[Block]:
    """Scope, days and cut-off, and how figures are to be read."""
    return [_scope(data), data.say("days"), data.say("cutoff")]


def _scope(data: ReportData) -> Block:
    population = data.request.population
    if data.request.unit_code is not None:
        return data.say("scope.unit", below=len(data.units) - 1)
    groups = [data.pilot_groups.get(code) for code in data.units]
    if population == "all" or not groups.count(1):
        return data.say("scope.whole")
    if population == "pilot":
        return data.say("scope.pilot", first=groups.count(1), second=groups.count(2))
    return data.say("scope.group", units=groups.count(int(population)), group=int(population), accounts=data.accounts_of(int(population)))
