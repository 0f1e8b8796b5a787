"""Pieces of pages that are drawn once and kept by all that they show.

    fragments: Final = FragmentCache(8_192)
    fragments.get((row, address, locale()), _draw, row, address)

A list is asked for anew with every message on every screen, a board with every drag. Of hundreds of
pieces hardly one differs from a moment ago, and drawing them all would take most of a page's time.
What a key leaves out is shown as it was before, or to whom it does not belong.
"""

import time
from collections.abc import Callable, Hashable
from datetime import tzinfo
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language


def locale(zone: tzinfo | None = None) -> str:
    """What words depend on besides what they tell: the language in force, `zone` or else that of
    the viewer, and its day. One text, of which many keys with it are made quickly."""
    zone = zone or timezone.get_current_timezone()
    return f"{get_language()} {zone} {timezone.localdate(timezone=zone)}"


class FragmentCache:
    """At most so many fragments of one kind, in this process. Of those nobody has asked for while
    half as many others were, each is drawn anew."""

    def __init__(self, most: int) -> None:
        self._half = most // 2
        self._recent: dict[Hashable, str] = {}
        self._older: dict[Hashable, str] = {}

    def get(self, shows: Hashable, draw: Callable[..., str], *arguments: object) -> str:
        """The fragment that shows this, as it was drawn before, or by `draw(*arguments)`."""
        fragment = self._recent.get(shows)
        if fragment is None:
            fragment = self._older.get(shows) or draw(*arguments)
            # Threads that do this at once lose a few fragments, and never mix them up.
            if len(self._recent) >= self._half:
                self._older, self._recent = self._recent, {}
            self._recent[shows] = fragment
        return fragment

    def clear(self) -> None:
        """Have everything drawn anew."""
        self._recent, self._older = {}, {}


def turn(pk: UUID, seconds: int) -> int:
    """A number that changes once in so many seconds, for what must not be kept longer. It does so
    at a moment of each id's own: all at once, hundreds would hold up whoever looks first."""
    return (int(time.time()) + pk.int) // seconds
