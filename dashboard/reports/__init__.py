"""Official reports: what they say (content), the official form (layout), the files (writers), and pinned ones (archive)."""
