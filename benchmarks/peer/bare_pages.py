"""Two pages that nobody could make smaller: `?show=empty` is a title alone, `?show=charts` a title and six plotly charts.

Run by `benchmarks.pages`.
"""

from __future__ import annotations

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

CHARTS = 6

st.set_page_config(layout="wide")
st.title("A page")
if st.query_params.get("show") == "charts":
    for number in range(CHARTS):
        st.plotly_chart(go.Figure(go.Scatter(x=list(range(28)), y=[(day * (number + 3)) % 17 for day in range(28)])), key=f"chart_{number}")
