"""Pinned reports: frozen, verified, compared with today, sent."""
