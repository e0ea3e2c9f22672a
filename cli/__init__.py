"""The command line, one file per command: `vanban etl prune` is `cli/etl/prune.py`, and `vanban doctor`, which COMMANDS calls `upkeep.doctor`, is
`cli/upkeep/doctor.py`.

COMMANDS of a folder are its commands in the order of the help. A command's file has EXAMPLE (the words after its name) and `run`, whose
parameters are its options (`terminal.options`: those that commands share); heavy libraries are imported where they are used, so that --help is quick.
`main` puts all together; `installed` is the way in that pip installs. What a command found goes to stdout, what it is doing to stderr
(`terminal.console`).
"""

COMMANDS = (
    "demo",
    "dev.test",
    "dev.bench",
    "dashboard",
    "figures.metrics",
    "figures.compare",
    "figures.why",
    "figures.dictionary",
    "etl",
    "source",
    "report",
    "people",
    "ledger",
    "ledger.audit",
    "upkeep.backup",
    "upkeep.restore",
    "upkeep.doctor",
    "upkeep.alarm",
    "upkeep.alerts",
    "upkeep.send",
    "upkeep.bundle",
    "check",
    "dev",
)
