"""Figures on the command line: values, comparisons, why a figure is what it is, and what each metric means."""
