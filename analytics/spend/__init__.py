"""What advertisements cost: told by programs, by hand, by files, and by their platforms."""
