"""Official reports: sections fill one block model, one writer per format lays it out; everything a report says comes from a snapshot."""
