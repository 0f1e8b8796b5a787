"""Addresses of ours in a broadcast's words: who follows one is known, and where to is stored.

A token is the recipient's id and the link's number with a signature, so that nothing need be
written for the letters that nobody opens. Number 0 is the address that takes consent back.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from marketing.formatting import Words, replaced
from marketing.models import Broadcast, BroadcastLink

UNSUBSCRIBE: Final = 0
MOST_LINKS: Final = 250
SIGNATURE_BYTES: Final = 7
LONGEST_URL: Final = 2000

_URL: Final = re.compile(r"https?://[^\s<>\"«»{}|\\^`\[\]]+")
_TRAILING: Final = ".,;:!?)'…"


def token_of(recipient_id: UUID, number: int) -> str:
    """32 letters for an address."""
    body = recipient_id.bytes + bytes([number])
    return base64.urlsafe_b64encode(body + _signature(body)).decode()


def opened(token: str) -> tuple[UUID, int] | None:
    """The recipient's id and the link's number; None for a token that is not ours."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    body, signature = raw[:17], raw[17:]
    if len(raw) != 17 + SIGNATURE_BYTES or not hmac.compare_digest(signature, _signature(body)):
        return None
    return UUID(bytes=body[:16]), body[16]


def address(recipient_id: UUID, number: int) -> str:
    """The whole address of a link."""
    name = "marketing:unsubscribe" if number == UNSUBSCRIBE else "marketing:link"
    return settings.PUBLIC_URL + reverse(name, args=[token_of(recipient_id, number)])


def is_safe(url: str) -> bool:
    """Whether somebody may be sent there: http or https, and a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and len(url) <= LONGEST_URL


def urls_in(text: str) -> list[str]:
    """The addresses in a text, each once, without the punctuation behind them."""
    found = (match.rstrip(_TRAILING) for match in _URL.findall(text))
    return [url for url in dict.fromkeys(found) if is_safe(url)]


def store_links(broadcast: Broadcast, texts: Iterable[str], addresses: Iterable[str]) -> None:
    """Number the addresses in its words, and those behind words and buttons. Those with variables
    stay as they are."""
    found = [*(url for text in texts for url in urls_in(text)), *addresses]
    plain = [url for url in dict.fromkeys(found) if "{{" not in url and is_safe(url)][:MOST_LINKS]
    known = set(BroadcastLink.objects.filter(broadcast=broadcast).values_list("url", flat=True))
    number = len(known)
    for url in plain:
        if url not in known:
            number += 1
            BroadcastLink.objects.create(broadcast=broadcast, number=number, url=url)


def with_own_links(words: Words, numbers: Mapping[str, int], recipient_id: UUID) -> Words:
    """The words with our addresses for those that are stored, also behind words."""

    def ours(found: re.Match[str]) -> str:
        url = found[0].rstrip(_TRAILING)
        number = numbers.get(url)
        return found[0] if number is None else address(recipient_id, number) + found[0][len(url) :]

    def behind(url: str) -> str:
        number = numbers.get(url)
        return url if number is None else address(recipient_id, number)

    return replaced(words, _URL, ours).with_urls(behind)


def _signature(body: bytes) -> bytes:
    key = f"marketing.links:{settings.SECRET_KEY}".encode()
    return hmac.new(key, body, sha256).digest()[:SIGNATURE_BYTES]
