"""Screens that stay true: sockets fed from the journal, presence, typing."""
