"""The minute on paper: targets met and missed, what changed and why, whose leaders to call; the same facts as the first screen of the overview."""

from __future__ import annotations

from dashboard.minute import RATES, Minute, cause_text, read_minute
from dashboard.reports.content.blocks import Block, Column, Table
from dashboard.reports.content.report_data import ComparedUnit, ReportData
from dashboard.reports.content.sections.brief import rates_table
from dashboard.reports.content.tables import count_cell, number_cell, rate_cell, table, text_cell, under_cell

TITLE = "Một phút"
METRIC = "activation_rate"
MOST_UNITS = 5
LOW = {
    "vi": ("Đơn vị cần liên hệ", "Đơn vị", "Tử số", "Mẫu số", "Tỷ lệ", "Dưới mức ngẫu nhiên"),
    "en": ("Whom to call", "Unit", "Numerator", "Denominator", "Rate", "Below chance"),
}


def write(data: ReportData) -> list[Block]:
    """The verdict, three changes with their cause, the units, the rates."""
    if all(figure.numerator is None for figure in data.figures(RATES).values()):
        return [data.say("brief.what"), data.say("brief.no_data")]
    name = METRIC if METRIC in data.known else next((rate for rate in RATES if rate in data.known), METRIC)
    minute = read_minute(data.reader, data.request.selection, data.tree, data.targets, data.earlier, name)
    figures = data.figures(RATES)
    missed = [figures[aim.figure.metric] for aim in minute.missed]
    blocks: list[Block] = [data.say("brief.what"), data.say("minute.verdict", met=minute.met, aims=len(minute.aims), missed=missed)]
    blocks += _changes(data, minute)
    low = data.low_units(name)
    judged = minute.judged - len(minute.low)
    if minute.judged:
        blocks.append(data.say("minute.low", whole=data.figure(name), names=[data.name_of(one.unit) for one in low[:MOST_UNITS]], others=judged))
    if low:
        blocks.append(_low_table(data, low[:MOST_UNITS]))
    return [*blocks, rates_table(data, data.figures(data.shown(RATES)), RATES)]


def _changes(data: ReportData, minute: Minute) -> list[Block]:
    if data.earlier is None or not minute.changes:
        return [data.say("minute.unchanged")]
    then = data.figures([change.now.metric for change in minute.changes], data.earlier)
    items: list[Block] = []
    for place, change in enumerate(minute.changes, start=1):
        now = data.figure(change.now.metric)
        moved = data.change(now, then[now.metric])
        if moved:
            items.append(
                data.item(f"minute.change.{place}", figure=now, before=then[now.metric], moved=moved, cause=cause_text(change, data.language))
            )
    return [data.say("minute.changes", earlier=data.earlier), *items] if items else [data.say("minute.unchanged")]


def _low_table(data: ReportData, low: list[ComparedUnit]) -> Table:
    language = data.language
    caption, unit, over, under, ratio, excess = LOW[language]
    columns = [
        (Column(unit, weight=3.0), lambda one: text_cell(data.name_of(one.unit))),
        (Column(over, "count"), lambda one: count_cell(one.figure, language)),
        (Column(under, "count"), lambda one: under_cell(one.figure, language)),
        (Column(ratio, "rate"), lambda one: rate_cell(one.figure, language)),
        (Column(excess, "count"), lambda one: number_cell(one.excess)),
    ]
    return table("minute.low_units", caption, low, columns)
