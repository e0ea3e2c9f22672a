"""The sections that are annexes: units, definitions, checks."""
