"""The ledger: a small database of its own for what people decide (pinned reports, approvals, revisions); never mixed with what was measured."""

from dashboard.ledger.address import has_ledger
from dashboard.ledger.pins import Approval, FinishedReport, Ledger, Pin, Record

__all__ = ["Approval", "FinishedReport", "Ledger", "Pin", "Record", "has_ledger"]
