"""What a schedule of mails did, in words; where a mail server did not take some, that is an error after all others were tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.terminal.console import tell
from data.errors import SourceUnreachable

if TYPE_CHECKING:
    from dashboard.follow_up.sending import Sent

REASONS = {
    "disabled": "let in no longer",
    "none": "has no role now (or has not come for so long that groups at the provider are believed no more)",
    "several": "has several roles",
    "unit": "the unit is not among those of the figures",
    "policy": "may not see that unit now",
}


def tell_sent(sent: Sent) -> None:
    """Tells it. Raises SourceUnreachable where the mail server did not take some."""
    tell(f"{sent.mails} mails sent; {sent.recipients} people get mails.")
    for address, reason in dict.fromkeys(sent.shut_out):
        tell(f"Not sent to {address}: {REASONS[reason]}.")
    for address, thing in sent.unsure:
        tell(f"Not sent again to {address}: {thing} broke off before, and may have arrived.")
    if sent.refused:
        address, error = sent.refused[0]
        raise SourceUnreachable(f"{len(sent.refused)} mails were not taken, the first to {address}: {error} The next call tries them again.")
