"""People and the addresses they write from."""
