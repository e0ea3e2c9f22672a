"""Declarations x scope x periods -> figures, and the rows behind them: the one way in."""
