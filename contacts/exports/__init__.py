"""Contacts into a file: CSV or XLSX, private to whoever asked for it, for a week."""
