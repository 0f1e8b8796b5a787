"""Subject, recipients and thread of a letter that answers others, in a message's `payload`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from channels_connectors.types import Capabilities
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Status

LONGEST_SUBJECT: Final = 300
MOST_COPIES: Final = 20
MOST_REFERENCES: Final = 20
# "Re:", "RE[2]:", "Ответ:": what mailers put before the subject of an answer.
_PREFIXES: Final = ("re:", "re[", "ответ:", "отв:", "aw:", "sv:")


@dataclass(frozen=True, slots=True)
class Draft:
    """What the fields of the composer begin with."""

    subject: str
    cc: tuple[str, ...]

    @property
    def copies(self) -> str:
        """As a person types them."""
        return ", ".join(self.cc)


def draft(conversation: Conversation) -> Draft:
    """The answer to the newest letter: its subject, and those who read it besides the customer."""
    newest = _newest(conversation)
    return Draft(_answer_to(newest), _copies_of(conversation, newest))


def payload(
    conversation: Conversation,
    capabilities: Capabilities,
    answered: Message | None,
    *,
    subject: str = "",
    cc: Sequence[str] | None = None,
) -> dict[str, Any]:
    """`{subject, cc, references}` of a letter; empty for channels that have no subject.

    Without `subject` it is that of the letter that is answered, without `cc` (None) its readers
    get it too. Raises `ValidationError` in words for the agent.
    """
    if not capabilities.subject:
        if subject.strip() or cc:
            raise ValidationError(
                _("Messages of this channel have no subject and no copies."), code="subject"
            )
        return {}
    before = answered or _newest(conversation)
    copies = _copies_of(conversation, before) if cc is None else clean_copies(cc)
    return {
        "subject": clean_subject(subject) or _answer_to(before),
        "cc": list(copies),
        "references": _references(before),
    }


def clean_subject(subject: str) -> str:
    """On one line. Raises `ValidationError` for one that is too long."""
    line = " ".join(subject.replace("\0", "").split())
    if len(line) > LONGEST_SUBJECT:
        raise ValidationError(_("The subject is too long."), code="subject")
    return line


def clean_copies(addresses: Sequence[str]) -> tuple[str, ...]:
    """Addresses, each once. Raises `ValidationError` naming the one that is none."""
    found = list(dict.fromkeys(one.strip().lower() for one in addresses if one.strip()))
    if len(found) > MOST_COPIES:
        raise ValidationError(
            _("At most %(count)d people get a copy."), code="cc", params={"count": MOST_COPIES}
        )
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise ValidationError(
                _("%(address)s is not an e-mail address."), code="cc", params={"address": address}
            ) from None
    return tuple(found)


def split_copies(text: str) -> list[str]:
    """What a person typed: addresses between commas, semicolons or spaces."""
    return text.replace(";", " ").replace(",", " ").split()


def _newest(conversation: Conversation) -> Message | None:
    letters = Message.objects.filter(conversation=conversation, external_id__isnull=False)
    letters = letters.exclude(direction=Direction.INTERNAL).exclude(status=Status.FAILED)
    found: Message | None = letters.exclude(payload__has_key="auto_reply").in_order().last()
    return found


def _answer_to(letter: Message | None) -> str:
    subject = str(letter.payload.get("subject") or "").strip() if letter else ""
    if not subject or subject.lower().startswith(_PREFIXES):
        return subject
    return f"Re: {subject}"[:LONGEST_SUBJECT]


def _copies_of(conversation: Conversation, letter: Message | None) -> tuple[str, ...]:
    """Everybody who has the letter, but the customer and ourselves."""
    if letter is None:
        return ()
    named = [*(letter.payload.get("cc") or ())]
    if letter.direction == Direction.INCOMING:
        named += [letter.payload.get("from"), *(letter.payload.get("to") or ())]
    left = {conversation.identity.external_id, conversation.channel.external_id}
    addresses = [
        str(one.get("address") or "") if isinstance(one, dict) else str(one or "") for one in named
    ]
    return tuple(dict.fromkeys(it for it in addresses if it and it not in left))[:MOST_COPIES]


def _references(letter: Message | None) -> list[str]:
    """The letters before, the nearest last (RFC 5322 3.6.4)."""
    if letter is None:
        return []
    before = [str(name) for name in letter.payload.get("references") or ()]
    own = [letter.external_id] if letter.external_id else []
    return [name for name in [*before, *own] if name.startswith("<")][-MOST_REFERENCES:]
