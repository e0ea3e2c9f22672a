"""From the document system to a published snapshot."""
