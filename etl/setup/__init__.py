"""For whoever connects a source: a new source's folder, a look at what it delivers, a run that is only tried."""
