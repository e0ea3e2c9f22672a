"""The ledger: a small database of its own for what people decide (pinned reports, approvals, revisions); never mixed with what was measured.

What people enter is in `entered`, each kind (`kinds.KINDS`) with the same steps. A follow-up case, for instance, has the fields `unit_code`,
`metric` and `finding` (why it was opened; both may be empty), `opened_on`, `cause`, `measure`, `deadline` and `status` (open, or settled with
a `result`):

- `kinds.checked(KINDS["case"], fields, units)` gives its content, or a FieldError that names the field;
- `permitted.PermittedEntries(home, viewer, actor)` is what a page uses: `newest("case")` is what the viewer may see, `enter`, `edit`, `submit`,
  `return_`, `approve` and `withdraw` ask the policy with the ledger's own entry;
- `entries.Entries(home, actor)` is what a command or the schedule uses, who may do everything: a second case of the same unit, metric and day that
  is not decided to the end is a StaleEntry, so that an alert opens one;
- `approved.approved(home, "case")` is what counts, for reports: the contents that were approved and neither superseded nor withdrawn.
"""

from dashboard.ledger.address import has_ledger
from dashboard.ledger.pins import Approval, FinishedReport, Ledger, Pin, Record

__all__ = ["Approval", "FinishedReport", "Ledger", "Pin", "Record", "has_ledger"]
