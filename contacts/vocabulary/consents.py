"""What contacts agreed to. The latest word counts: of one channel's and the one for all channels
where a channel is asked for, of all words where none is."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from contacts.models import Consent
from contacts.vocabulary.addresses import channels
from core.conditions import Field, Moments
from core.conditions.sets import Among

WORDS: Final = (
    ("granted", pgettext_lazy("consent", "Given")),
    ("withdrawn", pgettext_lazy("consent", "Withdrawn")),
)
GROUP: Final = pgettext_lazy("conditions", "Consents")


def find(rest: str) -> Field | None:
    """`marketing`, or `marketing.<channel id>`."""
    purpose, dot, channel = rest.partition(".")
    if purpose not in Consent.Purpose.values:
        return None
    label = Consent.Purpose(purpose).label
    if not dot:
        return _field(rest, label, purpose, None)
    try:
        return _field(rest, label, purpose, UUID(channel))
    except ValueError:
        return None


def members() -> Iterable[Field]:
    """One for each purpose, and for each channel with its name."""
    for purpose in Consent.Purpose:
        yield _field(purpose.value, purpose.label, purpose.value, None)
        for channel_id, name in channels():
            label = _("%(purpose)s: %(channel)s") % {"purpose": purpose.label, "channel": name}
            yield _field(f"{purpose.value}.{channel_id}", label, purpose.value, UUID(channel_id))


def _field(rest: str, label: Any, purpose: str, channel_id: UUID | None) -> Field:
    def ask(operator: str, value: Any, moments: Moments) -> Q:
        words = _words(purpose, channel_id)
        if operator == "set":
            found = Q(Among(words, "contact_id"))
            return found if value else ~found
        asked = set(value) if operator == "in" else {value}
        latest = [
            _latest(words, is_granted=word == "granted")
            for word in ("granted", "withdrawn")
            if word in asked
        ]
        each = [Q(Among(rows, "contact_id", nested=True)) for rows in latest]
        return reduce(or_, each) if each else Q(pk__in=[])

    return Field(
        f"consent.{rest}", label, "choice", ask=ask, choices=lambda: WORDS, group=GROUP,
        is_single=True,
    )  # fmt: skip


def _latest(words: Any, *, is_granted: bool) -> Any:
    """Those after which the contact has not said the opposite: the same once more changes nothing,
    and few ever change their mind."""
    later = Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
    opposite = words.filter(later, contact_id=OuterRef("contact_id"), is_granted=not is_granted)
    return words.filter(~Exists(opposite), is_granted=is_granted)


def _words(purpose: str, channel_id: UUID | None) -> Any:
    """All that contacts have said."""
    said = Consent.objects.filter(purpose=purpose)
    if channel_id is None:
        return said
    return said.filter(Q(channel_id=channel_id) | Q(channel_id=None))
