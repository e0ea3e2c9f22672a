"""The figures, one file each: values in, markup or a plotly figure out; every text is escaped in the file that draws it."""

CHARTS = (
    "rate_cards",
    "sparkline",
    "counts_strip",
    "funnel",
    "daily_logins",
    "tile_grid",
    "interval_list",
    "checks",
    "unit_table",
    "panel",
    "row_flow",
    "activity_strip",
    "run_bars",
    "outgoing_tree",
    "heat_table",
    "day_columns",
    "declared_bars",
    "ledger_table",
    "funnel_plot",
    "heat_map",
    "standing_table",
    "reasons",
    "metric_entries",
)
"""In the order in which the overview shows them; `panel` is the frame around the others. Then those of the other pages."""
