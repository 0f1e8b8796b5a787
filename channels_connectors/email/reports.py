"""Delivery reports (RFC 3464) and read receipts (RFC 8098): news of letters that we sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_string
from email.message import Message
from typing import Final

from django.utils import translation

from channels_connectors.types import InboundItem, InboundNotice, InboundStatus

from .addresses import header
from .bodies import payload, text_of
from .charsets import decoded
from .envelopes import Letter, message_id
from .errors import bounced

_ORIGINAL: Final = re.compile(
    rb"^(?:X-)?(?:Original-)?Message-ID:\s*(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)
_HEADERS: Final = frozenset({"text/rfc822-headers", "message/rfc822-headers"})


def read(letter: Message, kept: Letter) -> list[InboundItem] | None:
    """What a report says; None for a letter that is none, or one that names no letter of ours.

    A report is believed for what it names: a Message-ID that only its recipients have seen.
    """
    if letter.get_content_type() != "multipart/report":
        return None
    kind = str(letter.get_param("report-type") or "").lower()
    if kind == "delivery-status":
        return _delivery(letter, kept)
    if kind == "disposition-notification":
        return _reading(letter, kept)
    return None


def _delivery(letter: Message, kept: Letter) -> list[InboundItem] | None:
    original = _original(letter)
    reports = [group for group in _groups(letter, "message/delivery-status") if group.get("Action")]
    if not original or not reports:
        return None
    actions = {header(group, "Action").split(" ")[0].lower() for group in reports}
    if "failed" in actions:
        worst = next(one for one in reports if header(one, "Action").lower().startswith("failed"))
        told = header(worst, "Diagnostic-Code")
        error_class, words = bounced(header(worst, "Status"), told)
        with translation.override(None):
            sentence = str(words)
        return [InboundStatus(original, "failed", kept.at, error_class, sentence)]
    if actions == {"delivered"}:
        return [InboundStatus(original, "delivered", kept.at)]
    if "delayed" in actions:
        data = {"message": original, "status": header(reports[0], "Status")}
        return [InboundNotice("email.delayed", kept.at, data=data)]
    return [InboundNotice("email.report", kept.at, data={"message": original})]


def _reading(letter: Message, kept: Letter) -> list[InboundItem] | None:
    for group in _groups(letter, "message/disposition-notification"):
        original = message_id(group.get("Original-Message-ID"))
        if original and "displayed" in header(group, "Disposition").lower():
            return [InboundStatus(original, "read", kept.at)]
    return None


def _groups(letter: Message, mime: str) -> Iterator[Message]:
    """The groups of fields of the report's part of this type."""
    for part in letter.walk():
        if part.get_content_type() != mime:
            continue
        inner = part.get_payload()
        if isinstance(inner, list):
            yield from (group for group in inner if isinstance(group, Message))
        else:
            for block in re.split(r"\n\s*\n", text_of(part)):
                yield message_from_string(block.lstrip())


def _original(letter: Message) -> str:
    """The Message-ID of the letter that the report is about."""
    for part in letter.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload()
            first = inner[0] if isinstance(inner, list) and inner else None
            if isinstance(first, Message) and (found := message_id(first.get("Message-ID"))):
                return found
        elif kind in _HEADERS and (match := _ORIGINAL.search(payload(part))):
            return match[1].decode("ascii", "replace")
    for part in letter.walk():
        # Some quote the letter as plain text alone.
        if part.get_content_type() == "text/plain" and (
            match := _ORIGINAL.search(decoded(payload(part)).encode("ascii", "ignore"))
        ):
            return match[1].decode("ascii")
    return ""
