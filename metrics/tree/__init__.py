"""Whose numbers: the units, which of them a scope means, and on the tree of which day they are counted."""
