"""The ledger of declarations: who declared what for which days, beside what was measured on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class LedgerRow:
    """One declaration as text; `issued_of` is the share drawn as a bar, `remark` what is wrong with it (empty: nothing)."""

    code: str
    name: str
    title: str
    href: str
    days: str
    declared: str
    issued: str
    issued_of: float
    remark: str
    declared_at: str
    declared_by: str
    approved_by: str


def ledger_table(rows: Sequence[LedgerRow], heads: Sequence[str], good: str, caption: str) -> str:
    """The table; heads are those of unit, days, declared, issued, state, when, by whom, approved by."""
    head = "".join(f'<th scope="col"{" class=number" if place in (2, 3) else ""}>{escape(text)}</th>' for place, text in enumerate(heads))
    body = "".join(_row(row, good) for row in rows)
    table = f'<caption class="unseen">{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
    return (
        f'<div class="wide-table tall" tabindex="0" role="region" aria-label="{escape(caption)}"><table class="figures ledger">{table}</table></div>'
    )


def _row(row: LedgerRow, good: str) -> str:
    state = f'<td class="look">▲ {escape(row.remark)}</td>' if row.remark else f'<td class="holds">✓ {escape(good)}</td>'
    bar = f'<span class="inline-bar" aria-hidden="true"><i style="width:{100 * min(1.0, row.issued_of):.1f}%"></i></span>'
    name = f'<a href="{escape(row.href)}" target="_self" title="{escape(row.title)}">{escape(row.name)}</a>'
    counts = f'<td class="number strong">{escape(row.declared)}</td><td class="number with-bar">{escape(row.issued)}{bar}</td>'
    persons = f'<td class="hash">{escape(row.declared_by)}</td><td class="hash">{escape(row.approved_by)}</td>'
    return (
        f'<tr data-unit="{escape(row.code)}"><th scope="row">{name}</th><td>{escape(row.days)}</td>{counts}{state}'
        f"<td>{escape(row.declared_at)}</td>{persons}</tr>"
    )
