"""The week in a few numbers: what changed and why, what is disputed, what was decided."""
