"""What the results mean and what follows: strengths, limits, causes, tasks, requests."""
