"""Asking customers how a conversation was, and hearing what they say."""
