"""From a source to immutable batches on disk: what was fetched, by which key, from which file."""
