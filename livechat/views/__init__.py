"""The public pages and calls of the widget, and its settings for the admin."""
