"""CSV files that people fill in: what their columns are, and what is said of a line that will not do."""
