"""Ground floor: where things lie, and what is known beforehand."""
