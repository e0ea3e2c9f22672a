"""From a finished warehouse to the snapshot that everyone reads, and which old ones are kept.

`snapshots` writes the core tables to a new file (whole, or over a copy of the one before), verifies it, and names it in `current.json`.
`retention` says which snapshots and landed batches are kept for nothing, and removes them when it is told to.
"""
