"""News of this floor for the journal, which stands above it and listens."""

from collections.abc import Callable
from typing import Any

from django.db.models import Model

from workspaces.models import ApiToken, Membership

_listeners: list[Callable[..., None]] = []


def listen(listener: Callable[..., None]) -> None:
    """Call `listener(action, subject=, by=, data=)` for each fact, in the transaction of it."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(
    action: str,
    *,
    subject: Model,
    by: Membership | ApiToken | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Say what happened, within the scope of the workspace. Names are those of events.types."""
    for listener in _listeners:
        listener(action, subject=subject, by=by, data=data)
