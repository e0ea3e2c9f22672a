"""What others do changes no byte of a unit's pages: two running servers whose homes differ in the rows of all other units, asked the same."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from dashboard.session.policy import PEER_POLICIES
from dashboard.views import PAGES
from tests.dashboards import Serve
from tests.faults.figures import Campaign
from tests.security.test_interface import ACTIVE, OWN, make_home
from tests.security.wires import TOML, open_stream, run_of_the_page

OF_PEERS = frozenset({"overview", "compare", "unit", "reports"})
"""What of peers a policy shows, these pages show: there they are compared under the policy `none` alone."""
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def drawn(address: str, unit: str, page: str) -> list[bytes]:
    """Every element of a page as a unit of a demo sees it, without the names that Streamlit gives its runs."""
    query = f"role=unit&role_unit={unit}&unit={unit}&from=2024-07-01&to=2024-07-31"
    with open_stream(address) as stream:
        came = run_of_the_page(stream, query, "" if page == "overview" else page)
    return [UUID.sub(b"", one.delta.SerializeToString(deterministic=True)) for one in came if one.WhichOneof("type") == "delta"]


@pytest.mark.long
def test_what_others_do_changes_no_byte_of_a_units_pages(tmp_path: Path, served: Serve) -> None:
    campaign = Campaign(
        "S1",
        "pages of three units under three policies of peers, the rows of all other units changed",
        "0 bytes differ, and they do where peers are shown",
    )
    compared = bytes_seen = seen_of_peers = 0
    differ: list[tuple[str, str, str]] = []
    first = make_home(tmp_path / "first")
    for unit, own in OWN.items():
        other = make_home(tmp_path / unit, active={code: count if code in own else count + 1 for code, count in ACTIVE.items()})
        for peers, page in product(PEER_POLICIES, PAGES):
            for home in (first, other):
                home.config.write_text(f'{TOML}peers = "{peers}"\n', encoding="utf-8")
            one, two = (drawn(served(home.root), unit, page) for home in (first, other))
            if peers != "none" and page in OF_PEERS:
                seen_of_peers += one != two
                continue
            compared, bytes_seen = compared + 1, bytes_seen + sum(map(len, one))
            if one != two:
                differ.append((unit, peers, page))
    campaign.record(f"{compared} pairs of pages, {bytes_seen / 2**20:.1f} MiB: {len(differ)} differ; of those that show peers {seen_of_peers} do")
    assert differ == []
    assert seen_of_peers > 0, "the homes do not differ in anything that a peer may see"
