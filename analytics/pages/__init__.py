"""Reports as people read them: the documents of `analytics.reports` in words, tables and charts.

Nothing is computed here that a report does not say; a page asks what the API asks.
"""
