"""One look at the dashboard: which figures, which view, and who looks. Taken anew for every run of a page and for every act."""

from __future__ import annotations

from dataclasses import dataclass, replace

import streamlit as st

from dashboard.session.policy import Viewer
from dashboard.session.queries import Reader, pin
from dashboard.session.state import Notice, Pinned, Selection, default_selection, parse, pinned_periods, populations_of
from dashboard.session.viewers import is_demo, viewer_who_looks
from dashboard.ui.unit_names import UnitTree
from data.configuration import Section, read_configuration
from data.paths import Home, home_of


@dataclass(frozen=True)
class Look:
    """What a run of a page begins with."""

    reader: Reader
    """For the viewer."""
    selection: Selection
    first_view: Selection
    """The view of a bare address."""
    pinned: tuple[Pinned, ...]
    """Periods that the installation keeps at hand, of populations that there are."""
    found: tuple[Notice, ...]
    """What in the address could not be used."""
    tree: UnitTree


def look(home: Home, configuration: Section) -> Look:
    """By the address, the figures in force and the rights of this moment. Raises VanbanError where nothing can be shown, or not to who looks."""
    reader = pin(home, Viewer("unit"))  # sees nothing but the names of units until it is known who looks
    tree = reader.tree(str(configuration.get("organisation", "")))
    populations = populations_of(reader.groups()["pilot_group"].to_list())
    first_view = default_selection(configuration, reader.info.cutoff_on)
    if first_view.population not in populations:
        first_view = replace(first_view, population="all")
    pinned = tuple(one for one in pinned_periods(configuration) if one.view.population in populations)
    selection, found = parse(st.query_params.to_dict(), first_view, tree.units, populations)
    if not is_demo(configuration, reader.info):
        selection = replace(selection, role=None, role_unit=None)
    viewer = viewer_who_looks(home, configuration, reader.info, selection, tree)
    if viewer.home_unit and not st.query_params.get("unit"):
        selection = replace(selection, unit_code=viewer.home_unit)
    return Look(replace(reader, viewer=viewer), selection, first_view, pinned, found, tree)


def viewer_now() -> Viewer:
    """Who looks at this moment; raises VanbanError where nobody may."""
    home = home_of(None)
    return look(home, read_configuration(home)).reader.viewer
