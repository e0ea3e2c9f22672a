"""What a new home begins with for each kind of organisation: it runs as it stands, and says levels and words of that kind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.request import Request
from data.errors import ConfigurationError
from data.organisation import LEVELS, levels
from data.paths import Home
from etl.run import run_etl
from etl.settings import load_settings
from etl.setup.new_source import ORGANISATIONS, TEMPLATES, new_source
from metrics.periods import month
from tests.conftest import run_vanban

SAMPLE = {
    "org_unit": "SELECT unit_code, name, level, nullif(parent_code, '') AS parent_code FROM file",
    "account": "SELECT 'u' || n AS account_key, 'U1' AS unit_code, '2025-01-02' AS provisioned_at, '2025-01-05' AS activated_at FROM file",
    "access_event": "SELECT 'u1' AS account_key, '2025-01-07 09:00:00' AS occurred_at, 'login' AS kind FROM file WHERE n = '1'",
    "document": "SELECT n AS document_key, 'U1' AS unit_code, 'outgoing' AS direction, '2025-01-08' AS issued_at, 'ordinary' AS security_level,"
    " 'electronic' AS form, '2025-01-08 08:00:00' AS signer_signed_at, '2025-01-08 08:00:00' AS organ_signed_at FROM file",
}
"""A month of a sample, of which the units are made for the kind of organisation."""


@pytest.mark.parametrize("organisation", ORGANISATIONS)
def test_a_new_home_of_a_kind_runs_and_speaks_as_it_does(organisation: str, tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    folder = new_source(home, "register", "files", organisation=organisation)
    known = levels(home.root / LEVELS) or levels(TEMPLATES / "organisation" / "company" / LEVELS)
    (home.root / "rows.csv").write_text("n\n1\n2\n", encoding="utf-8")
    units = "".join(f"U{place},Mẫu {place},{one.level},{'U0' if place else ''}\n" for place, one in enumerate(known))
    (home.root / "units.csv").write_text(f"unit_code,name,level,parent_code\n{units}", encoding="utf-8")
    for entity, query in SAMPLE.items():
        (folder / f"{entity}.sql").write_text(query, encoding="utf-8")
    files = {entity: "units.csv" if entity == "org_unit" else "rows.csv" for entity in SAMPLE}
    entities = "".join(f'[entities.{entity}]\nfiles = "{file}"\n' for entity, file in files.items())
    (folder / "source.toml").write_text(f'kind = "files"\ntitle = "Sample"\ntime_zone = "Asia/Ho_Chi_Minh"\n{entities}', encoding="utf-8")
    assert run_etl(load_settings(home)).status == "published"

    request = Request("so-ket", month(date(2025, 1, 31)), "all")
    inputs = read_inputs(home)
    reader = reader_for(home, request, inputs)
    report = build(reader, request, inputs)
    text = " ".join(run.text for block in report.blocks for run in getattr(block, "runs", ()))
    is_state_body = ORGANISATIONS[organisation].is_state_body
    assert report.form is not None and report.form.has_national_head is is_state_body
    assert ("Nghị định" in text) is is_state_body
    assert inputs.words.sector in text and "ngành" not in text.replace(inputs.words.sector, "")
    has_labels = (home.root / LEVELS).is_file()
    assert reader.levels()["label_vi"].to_list() == [one.label_vi if has_labels else one.level for one in known]


def test_what_kind_is_asked_of_a_new_home_alone(tmp_path: Path) -> None:
    made = run_vanban("source", "new", "log", "--kind", "access_log", home=tmp_path / "home")
    assert made.returncode == 0 and "kind other is begun. Name yours with --organisation: company" in made.stderr
    again = run_vanban("source", "new", "log2", "--kind", "access_log", "--organisation", "city", home=tmp_path / "home")
    assert again.returncode == 2 and "is a home already" in again.stderr
    with pytest.raises(ConfigurationError, match=r"no kind 'club' of organisation. Choose one of: company"):
        new_source(Home(tmp_path / "other"), "log", "access_log", organisation="club")
    assert not (tmp_path / "other").exists()
