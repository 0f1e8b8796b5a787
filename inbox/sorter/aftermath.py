"""What follows a commit: pokes, and work for others. Losing all of it loses nothing."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


@dataclass(slots=True)
class Aftermath:
    """Gathered in the transaction, done after it."""

    place: tuple[UUID, UUID] | None = None
    seq: int = 0
    actions: set[str] = field(default_factory=set)
    attachments: list[UUID] = field(default_factory=list)
    acknowledges: list[dict[str, Any]] = field(default_factory=list)
    strangers: list[UUID] = field(default_factory=list)
    typing: list[tuple[UUID, UUID, str]] = field(default_factory=list)
    asks_templates: bool = False
