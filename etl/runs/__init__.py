"""What every run shares: its lock, its history and log, its progress, and files that are whole or not there."""
