"""`vanban alerts`: opens a case for each fall beyond chance, lost target and for late data, and mails those who asked; for a timer of its own."""

from __future__ import annotations

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(home: HomeOption = None) -> None:
    """Look for falls beyond chance, lost targets, silence and late data: one case each, one mail to each who asked; nothing twice."""
    from datetime import UTC, datetime

    import polars as pl

    from cli.report.request import without_page_warnings
    from cli.terminal.options import speak_as
    from cli.upkeep.mailed import tell_sent
    from dashboard.follow_up.alerts import find_alerts, late_data, open_cases
    from dashboard.follow_up.sending import is_sending, send_alerts
    from dashboard.reports.content.inputs import read_inputs, statistics_reader
    from dashboard.server.health import oldest_age
    from dashboard.ui.unit_names import unit_tree
    from data.configuration import read_configuration
    from metrics.comparison.targets import SCHEMA

    place = without_page_warnings(existing_home(home))
    speak_as(place)
    inputs = read_inputs(place)
    reader = statistics_reader(place, inputs)
    tree = unit_tree(reader.units(), inputs.organisation)
    at = datetime.now(UTC)
    found = find_alerts(reader, tree, pl.DataFrame(inputs.targets, schema=SCHEMA, orient="row"))
    late = late_data(reader, tree, oldest_age(read_configuration(place), reader.info), at)
    opened = open_cases(place, [*late, *found], tree.units)
    for alert, case in opened:
        print(f"{case.entry_id} {alert.finding} {alert.unit_code} {alert.metric}".rstrip() + alert.detail)
    is_late = f" The data end on {reader.info.cutoff_on}, which is too long ago." if late else ""
    tell(f"{len(found)} alerts in the newest whole month; {len(opened)} cases opened.{is_late}")
    if is_sending(place):
        tell_sent(send_alerts(place, at))
