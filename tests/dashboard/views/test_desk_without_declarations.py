"""In a home whose sources declare no totals, people who sign in find the desk for cases, explanations, targets and events; nobody else does."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard.ledger.people import People, Person, place_of
from dashboard.session.entrance import VARIABLE
from data.paths import PROJECT
from tests.dashboard.follow_up.test_sending import ISSUER, mail_home


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_the_desk_has_its_place_for_who_signs_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_signed_in: bool) -> None:
    home = mail_home(tmp_path, 1, 2)
    with People(home) as people:
        people.give([Person(ISSUER, "an", "An", place_of("statistics"))], "test")
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    if is_signed_in:
        monkeypatch.setenv(VARIABLE, "sign_in")
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    if is_signed_in:
        app.user = {"is_logged_in": True, "iss": ISSUER, "sub": "an", "name": "An"}
    app.query_params.update({"lang": "vi", "role": "statistics"})
    app._page_hash = calc_hash("declarations")
    app.run()
    assert not app.exception, app.exception
    markup = "\n".join(str(part.proto.body) for part in app.get("html"))
    kinds = [one.options for one in app.get("button_group")]
    assert ("Theo dõi việc, giải trình, chỉ tiêu và sự kiện" in markup) is is_signed_in
    assert kinds == ([["Giải trình", "Việc theo dõi", "Chỉ tiêu", "Sự kiện"]] if is_signed_in else [])
