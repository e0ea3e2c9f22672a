"""Names of units in any script: shortened, found, sorted and printed as they are, and where the PDF's typeface has no sign for one it says so."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.search import matches
from dashboard.ui.unit_names import tile_name, with_abbreviation, without_organisation
from data.paths import PROJECT, Home
from etl.run import run_etl
from etl.settings import load_settings
from tests.conftest import run_vanban
from tests.dashboard.reports.sheets import plain, sheets
from tests.dashboard.reports.test_hostile_text import all_text

NAMES = {
    "B1": "Северный филиал «Заря»",
    "B1-1": "北京销售部",
    "B1-2": "إدارة الموارد البشرية",
    "B1-3": "🚀 Ракета 🇻🇳",
    "B2": 'O\'Neil "Sales" & <b>Söhne</b>',
    "B2-1": "Ё" + "ж" * 199,
    "B2-2": "İstanbul Şubesi",
}
DAYS = ("--from", "2025-01-01", "--to", "2025-03-31")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = Home(Path(shutil.copytree(PROJECT / "docs" / "examples" / "company", tmp_path_factory.mktemp("names") / "home")))
    units = place.root / "exports" / "units.csv"
    rows = list(csv.DictReader(units.read_text(encoding="utf-8").splitlines()))
    with units.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"title": NAMES.get(row["code"], row["title"])} for row in rows)
    assert run_etl(load_settings(place)).status == "published"
    return place


def test_names_are_shortened_at_words_and_letters() -> None:
    assert without_organisation("АО «Ромашка»", "АО «Ромашка»") == "АО «Ромашка»"
    assert without_organisation("АО «Ромашка» (синтетика)", "АО «Ромашка»") == "АО «Ромашка» (синтетика)"
    assert without_organisation("İSTANBUL Şubesi", "İstanbul") == "Şubesi"
    assert with_abbreviation("Филиал АО «Ромашка»", "АО «Ромашка»", "") == "Филиал АО «Ромашка»"
    assert tile_name("АО «Ромашка»") == "А.«Ромашка»"
    assert tile_name("🚀 « Е\u0308лка Дом") == "Е\u0308.Дом"
    assert tile_name("Bà Rịa - Vũng Tàu") == "BR-VT"


def test_names_are_found_in_their_script() -> None:
    assert matches("销售", NAMES["B1-1"]) and not matches("销买", NAMES["B1-1"])
    assert matches("заря", NAMES["B1"]) and not matches("аря", NAMES["B1"])
    assert matches("🚀", NAMES["B1-3"]) and not matches("🚀", NAMES["B1"])
    assert matches("الموارد", NAMES["B1-2"]) and matches("istanbul", NAMES["B2-2"]) and matches("", NAMES["B1"])


@pytest.mark.parametrize("by", ["tree", "name"])
def test_names_stand_on_the_page_as_they_are(home: Home, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    app.query_params["sort"] = by
    app.run()
    markup = "\n".join(str(part.proto.body) for part in app.get("html"))
    assert not app.exception and all(name in markup for name in NAMES.values() if "<" not in name)
    assert "&amp; &lt;b&gt;Söhne" in markup and "<b>Söhne" not in markup
    listed = re.findall(r'<th scope="row"[^>]*>\s*<a[^>]*>(.*?)</a>', markup, flags=re.DOTALL)
    if by == "name":
        places = [listed.index(NAMES[code]) for code in ("B2-2", "B2-1", "B1", "B1-2", "B1-1", "B1-3")]
        assert places == sorted(places), "Latin, Cyrillic, Arabic, Chinese, signs: each script by itself"


def test_every_report_prints_them_and_the_pdf_says_what_it_cannot(home: Home, tmp_path: Path) -> None:
    made = run_vanban("report", "build", "so-ket", *DAYS, "--out", tmp_path, home=home.root)
    assert made.returncode == 0 and "prints □ for" in made.stderr and "北" in made.stderr
    files = {path.suffix[1:]: path.read_bytes() for path in tmp_path.iterdir() if path.suffix != ".json"}
    for kind in ("docx", "xlsx"):
        said = all_text(kind, files[kind])
        assert [name for name in NAMES.values() if plain(name) not in said] == []
    pages = [plain(sheet.text) for sheet in sheets(files["pdf"])]
    assert all(plain("□ thay cho") in page for page in pages) and plain("Северный филиал «Заря»") in "".join(pages)
    assert plain(NAMES["B1-1"]) not in "".join(pages)


def test_each_unit_has_a_file_of_a_name_that_every_system_takes(home: Home, tmp_path: Path) -> None:
    made = run_vanban("report", "build", "don-vi", "--all-units", *DAYS, "--format", "docx", "--out", tmp_path, home=home.root)
    assert made.returncode == 0, made.stderr
    with zipfile.ZipFile(io.BytesIO(next(tmp_path.glob("*.zip")).read_bytes())) as packed:
        names = packed.namelist()
    assert len(names) == len(set(names)) and all(re.fullmatch(r"[\w.-]{1,140}", name, re.ASCII) for name in names)
