"""What people enter, each thing in versions: its kinds and fields, its steps, its files, what a viewer may do with it, and what counts."""
