"""Forms of segments, of broadcasts and of their settings."""
