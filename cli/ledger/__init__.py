"""What people enter: declared totals, targets, events, explanations and follow-up cases, from a draft to the approval of somebody else."""

COMMANDS = ("list", "template", "enter", "submit", "return_", "approve", "withdraw")
