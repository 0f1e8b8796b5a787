"""Contacts as a table: columns, order, pages, search."""
