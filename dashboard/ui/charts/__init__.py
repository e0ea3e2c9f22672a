"""The charts that several pages show, one file each: values in, markup out. A chart of one page lies beside its page."""
