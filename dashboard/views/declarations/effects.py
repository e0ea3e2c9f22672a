"""What approving an entry would change, told before anybody approves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dashboard.ledger.entered.entries import Entry
from dashboard.ledger.entered.permitted import PermittedEntries
from dashboard.session.state import Selection
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t


def changes_of(page: Page, permitted: PermittedEntries, entry: Entry) -> list[str]:
    """One line for each thing that changes; for a declared total also the ratio of its unit and days, where the data speak of them."""
    before = permitted.counting(entry)
    lines = [t("entries.replaces", version=before.version, who=before.edited_by) if before else t("entries.first_of_its_kind")]
    if entry.kind == "declared_total":
        lines.append(_total(page, entry, before))
    elif before is not None:
        lines += [
            t("entries.from_to", field=t(f"entries.field_{name}"), before=before.content[name], after=value)
            for name, value in entry.content.items()
            if before.content[name] != value
        ]
    lines.append(t("entries.when_declared" if entry.kind == "declared_total" else "entries.when_entered"))
    return lines


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
