"""Promise P10 on pages: what the sources do not deliver has no card, no panel and no number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from metrics.catalog import METRICS
from metrics.query.delivered import needs_of
from tests.dashboard.reports.content.test_unknown_figures import ALL, rows
from tests.dashboard.reports.report_homes import tiny_home

VIEWS = ("overview", "documents", "quality")
PARTS = {
    "logins alone": {"account.account_key", "account.activated_at", "access_event.kind=login", "document.direction=outgoing"},
    "forms alone": {"account.account_key", "document.direction=outgoing", "document.form"},
    "seals alone": {"account.account_key", "account.activated_at", "document.direction=outgoing", "document.organ_signed_at"},
    "all but logins": ALL - {"access_event.kind=login"},
}


def draw(root: str, view: str) -> None:
    """The script of one page, as the frame draws it."""
    from pathlib import Path

    from dashboard.session.policy import Viewer
    from dashboard.session.queries import pin
    from dashboard.session.state import default_selection, parse
    from dashboard.ui.page_context import Page
    from dashboard.views import PAGES
    from data.paths import Home

    reader = pin(Home(Path(root)), Viewer("statistics"))
    tree = reader.tree("")
    first = default_selection({}, reader.info.cutoff_on)
    selection, _ = parse({"from": "2024-07-01", "to": "2024-07-31", "population": "all"}, first, tree.units)
    PAGES[view].render(Page(reader, selection, tree, ""))


@pytest.mark.parametrize("name", PARTS)
def test_a_page_draws_no_number_of_what_was_not_delivered(tmp_path: Path, name: str) -> None:
    home = tiny_home(tmp_path, rows(PARTS[name]))
    unknown = {one.name for one in METRICS if any(not either & PARTS[name] for either in needs_of(one, one.population))}
    for view in VIEWS:
        run = AppTest.from_function(draw, kwargs={"root": str(home.root), "view": view}, default_timeout=60).run()
        assert not run.exception, (view, run.exception)
        html = "\n".join(str(element.proto.body) for element in run.get("html"))
        assert html
        said = dict(re.findall(r'data-metric="(\w+)"[^>]*>\s*([^<]*)', html))
        assert {metric: words for metric, words in said.items() if metric in unknown and re.search(r"\d", words)} == {}, view
        assert not {f'data-card="{metric}"' for metric in unknown} & set(re.findall(r'data-card="\w+"', html))


@pytest.mark.parametrize("is_alone", [True, False])
def test_the_card_of_logins_says_that_last_logins_alone_are_known(tmp_path: Path, is_alone: bool) -> None:
    delivered = ALL - {"access_event.kind=login"} | {"access_event.kind=last_login"} if is_alone else ALL
    home = tiny_home(tmp_path, rows(delivered))
    run = AppTest.from_function(draw, kwargs={"root": str(home.root), "view": "overview"}, default_timeout=60).run()
    assert ("Nguồn chỉ ghi lần đăng nhập gần nhất" in "".join(str(element.proto.body) for element in run.get("html"))) is is_alone
