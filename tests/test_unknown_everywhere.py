"""P10: what a source leaves out is a number on no surface, from the SELECT to pages, reports, checks and commands, for every metric."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.reports.content.kinds import KINDS
from data.outcomes import Outcome
from etl.run import run_etl
from etl.settings import load_settings
from metrics.catalog import METRICS
from metrics.coherence.checks import CHECKS
from metrics.query.delivered import needs_of
from tests.conftest import run_vanban
from tests.dashboard.reports.content.test_unknown_figures import numbers_said
from tests.dashboard.reports.report_homes import built
from tests.etl.conftest import skip_checks
from tests.everything_delivered import WAYS, Everything, Way
from tests.faults.figures import Campaign

JULY = ("--from", "2024-07-01", "--to", "2024-07-31")
EITHERS = sorted({either for one in METRICS for either in needs_of(one, one.population)}, key=sorted)
VIEWS = ("overview", "compare", "unit", "documents", "declarations", "quality")


def unknown_without(either: frozenset[str]) -> set[str]:
    return {one.name for one in METRICS if either in needs_of(one, one.population)}


def said_by_command(root: Path, unknown: set[str]) -> Iterator[str]:
    """Numbers of unknown metrics in `vanban metrics`."""
    for by in ((), ("--by", "unit"), ("--by", "week")):
        finished = run_vanban("metrics", *JULY, *by, "--format", "json", home=root)
        assert finished.returncode == 0, finished.stderr
        for row in json.loads(finished.stdout):
            if row["metric"] in unknown and (row["numerator"], row["denominator"], row["value"]) != (None, None, None):
                yield f"metrics {by}: {row}"


def said_by_checks(root: Path, unknown: set[str]) -> Iterator[str]:
    """Checks that passed or failed although a count which they compare is unknown."""
    outcomes = {row["check"]: row["outcome"] for row in json.loads(run_vanban("check", *JULY, "--format", "json", home=root).stdout)}
    for one in CHECKS:
        compared = {*one.parts, *one.needs, one.total} & unknown
        if compared and outcomes[one.name] not in (Outcome.NOTHING, Outcome.NOT_DELIVERED):
            yield f"check {one.name}: {outcomes[one.name]} of {sorted(compared)}"


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
    query = {"from": "2024-07-01", "to": "2024-07-31", "population": "all", **({"unit": "A"} if view == "unit" else {})}
    selection, _ = parse(query, first, tree.units)
    PAGES[view].render(Page(reader, selection, tree, ""))


def said_on_pages(root: Path, unknown: set[str], views: Sequence[str] = VIEWS) -> Iterator[str]:
    """Numbers and cards of unknown metrics in what pages draw."""
    for view in views:
        run = AppTest.from_function(draw, kwargs={"root": str(root), "view": view}, default_timeout=120).run()
        assert not run.exception, (view, run.exception)
        html = "\n".join(str(element.proto.body) for element in run.get("html"))
        assert html, view
        for metric, words in re.findall(r'data-metric="(\w+)"[^>]*>\s*([^<]*)', html):
            if metric in unknown and re.search(r"\d", words):
                yield f"page {view}: {metric} {words.strip()}"


def said_in_reports(root: Path, unknown: set[str]) -> Iterator[str]:
    """Numbers of unknown metrics in sentences, tables, slides and annexes of every kind of report, and in its list of figures."""
    from data.paths import Home

    for kind in KINDS:
        report = built(Home(root), kind=kind.name, **({"unit_code": "A"} if kind.is_per_unit else {}))
        yield from (f"report {kind.name}: {text}" for text in numbers_said(report, unknown))
        for figure in report.figures:
            july = figure.period_from >= date(2024, 7, 1) and figure.period_to <= date(2024, 7, 31)
            if figure.metric in unknown and july and (figure.numerator, figure.denominator, figure.value) != (None, None, None):
                yield f"report {kind.name}: {figure.key} {figure.text}"


SURFACES = (said_by_command, said_by_checks, said_on_pages, said_in_reports)


def publish_without(system: Everything, either: frozenset[str], way: Way) -> bool:
    """Whether there is such a way to leave it out; then it is published so."""
    if not system.leave_out(either, way):
        return False
    run_etl(load_settings(system.home))
    return True


def test_all_is_known_where_all_is_delivered_and_nothing_is_said_of_a_form_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_checks(monkeypatch)
    system = Everything(tmp_path)
    either = frozenset({"document.form"})
    assert publish_without(system, frozenset(), "column")
    rows = json.loads(run_vanban("metrics", *JULY, "--format", "json", home=tmp_path).stdout)
    # Ninety days back the source says nothing yet, and what July's accounts did two months later is still to come.
    assert {row["metric"] for row in rows if row["numerator"] is None} == {
        one.name for one in METRICS if one.looks_back == "dormancy" or one.of == "retention"
    }
    unknown = unknown_without(either)
    assert {row["metric"] for row in rows if row["metric"] in unknown and not row["numerator"]} <= {"outgoing_form_unknown"}
    assert list(said_by_command(tmp_path, unknown)) and list(said_by_checks(tmp_path, unknown)), "so the look can find something"
    assert publish_without(system, either, "empty")
    assert [*said_by_command(tmp_path, unknown), *said_by_checks(tmp_path, unknown), *said_in_reports(tmp_path, unknown)] == []


def test_a_list_of_accounts_alone_says_nothing_of_documents_and_logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in it is of a day, so it speaks of the day on which it was fetched; nor is anything well that nobody looked at."""
    skip_checks(monkeypatch)
    system = Everything(tmp_path)
    toml = (system.folder / "source.toml").read_text(encoding="utf-8").partition("[entities.")[0]
    (system.folder / "source.toml").write_text(f"{toml}[entities.org_unit]\n[entities.account]\n", encoding="utf-8")
    for path in system.folder.glob("*.sql"):
        if path.stem not in ("org_unit", "account"):
            path.unlink()
    run_etl(load_settings(system.home))
    unknown = {one.name for one in METRICS} - {"provisioned_accounts", "activated_accounts", "activation_rate"}
    assert list(said_by_checks(tmp_path, unknown)) == []
    said = {}
    for view in ("overview", "documents", "quality"):
        run = AppTest.from_function(draw, kwargs={"root": str(tmp_path), "view": view}, default_timeout=120).run()
        assert not run.exception, (view, run.exception)
        said[view] = "\n".join(str(element.proto.body) for element in run.get("html"))
    assert "4 / 4 tài khoản được cấp" in said["overview"]
    assert "Chưa có số liệu" in said["documents"]
    assert "Không có văn bản đi" not in said["documents"]
    assert "Mọi kiểm tra có số liệu đều đạt; chưa có bản ghi theo ngày để biết đơn vị nào thiếu dữ liệu." in said["quality"]


def _panel(html: str, name: str) -> str:
    """The markup from a panel's beginning to the next one's."""
    return html.partition(f'data-panel="{name}"')[2].partition("data-panel=")[0]


@pytest.mark.parametrize(("name", "said"), [("document.form", "Chưa rõ hình thức"), ("delivery.completed_at", "Chưa có số liệu")])
def test_what_comes_from_august_on_alone_is_no_number_of_july(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str) -> None:
    """The installation knows it, and the page has its panel; July's figures in it are not zero."""
    skip_checks(monkeypatch)
    system, either = Everything(tmp_path), frozenset({name})
    assert publish_without(system, either, "later")
    assert list(said_on_pages(tmp_path, unknown_without(either), ("documents",))) == []
    run = AppTest.from_function(draw, kwargs={"root": str(tmp_path), "view": "documents"}, default_timeout=120).run()
    html = "\n".join(str(element.proto.body) for element in run.get("html"))
    assert said in html
    assert (_panel(html, "waiting").count("<td") > 0) is (name == "document.form"), "months of which nobody knows what was completed are no rows"


@pytest.mark.long
def test_every_metric_without_all_it_needs_on_every_surface(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    skip_checks(monkeypatch)
    campaign = Campaign("P10", "every metric without each thing that it needs: column, empty column, table, period", "every combination, 0 numbers")
    combinations = homes = 0
    found: list[str] = []
    for place, either in enumerate(EITHERS):
        unknown = unknown_without(either)
        for way in WAYS:
            system = Everything(tmp_path / f"{place}_{way}")
            if publish_without(system, either, way):
                homes += 1
                combinations += len(unknown) * len(SURFACES)
                found += [f"{' or '.join(sorted(either))}, {way}: {said}" for look in SURFACES for said in look(system.home.root, unknown)]
    campaign.record(
        f"{combinations:,} combinations of {len(METRICS)} metrics, {len(EITHERS)} needs, {len(WAYS)} ways to leave them out ({homes} homes) and "
        f"{len(SURFACES)} surfaces (commands, checks, pages, reports): {len(found)} numbers"
    )
    assert found == []
