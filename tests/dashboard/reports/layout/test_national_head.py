"""A report begins with the nation's name and motto where the organisation says so, or keeps Viet Nam's time and says nothing."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from dashboard.reports.content.settings import report_settings
from dashboard.reports.writers import pdf, word
from data.errors import ConfigurationError
from tests.dashboard.reports.sample_report import sample_report
from tests.dashboard.reports.sheets import sheets

NATION, ORGAN = "CỘNG HÒA", "CỤC THỐNG KÊ"


@pytest.mark.parametrize("has_head", [True, False])
def test_the_national_head_is_printed_or_not(has_head: bool) -> None:
    report = sample_report()
    assert report.form is not None
    report = replace(report, form=replace(report.form, has_national_head=has_head))
    printed = " ".join(phrase.text for phrase in sheets(pdf.write(report))[0].phrases)
    document = zipfile.ZipFile(io.BytesIO(word.write(report))).read("word/document.xml").decode("utf-8")
    for text in (printed, document):
        assert (NATION in text) is has_head
        assert ("Độc lập" in text) is has_head
        assert ORGAN in text or ORGAN.title() in text


def test_the_setting_is_yes_no_or_nothing() -> None:
    assert report_settings({}).national_head is None
    assert report_settings({"report": {"national_head": False}}).national_head is False
    with pytest.raises(ConfigurationError, match="national_head must be true or false"):
        report_settings({"report": {"national_head": "none"}})
