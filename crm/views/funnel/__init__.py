"""The funnel's pages: one screen or resource a file."""
