"""For developers: the gates, the tests, the benchmarks, the pictures and the API reference."""

COMMANDS = ("lint", "types", "test", "pictures", "bench", "docs")
"""Each starts a tool (`tool`) in the project's environment."""
