"""The panels that several pages show. A panel of one page lies beside its page."""
