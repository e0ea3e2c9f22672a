"""Whose view a run of a page shows: the demo's role switch, who sits at the machine or has signed in, and what units see of each other."""

from __future__ import annotations

import streamlit as st

from dashboard.session.entrance import EntranceClosed, entrance
from dashboard.session.people import identity_of, people_of, place_now, viewer_at
from dashboard.session.policy import DEMO_VIEWER, PEER_POLICIES, PeerPolicy, Viewer
from dashboard.session.sign_in import read_sign_in
from dashboard.session.state import Selection
from dashboard.ui.unit_names import UnitTree
from data.configuration import Section
from data.errors import ConfigurationError
from data.paths import Home
from metrics.engines import SnapshotInfo

SMALLEST = 5


def is_demo(configuration: Section, info: SnapshotInfo) -> bool:
    """Whether anyone who looks may choose a role: figures are made up, and no sign-in is configured."""
    return info.is_synthetic and "sign_in" not in configuration


def peer_policy(configuration: Section) -> tuple[PeerPolicy, int]:
    """`peers` and `smallest_population` in [dashboard] of vanban.toml: what units see of each other, and from which size on.

    Raises ConfigurationError where one of them cannot be used.
    """
    section = configuration.get("dashboard", {})
    given, smallest = section.get("peers", "named"), section.get("smallest_population", SMALLEST)
    policy = next((known for known in PEER_POLICIES if known == given), None)
    if policy is None:
        raise ConfigurationError(f"vanban.toml: peers in [dashboard] is {given!r}. Write one of: {', '.join(PEER_POLICIES)}.")
    if type(smallest) is not int or smallest < 1:
        raise ConfigurationError(f"vanban.toml: smallest_population in [dashboard] is {smallest!r}. Write a whole number from 1 on, like 5.")
    return policy, smallest


def viewer_of(configuration: Section, selection: Selection, tree: UnitTree, is_demo: bool = True) -> Viewer:
    """Who the selection's role is; a leader where it names none.

    Outside the demo there is no role to choose: where nobody signs in, who opens the dashboard sits at the machine that
    holds every figure (`dashboard.session.entrance`), and sees what the statistics department sees.
    """
    peers, smallest = peer_policy(configuration)
    if not is_demo:
        return Viewer("statistics", peers=peers, smallest=smallest)
    if selection.role is None:
        return DEMO_VIEWER
    if selection.role != "unit":
        return Viewer(selection.role, peers=peers, smallest=smallest)
    home = selection.role_unit or first_unit(tree)
    return Viewer("unit", tree.below(home), home, peers, smallest) if home else Viewer("unit", peers=peers, smallest=smallest)


def viewer_who_looks(home: Home, configuration: Section, info: SnapshotInfo, selection: Selection, tree: UnitTree) -> Viewer:
    """Who looks at this moment: the link's role in a demo, whoever sits at the machine, or who has signed in, by the people table as it is now.

    Raises EntranceClosed, NotSignedIn and NotLetIn where nobody may see anything.
    """
    if is_demo(configuration, info):
        return viewer_of(configuration, selection, tree)
    if entrance() == "local":
        return viewer_of(configuration, selection, tree, is_demo=False)
    sign_in = read_sign_in(home, configuration) if entrance() == "sign_in" else None
    if sign_in is None:
        raise EntranceClosed
    identity = identity_of(st.user.to_dict(), sign_in)
    place = place_now(identity, people_of(home).standing(identity.issuer, identity.subject), sign_in)
    return viewer_at(place, tree, *peer_policy(configuration))


def first_unit(tree: UnitTree) -> str | None:
    """The unit that the role `unit` stands for until one is chosen: the first province, else the first below the root."""
    below = [unit for unit in tree.units.values() if unit.depth == 1]
    return next((unit.code for unit in [*(one for one in below if one.province_code), *below]), None)
