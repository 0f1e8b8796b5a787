"""Serving files to those who may see the conversation that they are in."""

from core.serving import respond
from inbox.files.serving import serve

__all__ = ["respond", "serve"]
