"""Asking for mails at the foot of a page: the minute of each week or month, and alerts, to the address that the provider of sign-ins names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.ledger.actor import LONGEST_NAME
from dashboard.ledger.subscriptions import Subscription, Subscriptions
from dashboard.reports.archive.mail import checked_address, mail_settings
from dashboard.session.entrance import entrance
from dashboard.session.people import NotSignedIn, identity_of
from dashboard.session.sign_in import read_sign_in
from dashboard.ui.page_context import Page
from dashboard.ui.panel import remark
from dashboard.ui.translations import t
from dashboard.views.reports.outcome import actor_now, button_action, draw_outcome
from data.configuration import read_configuration
from data.errors import ConfigurationError, VanbanError
from data.paths import Home, home_of

WANTED = ("is_weekly", "is_monthly", "has_alerts")
_SEEN = "subscription_seen"


def draw_subscription(page: Page) -> None:
    """Draws what the person gets; nothing where nobody signs in, or the home sends no mail."""
    if entrance() != "sign_in":
        return
    home = home_of(None)
    if mail_settings(read_configuration(home)) is None:
        return
    claims = st.user.to_dict()
    try:
        asked = asked_by(home, claims, page)
    except VanbanError:
        return
    with Subscriptions(home) as kept:
        before = kept.of(asked.issuer, asked.subject)
        if before is not None and st.session_state.get(_SEEN) != sorted(asked.groups):
            kept.see(asked.issuer, asked.subject, asked.groups)
            st.session_state[_SEEN] = sorted(asked.groups)
    draw_outcome()
    with st.expander(t("subscription.title"), key="subscription"):
        if not asked.address:
            st.html(remark(t("subscription.no_address")))
            return
        st.html(remark(t("subscription.text", scope=page.scope_label)))
        for name in WANTED:
            st.checkbox(t(f"subscription.{name}"), value=bool(before and getattr(before, name)), key=f"subscription_{name}")

        def save() -> str:
            is_weekly, is_monthly, has_alerts = (bool(st.session_state.get(f"subscription_{name}")) for name in WANTED)
            now = asked_by(home, st.user.to_dict(), page)
            wanted = replace(now, is_weekly=is_weekly, is_monthly=is_monthly, has_alerts=has_alerts)
            with Subscriptions(home) as subscriptions:
                subscriptions.save(actor_now(page.reader.viewer), wanted)
            return t("subscription.ended" if wanted.is_empty else "subscription.saved", address=wanted.address)

        st.button(t("subscription.save"), key="subscription_save", on_click=button_action(page.reader.viewer, save))


def asked_by(home: Home, claims: Mapping[str, object], page: Page) -> Subscription:
    """A subscription of the person of a set of claims to the page's scope, with nothing asked for yet; without an address where none is proven.

    Raises NotSignedIn where the claims are nobody's.
    """
    sign_in = read_sign_in(home, read_configuration(home))
    if sign_in is None:
        raise NotSignedIn
    identity = identity_of(claims, sign_in)
    email = claims.get("email")
    address = ""
    if isinstance(email, str) and claims.get("email_verified") is not False:
        try:
            address = checked_address("email", email)
        except ConfigurationError:
            address = ""
    own = page.reader.viewer.home_unit
    unit = page.selection.unit_code if page.selection.unit_code not in (None, own) else ""
    return Subscription(identity.issuer, identity.subject, identity.name[:LONGEST_NAME], address, unit or "", page.language, groups=identity.groups)
