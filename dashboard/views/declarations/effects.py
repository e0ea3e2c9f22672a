"""What approving an entry would change, told before anybody approves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.ledger.entered.entries import Entry
from dashboard.ledger.entered.kinds import Field, kind_of
from dashboard.ledger.entered.permitted import PermittedEntries
from dashboard.session.state import Selection
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from metrics.catalog import METRICS


def changes_of(page: Page, permitted: PermittedEntries, entry: Entry) -> list[str]:
    """One line for each thing that changes; for a declared total also the ratio of its unit and days, where the data speak of them."""
    before = permitted.counting(entry)
    if entry.is_withdrawal:
        return [t("entries.takes_out"), t("entries.when_declared" if entry.kind == "declared_total" else "entries.when_withdrawn")]
    lines = [t("entries.replaces", version=before.version, who=before.edited_by) if before else t("entries.first_of_its_kind")]
    if entry.kind == "declared_total":
        lines.append(_total(page, entry, before))
    elif before is not None:
        lines += [
            t("entries.from_to", field=t(f"entries.field_{field.name}"), before=shown(page, field, then) or t("entries.nothing"), after=now)
            for field in kind_of(entry.kind).fields
            if (then := before.content[field.name]) != entry.content[field.name]
            and (now := shown(page, field, entry.content[field.name]) or t("entries.nothing"))
        ]
    lines.append(t("entries.when_declared" if entry.kind == "declared_total" else "entries.when_entered"))
    return lines


def shown(page: Page, field: Field, value: str | int) -> str:
    """A field's value as people read it; empty where nothing was entered."""
    if value == "":
        return ""
    if field.kind == "unit" and value in page.tree.units:
        return page.tree.label(str(value))
    if field.kind == "day":
        return written.day(date.fromisoformat(str(value)), page.language)
    if field.kind == "choice":
        return t(f"entries.choice_{field.name}_{value}")
    if field.kind == "metric":
        return metric_labels(page).get(str(value), str(value))
    return written.number(value, page.language) if isinstance(value, int) else str(value)


def metric_labels(page: Page) -> dict[str, str]:
    """The metrics' names by code."""
    return {metric.name: metric.label_en if page.language == "en" else metric.label for metric in METRICS}


def _total(page: Page, entry: Entry, before: Entry | None) -> str:
    """Declared before and after, and issued / declared with it."""
    value = int(entry.content["value"])
    from_on, to_on = entry.days
    declared = _declared(page, entry.unit_code, from_on, to_on)
    known = declared or (None, None)
    then = known[0] if known[0] is not None else int(before.content["value"]) if before else None
    words = t(
        "entries.total_changes",
        before=written.number(then, page.language) if then is not None else t("entries.nothing"),
        after=written.number(value, page.language),
    )
    issued = known[1]
    if issued is None or not value:
        return words
    return f"{words} " + t("entries.ratio_changes", issued=written.number(issued, page.language), rate=written.percent(issued / value, page.language))


def _declared(page: Page, unit_code: str, from_on: date, to_on: date) -> tuple[int | None, int | None] | None:
    """What counts in the published figures for the unit and just these days, and what was measured on them; None where nothing was declared."""
    selection: Selection = replace(page.selection, unit_code=unit_code, from_on=from_on, to_on=to_on, population="all", tree="as_was")
    if unit_code not in page.tree.units or not page.reader.may_read(selection, "declaration"):
        return None
    frame, _ = page.reader.declarations(selection)
    for row in frame.iter_rows(named=True):
        if (row["unit_code"], row["from_on"], row["to_on"]) == (unit_code, from_on, to_on):
            return int(row["value"]), int(row["issued"])
    return None
