"""Verbs of the inbox that reach across its nouns. Run in the scope of a workspace."""

from inbox.actions.changing import (
    delete_message,
    discard_change,
    edit_message,
    react,
    retry_change,
)
from inbox.actions.fates import confirm_message, retry_message
from inbox.actions.sending import leave_note, send_message
from inbox.actions.starting import start_conversation

__all__ = [
    "confirm_message",
    "delete_message",
    "discard_change",
    "edit_message",
    "leave_note",
    "react",
    "retry_change",
    "retry_message",
    "send_message",
    "start_conversation",
]
