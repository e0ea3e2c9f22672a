"""Parts of pages, one subject each: they read figures, put them into words, and draw them with `dashboard.charts`."""
