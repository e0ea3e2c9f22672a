"""What we are measured against: one module per peer, run in the environment of `peers.lock` (see `benchmarks/peers.py`)."""
