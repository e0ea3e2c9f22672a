"""What all pages are made with: frame, panels, tables, charts, texts and styles."""
