"""The figures, one file each: values in, markup or a plotly figure out; every text is escaped here."""
