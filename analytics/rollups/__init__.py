"""Facts added up by day: what reports read."""
