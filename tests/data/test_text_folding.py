"""Text folding: what looks or sounds alike to who types without tone marks is the same."""

from __future__ import annotations

import unicodedata

import pytest

from data.language import folded
from metrics.tree.units import closest_units
from tests.metrics.by_hand import opened


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("text", "plain"), [("Phú  Thọ ", "phu tho"), ("ĐỐNG ĐA", "dong da"), ("Ưng Hoà", "ung hoa"), ("Đắk", "dak"), ("Ðắk", "dak")]
)
def test_marks_case_and_blanks_do_not_matter(text: str, plain: str, form: str) -> None:
    assert folded(unicodedata.normalize(form, text)) == plain


def test_a_unit_code_typed_with_a_look_alike_finds_the_unit_as_the_search_does() -> None:
    with opened({"org_unit": [{"unit_code": "DD", "name": "Quận Đống Đa"}]}) as snapshot:
        frame = snapshot.query("SELECT * FROM org_unit")
    assert closest_units(frame, "quan dong da") == closest_units(frame, "QUẬN ÐỐNG ÐA") == ["DD (Quận Đống Đa)"]
