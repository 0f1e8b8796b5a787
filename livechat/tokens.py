"""What a visitor's browser holds to be known again: a signed note, nothing stored with us."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from django.core import signing

_SALT: Final = "livechat.visitor"
LIFETIME: Final = timedelta(days=365)
RENEW_AFTER: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Pass:
    """A visitor of one channel. `is_due` says that a fresh token should be handed out."""

    visitor_id: UUID
    is_due: bool = False


def issue(channel_id: UUID, visitor_id: UUID | None = None) -> str:
    """A token of this channel, for a new visitor unless one is named."""
    return signing.dumps(
        [channel_id.hex, (visitor_id or uuid4()).hex, int(time.time())], salt=_SALT
    )


def read(token: object, channel_id: UUID) -> Pass | None:
    """Whose token this is; None when it is not ours, of another channel, or too old."""
    if not isinstance(token, str) or len(token) > 500:
        return None
    try:
        channel, visitor, issued = signing.loads(token, salt=_SALT, max_age=LIFETIME)
        visitor_id = UUID(visitor)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if channel != channel_id.hex:
        return None
    return Pass(visitor_id, is_due=time.time() - issued > RENEW_AFTER.total_seconds())
