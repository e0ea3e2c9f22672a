from __future__ import annotations

import pytest
import streamlit as st

from dashboard.session.address import go

DRAWN = {"from": "2024-07-01", "to": "2024-07-31", "population": "pilot", "lang": "vi", "unit": "T22"}


class Address(dict[str, str]):
    def from_dict(self, values: dict[str, str]) -> None:
        self.clear()
        self.update(values)

    def to_dict(self) -> dict[str, str]:
        return dict(self)


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Address:
    """Stands for the browser's address bar, which only a running page has."""
    bar = Address()
    monkeypatch.setattr(st, "query_params", bar)
    return bar


def test_two_choices_before_the_page_is_drawn_anew_both_count(address: Address) -> None:
    go(DRAWN, {"metric": "login_rate"})
    go(DRAWN, {"from": "2024-06-01"})
    assert dict(address) == {**DRAWN, "metric": "login_rate", "from": "2024-06-01"}


def test_a_choice_that_is_taken_back_leaves_no_trace(address: Address) -> None:
    go(DRAWN, {"metric": "login_rate"})
    go(DRAWN, {"metric": ""})
    assert dict(address) == DRAWN


def test_a_bare_address_is_filled_with_the_view_that_is_drawn(address: Address) -> None:
    address["unit"] = "T01"
    go(DRAWN, {"metric": "login_rate"})
    assert dict(address) == {**DRAWN, "metric": "login_rate"}
