"""What the templates of the inbox are given, part by part of the screen.

Each part is a Turbo frame; a request for one frame gets that frame and runs its queries only.
"""

from inbox.views.parts.card import card
from inbox.views.parts.conversation import blanks, conversation, thread
from inbox.views.parts.queue import VIEWS, more_rows, queue, unanswered
from inbox.views.parts.shared import (
    absorbed_by,
    accepts_page_only,
    base,
    find,
    frame_of,
    visible,
    writers,
)

__all__ = [
    "VIEWS",
    "absorbed_by",
    "accepts_page_only",
    "base",
    "blanks",
    "card",
    "conversation",
    "find",
    "frame_of",
    "more_rows",
    "queue",
    "thread",
    "unanswered",
    "visible",
    "writers",
]
