"""For whoever connects a source: a new source's folder, a look at what it delivers, a preview of figures."""
