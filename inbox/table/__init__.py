"""Conversations as a table: columns, bulk actions. Its rows are those of the list."""
