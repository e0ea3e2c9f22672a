"""I. Whom the report speaks of, on which days, and up to when the sources speak."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.comparison import called_whole
from dashboard.reports.content.text import in_sentence, official_count
from dashboard.reports.layout.printable_text import printable
from dashboard.ui.unit_names import Unit

MOST_NAMED = 5
"""Units of a level that are named; more are counted."""
TITLE = "Phạm vi, kỳ báo cáo và số liệu"


def write(data: ReportData) -> list[Block]:
    """Scope, days and cut-off, and how figures are to be read."""
    return [_scope(data), data.say("days"), data.say("cutoff")]


def _named(data: ReportData, group: int) -> list[str]:
    """The units of a group as official text names them: those of a level by name where they are few, else counted; with those below them."""
    own = [unit for code, unit in data.units.items() if data.pilot_groups.get(code) == group]
    codes = {unit.code for unit in own}
    by_level: dict[str, list[Unit]] = {}
    for unit in own:
        if unit.parent_code not in codes:
            by_level.setdefault(unit.level, []).append(unit)
    labels = dict(data.reader.levels().select("level", "label_vi").iter_rows())
    named: list[str] = []
    for level, units in by_level.items():
        label = _abbreviated(data, str(labels.get(level, "đơn vị")))
        label = label if label[:2].isupper() else in_sentence(label)
        named += [called_whole(data, unit.code) for unit in units] if len(units) <= MOST_NAMED else [f"{official_count(len(units), 'vi')} {label}"]
    return named


def _abbreviated(data: ReportData, label: str) -> str:
    """A level's label with the organisation's abbreviation in place of its name."""
    organisation, abbreviation = data.inputs.organisation, data.inputs.words.abbreviation
    return printable(label.replace(organisation, abbreviation) if organisation and abbreviation else label)


def _scope(data: ReportData) -> Block:
    population = data.request.population
    if data.request.unit_code is not None:
        return data.say("scope.unit", below=len(data.units) - 1)
    groups = [data.pilot_groups.get(code) for code in data.units]
    if population == "all" or not groups.count(1):
        return data.say("scope.whole")
    if population == "pilot":
        named = {"first_named": _named(data, 1), "second_named": _named(data, 2)}
        return data.say("scope.pilot", first=groups.count(1), second=groups.count(2), **named)
    return data.say("scope.group", units=groups.count(int(population)), group=int(population), accounts=data.accounts_of(int(population)))
