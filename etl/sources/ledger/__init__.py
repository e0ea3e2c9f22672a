"""Source kind `ledger`: what units declared on the dashboard and the department approved."""
