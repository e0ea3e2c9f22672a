"""What keeps an installation alive over years: its copy in one file, and its return from there."""
