"""Sends broadcasts: freezes audiences, claims recipients, paces platforms. See `loop`."""
