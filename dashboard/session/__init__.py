"""Who is looking at what: viewer, policy, the state in the address, and the only reader of snapshots."""
