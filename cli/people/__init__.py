"""The people who sign in to the dashboard, and the role of each."""

COMMANDS = ("add", "list", "disable", "import_")
