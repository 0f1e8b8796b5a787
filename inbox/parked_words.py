"""In plain words: what a delivery that could not be read was, why it was not, and what to do."""

import email.policy
import re
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inbox.models import InboundEnvelope
from inbox.overview import label

# The beginning of a body that tells what it is.
_HEAD: Final = 4096
_HEADERS: Final = 64 * 1024
# What the platforms call their events; a word of it may stand in a customer's text too.
_EVENTS: Final = re.compile(
    rb'"(?:edited_|business_|edited_business_)?message(?:_new|_created|_reply)?"|"messages"'
)
_CHANGES: Final = re.compile(
    rb'"(?:edited_\w*message|message_edit\w*|message_removed|deleted_\w+|statuses|message_rea\w+)"'
)
_Words = str | Promise

_UPDATE: Final = gettext_lazy(
    "Read it again after the next update of Tandem. If a customer is waiting, look into the "
    "platform’s own app meanwhile."
)
# By the beginning of the reason that was written down when it was put aside.
_REASONS: Final[tuple[tuple[str, _Words, _Words], ...]] = (
    (
        "no connector for this kind",
        gettext_lazy("This installation does not know channels of this kind."),
        gettext_lazy("Update Tandem, then read it again."),
    ),
    (
        "a letter from nobody",
        gettext_lazy("The letter has no sender."),
        gettext_lazy("There is nobody to answer. If it matters, look into the mailbox."),
    ),
    (
        "the update holds nothing",
        gettext_lazy("It is empty: neither a message nor news of one."),
        gettext_lazy("There is nothing to do."),
    ),
    (
        "the object ",
        gettext_lazy("It is not about a WhatsApp account."),
        gettext_lazy(
            "In Meta’s app settings subscribe this address to WhatsApp only. Nothing of your "
            "customers is lost."
        ),
    ),
    ("malformed ", gettext_lazy("It has a form that Tandem does not know yet."), _UPDATE),
)
_OF_A_PROGRAM: Final = (
    gettext_lazy("It is not in the form that was agreed on."),
    gettext_lazy(
        "Show the reason below to whoever looks after the program that writes here; the fields are "
        "in docs/api-channel.md. Once it is mended it can send again."
    ),
)
_OURS: Final = (
    gettext_lazy("Tandem stumbled over it: the mistake is on our side."),
    gettext_lazy(
        "Read it again. If it comes back, show what is below to whoever runs this installation: "
        "nothing of it is lost."
    ),
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """For an admin who is no programmer."""

    what: str
    why: str
    advice: str


def explained(envelope: InboundEnvelope, kind: str) -> Explanation:
    """Of a channel of this kind. Reads the envelope's `raw`."""
    why, advice = reason(envelope.error, kind)
    return Explanation(_what(bytes(envelope.raw), kind), why, advice)


def reason(error: str, kind: str) -> tuple[str, str]:
    """Why, and what to do, from what was written down when the envelope was put aside."""
    for beginning, why, advice in _REASONS:
        if error.startswith(beginning):
            return str(why), str(advice)
    why, advice = _OURS if kind != "api" or _is_exception(error) else _OF_A_PROGRAM
    return str(why), str(advice)


def _is_exception(error: str) -> bool:
    return re.match(r"\w*(Error|Exception|Violation|Overflow|Warning)\b", error) is not None


def _what(raw: bytes, kind: str) -> str:
    platform = label(kind)
    if kind == "email":
        return _letter(raw)
    head = raw[:_HEAD]
    if _CHANGES.search(head):
        return _("News of a message, from %(platform)s") % {"platform": platform}
    if kind in {"api", "livechat"} or _EVENTS.search(head):
        return _("Probably a message of a customer, from %(platform)s") % {"platform": platform}
    return _("News from %(platform)s") % {"platform": platform}


def _letter(raw: bytes) -> str:
    """By its subject, if that can be read."""
    try:
        headers = BytesHeaderParser(policy=email.policy.default).parsebytes(raw[:_HEADERS])
        subject = str(headers.get("Subject") or "").strip()[:200]
    except Exception:
        subject = ""
    return _("A letter: %(subject)s") % {"subject": subject} if subject else _("A letter")
