"""Targets of the law: each with its document, switched on by the home, behind the home's own, and told with the document wherever they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dashboard.session.figures import aim_text
from dashboard.session.policy import DEMO_VIEWER
from dashboard.session.queries import pin
from dashboard.session.state import Selection
from dashboard.ui.page_context import Page
from dashboard.ui.unit_names import unit_tree
from dashboard.views.dictionary.entries import grouped_entries
from data.configuration import Section
from data.errors import ConfigurationError
from data.paths import Home
from metrics.catalog import metric
from metrics.comparison.targets import AIM_COLUMNS, LEGAL, Aim, home_targets, read_targets, with_targets
from tests.tiny_snapshot import write_snapshot

ON: Section = {"dashboard": {"legal_targets": True}}
DECISION = "Quyết định 942/QĐ-TTg ngày 15/6/2021"


def test_every_target_of_the_law_names_its_document_and_a_rate() -> None:
    legal = read_targets(LEGAL)
    assert legal.height >= 4
    assert legal.select("document", "by_on").null_count().row(0) == (0, 0)
    assert all(metric(name).good == "up" for name in legal["metric"])


def test_a_home_switches_them_on_and_its_own_come_first(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert home_targets(home, {}).is_empty()
    assert home_targets(home, ON).equals(read_targets(LEGAL))
    own = "metric,unit_code,level,from_on,target,document\nexchanged_signed_ratio,U1,,2024-01-01,80%,Kế hoạch 1/KH-MP\n"
    (tmp_path / "targets.csv").write_text(own, encoding="utf-8")
    both = home_targets(home, {"dashboard": {"targets": "targets.csv", "legal_targets": True}})
    assert both.filter(metric="exchanged_signed_ratio").select("unit_code", "target", "document").rows() == [("U1", 0.8, "Kế hoạch 1/KH-MP")]
    assert both.height == read_targets(LEGAL).height
    with pytest.raises(ConfigurationError, match="legal_targets = true"):
        home_targets(home, {"dashboard": {"legal_targets": "yes"}})


def test_the_document_stands_beside_the_target() -> None:
    months = ((date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 10, 1), date(2026, 10, 8)))
    values = pl.DataFrame(
        [(name, None, *days, 0.5) for name in ("exchanged_signed_ratio", "leader_signing_rate") for days in months],
        schema={"metric": pl.String, "unit_code": pl.String, "period_from": pl.Date, "period_to": pl.Date, "value": pl.Float64},
        orient="row",
    )
    found = with_targets(values, pl.DataFrame(schema={"unit_code": pl.String, "level": pl.String}), read_targets(LEGAL))
    aims = [Aim(*row) if row[0] is not None else None for row in found.select(AIM_COLUMNS).iter_rows()]
    assert aims[0] == aims[1] == Aim(1.0, None, date(2025, 12, 31), DECISION)
    assert aims[2] == Aim(1.0, "month", date(2025, 6, 30), "Thông báo 56/TB-VPCP ngày 23/2/2025")
    assert aims[3] is None  # eight days say nothing of a month
    assert aims[0] is not None
    assert aim_text(aims[0], "vi") == f"100%, chậm nhất ngày 31/12/2025 (theo {DECISION})"
    assert aim_text(aims[0], "en").endswith(f"(by {DECISION})")


def test_the_dictionary_tells_it_and_passes_over_levels_that_there_are_not(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.snapshots.mkdir(parents=True)
    write_snapshot(home.snapshots, {"org_unit": [{"unit_code": "R", "level": "toi_cao"}]})
    reader = pin(home, DEMO_VIEWER)
    targets = home_targets(home, ON)
    elsewhere = targets.filter(metric="exchanged_signed_ratio").with_columns(level=pl.lit("nowhere"), target=pl.lit(0.3))
    page = Page(reader, Selection(None, date(2024, 7, 1), date(2024, 7, 31), "all"), unit_tree(reader.units(), ""), "")
    page = replace(page, targets=pl.concat([targets, elsewhere]))
    entry = grouped_entries(page, [metric("exchanged_signed_ratio")], {})[0][1][0]
    aims = [text for term, text, _ in entry.lines if term == "Chỉ tiêu"]
    assert aims == [f"100%, chậm nhất ngày 31/12/2025 (theo {DECISION}) · áp dụng từ 15/6/2021"]
