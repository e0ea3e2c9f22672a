"""Two choices of the frame: the tree that figures are told on, and in the demo whose view is shown."""

from __future__ import annotations

import streamlit as st

from dashboard.session.address import go, keep_widget
from dashboard.session.policy import ROLES
from dashboard.session.state import TREES, to_query
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t


def tree_choice(page: Page) -> None:
    """Draws the choice of the tree; what is chosen goes into the address."""
    query = to_query(page.selection)

    def choose() -> None:
        go(query, {"tree": str(st.session_state.get("tree", ""))})

    keep_widget("tree", page.selection.tree)
    st.radio(
        t("frame.tree"),
        TREES,
        key="tree",
        format_func=lambda name: t(f"tree.{name}"),
        captions=[t(f"tree.{name}_caption") for name in TREES],
        on_change=choose,
    )


def role_switch(page: Page) -> None:
    """Draws whose view the demo shows; what is chosen goes into the address, and the view begins at the top of what that role sees."""
    viewer = page.reader.viewer
    query = {name: value for name, value in to_query(page.selection).items() if name not in ("unit", "role", "role_unit")}

    def choose() -> None:
        role = str(st.session_state.get("role", ""))
        go(query, {"role": role, "role_unit": (viewer.home_unit or "") if role == "unit" else ""})

    def choose_unit() -> None:
        go(query, {"role": "unit", "role_unit": str(st.session_state.get("role_unit") or "")})

    label = t(f"role.{viewer.role}")
    if viewer.home_unit:
        label = f"{label} · {page.tree.label(viewer.home_unit)}"
    box = st.popover(f"{t('role.as')} {label}", key="role_box", type="tertiary", on_change="rerun")
    if box.open:
        with box:
            st.caption(t("role.note"))
            keep_widget("role", viewer.role)
            st.radio(
                t("role.label"),
                ROLES,
                key="role",
                format_func=lambda name: t(f"role.{name}"),
                captions=[t(f"role.{name}_caption") for name in ROLES],
                on_change=choose,
            )
            if viewer.role == "unit":
                codes = [unit.code for unit in page.tree.units.values() if unit.depth and (page.is_in_tree(unit) or unit.code == viewer.home_unit)]
                if viewer.home_unit:
                    keep_widget("role_unit", viewer.home_unit)
                st.selectbox(t("role.unit_label"), codes, key="role_unit", format_func=page.tree.label, on_change=choose_unit)
