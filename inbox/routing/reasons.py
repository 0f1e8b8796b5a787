"""Why a conversation went where it went."""

from enum import StrEnum


class Reason(StrEnum):
    """Kept in the journal; put into words by `inbox.timeline`."""

    TURN = "turn"
    LEAST_LOADED = "least_loaded"
    ANSWERED_BEFORE = "answered_before"
    NOBODY_ONLINE = "nobody_online"
    NOBODY_ALLOWED = "nobody_allowed"
