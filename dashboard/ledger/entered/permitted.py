"""Entries as one viewer may handle them: every step asks the policy first, with the unit and the days of the ledger's own entry."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.ledger.actor import Actor
from dashboard.ledger.address import has_ledger
from dashboard.ledger.entered.entries import Entries, Entry
from dashboard.ledger.entered.kinds import KINDS, Content, EntryKind, kind_of
from dashboard.session import policy
from dashboard.session.queries import AccessDenied
from data.paths import Home


@dataclass(frozen=True)
class PermittedEntries:
    """What a viewer does with entries; `actor` is who they are."""

    home: Home
    viewer: policy.Viewer
    actor: Actor

    def kinds(self) -> list[EntryKind]:
        """The kinds that the viewer may enter at all."""
        return [kind for kind in KINDS.values() if self._may_enter_kind(kind)]

    def units(self, known: Collection[str]) -> list[str]:
        """Of the units known, those that the viewer may enter for, in their order."""
        today = date.today()
        return [code for code in known if policy.may(self.viewer, "enter", code, (today, today), "declaration")]

    def may(self, action: policy.Action, entry: Entry) -> bool:
        """Whether the viewer may do this with an entry."""
        if action == "enter" and not self._may_enter_kind(kind_of(entry.kind)):
            return False
        return policy.may(self.viewer, action, entry.unit_code or None, entry.days, "declaration")

    def newest(self, kind: str) -> list[Entry]:
        """The newest version of everything of a kind that the viewer may see, what waits for a decision first."""
        if not has_ledger(self.home):
            return []
        with Entries(self.home, self.actor) as entries:
            return [one for one in entries.newest(kind) if self.may("read", one)]

    def entry(self, entry_id: int) -> Entry:
        """One entry. Raises AccessDenied where there is none that the viewer may see: which of the two is not told."""
        with Entries(self.home, self.actor) as entries:
            found = next((one for one in entries.newest() if one.entry_id == entry_id), None)
        if found is None or not self.may("read", found):
            raise AccessDenied
        return found

    def counting(self, entry: Entry) -> Entry | None:
        """The version of the same thing that counts now, which an approval would supersede; None where there is none."""
        with Entries(self.home, self.actor) as entries:
            return next((one for one in entries.versions(entry.entry_id) if one.state == "approved"), None)

    def enter(self, kind: str, contents: Sequence[Content], is_submitted: bool) -> list[Entry]:
        """New entries, all of them or none."""
        found = kind_of(kind)
        for content in contents:
            self._require_to_enter(found, content, f"kind {kind}")
        with Entries(self.home, self.actor) as entries:
            return entries.enter(kind, contents, is_submitted)

    def edit(self, entry_id: int, revision: int, content: Content) -> Entry:
        """Changes a draft, or begins a correction; as the ledger has it and as it is to be, it is the viewer's to enter."""
        self._require_to_enter(kind_of(self._require_for("enter", entry_id).kind), content, f"entry {entry_id}")
        with Entries(self.home, self.actor) as entries:
            return entries.edit(entry_id, revision, content)

    def submit(self, entry_id: int, revision: int) -> Entry:
        """Hands a draft on to those who decide."""
        self._require_for("enter", entry_id)
        with Entries(self.home, self.actor) as entries:
            return entries.submit(entry_id, revision)

    def withdraw(self, entry_id: int, revision: int, reason: str) -> Entry:
        """Asks that what counts no longer does."""
        self._require_for("enter", entry_id)
        with Entries(self.home, self.actor) as entries:
            return entries.withdraw(entry_id, revision, reason)

    def return_(self, entry_id: int, revision: int, remark: str) -> Entry:
        """Gives what was submitted back, with the reason."""
        self._require_for("decide", entry_id)
        with Entries(self.home, self.actor) as entries:
            return entries.return_(entry_id, revision, remark)

    def approve(self, entry_id: int, revision: int) -> Entry:
        """Lets what was submitted count."""
        self._require_for("decide", entry_id)
        with Entries(self.home, self.actor) as entries:
            return entries.approve(entry_id, revision)

    def _may_enter_kind(self, kind: EntryKind) -> bool:
        return kind.units_enter or self.viewer.role == "statistics"

    def _require_for(self, action: policy.Action, entry_id: int) -> Entry:
        """Asks with the ledger's own entry, whatever the page holds, and gives it back."""
        with Entries(self.home, self.actor) as entries:
            found = entries.entry(entry_id)
        self._require(self.may(action, found), action, f"entry {entry_id}")
        return found

    def _require_to_enter(self, kind: EntryKind, content: Content, thing: str) -> None:
        days = (date.fromisoformat(str(content[kind.first_day])), date.fromisoformat(str(content[kind.last_day])))
        unit = str(content.get("unit_code") or "") or None
        self._require(self._may_enter_kind(kind) and policy.may(self.viewer, "enter", unit, days, "declaration"), "enter", thing)

    def _require(self, is_allowed: bool, action: str, thing: str) -> None:
        if is_allowed:
            return
        with Entries(self.home, self.actor) as entries:
            entries.tell_refused(action, thing, "policy")
        raise AccessDenied
