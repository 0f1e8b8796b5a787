"""Segments of contacts, and broadcasts to them."""
