"""Who did what: every act on the ledger, row after row, each hashed with the one before."""

COMMANDS = ("verify", "export")
