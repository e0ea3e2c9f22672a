"""The people who sign in to the dashboard with the role of each, and the tokens of programs that ask for figures."""

COMMANDS = ("add", "list", "disable", "import_", "accounts", "token")
