"""`/api/v1`: figures for other programs, by tokens; the same questions, policy and hidden cells as on the pages (docs/interface.md)."""
