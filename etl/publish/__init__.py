"""From a finished warehouse to the snapshot that everyone reads, and which old ones are kept."""
