"""What contacts agreed to. The latest word counts: of one channel's and the one for all channels
where a channel is asked for, of all words where none is."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from contacts.models import Consent
from contacts.vocabulary.addresses import channels
from core.conditions import Field, Moments

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
        words = _words("pk", purpose, channel_id)
        if operator == "set":
            found = Q(Exists(words))
            return found if value else ~found
        asked = set(value) if operator == "in" else {value}
        wanted = [word == "granted" for word in ("granted", "withdrawn") if word in asked]
        later = _words("contact_id", purpose, channel_id).filter(
            Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk"))
        )
        return Q(Exists(words.filter(~Exists(later), is_granted__in=wanted)))

    return Field(f"consent.{rest}", label, "choice", ask=ask, choices=lambda: WORDS, group=GROUP)


def _words(contact: str, purpose: str, channel_id: UUID | None) -> Any:
    """What the contact, a column of the outer query, has said."""
    said = Consent.objects.filter(contact=OuterRef(contact), purpose=purpose)
    if channel_id is None:
        return said
    return said.filter(Q(channel_id=channel_id) | Q(channel_id=None))
