"""What a report says: its kinds, sections and figures, as one model of blocks that every writer reads."""
