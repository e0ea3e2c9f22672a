"""Asking for mails on a page, clicked through: for who has signed in with an address that the provider names, and by the rights of the moment."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ledger.people import People, Person, place_of
from dashboard.ledger.subscriptions import Subscription, Subscriptions
from dashboard.session.entrance import VARIABLE
from data.paths import Home
from tests.dashboard.follow_up.test_sending import ISSUER, mail_home


def foot() -> None:
    """The foot of a page, as the frame draws it for whoever looks."""
    from dashboard.session.look import look
    from dashboard.ui.page_context import Page
    from dashboard.ui.translations import use_language
    from dashboard.views.overview.subscription import draw_subscription
    from data.configuration import read_configuration
    from data.paths import home_of

    use_language("vi")
    home = home_of(None)
    seen = look(home, read_configuration(home))
    draw_subscription(Page(seen.reader, seen.selection, seen.tree, ""))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = mail_home(tmp_path, 1, 2)
    with People(home) as people:
        people.give([Person(ISSUER, "an", "An", place_of("unit", "U001"))], "test")
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    monkeypatch.setenv(VARIABLE, "sign_in")
    return home


def opened(**claims: object) -> AppTest:
    run = AppTest.from_function(foot, default_timeout=60)
    run.user = {"is_logged_in": True, "iss": ISSUER, "sub": "an", "name": "An", "email": "an@example.vn", **claims}
    run.run()
    assert not run.exception, run.exception
    return run


def kept(home: Home) -> list[Subscription]:
    with Subscriptions(home) as subscriptions:
        return subscriptions.all()


def test_asked_for_changed_and_ended(home: Home) -> None:
    run = opened()
    run.checkbox(key="subscription_is_weekly").set_value(True)
    run.button(key="subscription_save").click().run()
    (one,) = kept(home)
    assert (one.address, one.unit_code, one.is_weekly, one.is_monthly, one.has_alerts) == ("an@example.vn", "", True, False, False)
    run = opened(groups=["g-x"])
    assert run.checkbox(key="subscription_is_weekly").value
    assert kept(home)[0].groups == {"g-x"}, "who comes again brings the groups of today"
    run.checkbox(key="subscription_is_weekly").set_value(False)
    run.button(key="subscription_save").click().run()
    assert kept(home) == []


def test_without_a_proven_address_nothing_can_be_asked_for(home: Home) -> None:
    unproven: list[dict[str, object]] = [{"email": ""}, {"email": "an@example.vn", "email_verified": False}, {"email": "a\r\nBcc: b@x.vn"}]
    for claims in unproven:
        assert not opened(**claims).checkbox, claims


def test_a_click_that_comes_after_the_rights_are_gone_does_nothing(home: Home) -> None:
    run = opened()
    run.checkbox(key="subscription_is_monthly").set_value(True)
    with People(home) as people:
        people.disable(ISSUER, "an")
    run.button(key="subscription_save").click().run()
    assert kept(home) == []


def test_where_nobody_signs_in_or_no_mail_is_sent_there_is_no_form(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.config.write_text(home.config.read_text(encoding="utf-8").replace("[report.mail]", "[report.x]"), encoding="utf-8")
    assert not opened().checkbox
    monkeypatch.setenv(VARIABLE, "local")
    assert not opened().checkbox
