from __future__ import annotations

import unicodedata

import pytest

from dashboard.ui.search import matches
from dashboard.ui.unit_names import tile_name, without_organisation
from data.language import folded, folding_table


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("phu tho", "Tỉnh Phú Thọ"),
        ("dong da", "Quận Đống Đa"),
        ("ĐỐNG ĐA", "đống đa"),
        ("hoà", "Hòa Bình"),
        ("tho phu", "Phú Thọ"),
        ("", "Hà Nội"),
    ],
)
def test_marks_case_and_order_do_not_matter(query: str, name: str, form: str) -> None:
    assert matches(unicodedata.normalize(form, query), unicodedata.normalize(form, name))


def test_the_browser_folds_by_the_same_table() -> None:
    """The box of units finds names while one types, in a script: what it is given is what `folded` does, letter by letter."""
    table, name = folding_table(), "TRÀ VINH – Đắk Lắk, Ðồng Nai ỷỹ"
    assert "".join(table.get(letter, letter.lower()) for letter in name) == folded(name)


def test_other_names_are_not_found() -> None:
    assert not matches("phu tho", "Phú Yên")
    assert not matches("phu tho x", "Phú Thọ")
    assert not matches("dong anh", "Đống Đa", "Thanh Trì")  # a word is found by its beginning, not by its middle


def test_the_organisations_name_is_not_repeated_on_every_unit() -> None:
    assert without_organisation("Viện kiểm sát nhân dân tỉnh Phú Thọ", "Viện kiểm sát nhân dân") == "Tỉnh Phú Thọ"
    assert without_organisation("Vụ 1", "Viện kiểm sát nhân dân") == "Vụ 1"
    assert without_organisation("Viện kiểm sát nhân dân", "Viện kiểm sát nhân dân") == "Viện kiểm sát nhân dân"
    assert without_organisation("Sở Y tế", "") == "Sở Y tế"


def test_tile_names_are_short_and_all_different() -> None:
    from dashboard.views.overview.provinces import places

    assert tile_name("Tuyên Quang") == "T.Quang"
    assert tile_name("Bà Rịa - Vũng Tàu") == "BR-VT"
    for grid in places().values():
        names = [tile_name(place.short_name) for place in grid if not place.is_mark]
        assert len(set(names)) == len(names)
        assert max(map(len, names)) <= 9


def test_every_grid_has_each_province_once_and_the_islands_with_theirs() -> None:
    from dashboard.views.overview.provinces import places

    for structure, provinces in {"2024": 63, "2025": 34}.items():
        grid = places()[structure]
        on_land = [place for place in grid if not place.is_mark]
        assert len({place.unit_code for place in on_land}) == len(on_land) == provinces
        assert len({(place.column, place.row) for place in grid}) == len(grid)
        marks = {place.short_name: place.unit_code for place in grid if place.is_mark}
        by_name = {place.short_name: place.unit_code for place in on_land}
        assert marks == {"Quần đảo Hoàng Sa": by_name["Đà Nẵng"], "Quần đảo Trường Sa": by_name["Khánh Hòa"]}
