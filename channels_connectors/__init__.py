"""Channels and, one folder a platform, how it is parsed, sent to and connected."""
