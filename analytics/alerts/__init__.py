"""Telling members of numbers that are not as they should be."""
