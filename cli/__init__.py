"""The command line, one file per command group: each command is one function, and all that is heavy is imported where it is used.

What a command found goes to stdout, what it is doing to stderr (`console`). `main` is the table of contents, `options` what commands share.
"""

COMMANDS = ("demo", "test", "bench", "etl", "source", "metrics", "compare", "check", "report", "report_request", "report_build", "report_archive")
