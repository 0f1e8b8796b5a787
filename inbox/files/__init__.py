"""Serving files to those who may see the conversation that they are in."""

from inbox.files.serving import respond, serve

__all__ = ["respond", "serve"]
