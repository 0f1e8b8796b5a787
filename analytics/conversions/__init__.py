"""What became of clicks, told back to the advertising systems: accepted leads and orders, not raw
ones."""
