"""Contacts out of a file.

A file is looked at when it comes (`reading.sniff`), its columns are mapped to what a contact has
(`targets.guess`), every row is checked before anything is written, and then the rows are written
in chunks (`running`, `writing`). All of it is one job of the kind "import".
"""
