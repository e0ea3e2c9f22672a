"""The example of a company: its home alone decides what is said; not a word of the first organisation in pages or reports."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.kinds import KINDS
from dashboard.reports.content.request import Request
from dashboard.reports.writers import word
from data.paths import PROJECT, Home
from etl.run import run_etl
from etl.settings import load_settings
from metrics.periods import Period

FIRST = re.compile(
    r"Viện kiểm sát|VKSND|[Nn]gành|[Cc]ông chức|bí mật nhà nước|[Pp]rocura|state secret|[Ss]ector|[Oo]fficers|[Nn]hóm [12]|[Gg]roup [12]"
)
FORM = re.compile(r"CỘNG HÒA|Độc lập|Trục liên thông|Nghị định|А«")
QUARTER = Period(date(2025, 1, 1), date(2025, 3, 31))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = Home(Path(shutil.copytree(PROJECT / "docs" / "examples" / "company", tmp_path_factory.mktemp("company") / "home")))
    assert run_etl(load_settings(place)).status == "published"
    return place


def text_of(document: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(document)) as file:
        return re.sub(r"<[^>]+>", " ", file.read("word/document.xml").decode("utf-8"))


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS if "docx" in kind.formats])
def test_a_report_has_no_word_of_another_organisation(home: Home, kind: str) -> None:
    request = Request(kind, QUARTER, "all", "B1" if kind == "don-vi" else None)
    inputs = read_inputs(home)
    text = text_of(word.write(build(reader_for(home, request, inputs), request, inputs)))
    assert FIRST.findall(text) == [] and FORM.findall(text) == []


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_first_page_has_no_word_of_another_organisation(home: Home, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("VANBAN_HOME", str(home.root))
    app = AppTest.from_file(str(PROJECT / "dashboard" / "app.py"), default_timeout=60)
    app.query_params["lang"] = language
    app.run()
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", " ".join(str(part.proto) for part in app.get("html")), flags=re.DOTALL)
    assert not app.exception and len(text) > 1000 and FIRST.findall(text) == []
