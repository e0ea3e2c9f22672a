"""Checks on figures: ours, and those typed from any report."""
