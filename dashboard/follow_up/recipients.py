"""Who gets mails: the people who asked for them, each with the eyes that they have now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dashboard.ledger.address import has_ledger
from dashboard.ledger.subscriptions import Subscription, Subscriptions
from dashboard.session import policy
from dashboard.session.people import Identity, NotLetIn, people_of, place_now, viewer_at
from dashboard.session.sign_in import read_sign_in
from dashboard.session.viewers import peer_policy
from dashboard.ui.unit_names import UnitTree
from data.configuration import read_configuration
from data.paths import Home

GROUPS_HOLD = timedelta(days=100)
"""How long groups at the provider are believed without the person having come again; the people table counts as it is at this moment."""


@dataclass(frozen=True)
class Recipient:
    """A subscription that may be served now."""

    subscription: Subscription
    viewer: policy.Viewer
    unit_code: str | None
    """Of whom they are told; None: of the whole."""

    def may_get(self, unit_code: str | None, days: tuple[date, date]) -> bool:
        """Whether figures of a unit and days may go out to them."""
        return policy.may(self.viewer, "export", unit_code, days, "aggregate")


def recipients(home: Home, tree: UnitTree, at: datetime) -> Iterator[Recipient | tuple[Subscription, str]]:
    """Everyone who asked for mails: as a recipient, or with the reason why they get none now (a key of `sign_in.shut_out_…`)."""
    configuration = read_configuration(home)
    sign_in = read_sign_in(home, configuration)
    if sign_in is None or not has_ledger(home):
        return
    peers, smallest = peer_policy(configuration)
    with Subscriptions(home) as subscriptions:
        wanted = subscriptions.all()
    for one in wanted:
        if one.issuer.rstrip("/") != sign_in.issuer.rstrip("/"):
            yield one, "none"  # of a provider that the home no longer names
            continue
        try:
            viewer = viewer_at(place_now(_identity(one, at), people_of(home).standing(one.issuer, one.subject), sign_in), tree, peers, smallest)
        except NotLetIn as refused:
            yield one, refused.reason
            continue
        unit = one.unit_code or viewer.home_unit
        yield (one, "unit") if unit is not None and unit not in tree.units else Recipient(one, viewer, unit)


def _identity(one: Subscription, at: datetime) -> Identity:
    is_fresh = one.seen_at is not None and at.astimezone(UTC) - one.seen_at <= GROUPS_HOLD
    return Identity(one.issuer, one.subject, one.name, one.groups if is_fresh else frozenset())
