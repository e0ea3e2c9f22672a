"""From landed text to typed rows: casts, rejects, and an account of every row."""
