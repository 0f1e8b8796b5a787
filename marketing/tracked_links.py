"""Links of the link builder: where they lead, and what a touch through them carries."""

import secrets
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from channels_connectors.models import Channel
from contacts.referrals import register_marks, words_with
from inbox.channel_links import chat_address
from marketing.models import TrackedLink

# Without letters that are taken for others when a link is read from paper.
ALPHABET: Final = "23456789abcdefghjkmnpqrstuvwxyz"
KEY_LENGTH: Final = 10
MARKS: Final = ("source", "medium", "campaign", "content", "term")
# How a platform's address carries a key, which it hands back.
PARAMETERS: Final = {"telegram": "start", "vk": "ref", "max": "start", "whatsapp": "text"}
_MARKS_OF: Final = """
    select key, source, medium, campaign, content, term from marketing_trackedlink
    where workspace_id = %s and key = any(%s)
"""


def new_key() -> str:
    """Ten letters: 10^14 of them, so that nobody guesses one and no two are alike."""
    return "".join(secrets.choice(ALPHABET) for _ in range(KEY_LENGTH))


def short_address(link: TrackedLink) -> str:
    """The address to hand out, on our own domain."""
    return settings.PUBLIC_URL + reverse("marketing:short-link", args=[link.key])


def target_of(link: TrackedLink) -> str:
    """Where it leads: the page with its UTM marks, or the chat with its key; "" for nowhere."""
    if link.kind == TrackedLink.Kind.CHAT:
        return chat_target(link.channel, link.key, link.greeting) if link.channel else ""
    parts = urlsplit(link.url)
    marks = {f"utm_{name}": getattr(link, name) for name in MARKS if getattr(link, name)}
    marks["tandem_link"] = link.key
    query = [pair for pair in parse_qsl(parts.query, True) if pair[0] not in marks]
    return urlunsplit(parts._replace(query=urlencode([*query, *marks.items()])))


def chat_target(channel: Channel, key: str, greeting: str = "") -> str:
    """The address that opens a channel's chat and carries a key; "" for a kind that has none.

    Telegram: core.telegram.org/api/links#bot-links; VK: vk.me with `ref`; MAX: max.ru with `start`;
    WhatsApp has no parameter but the customer's first words.
    """
    address = chat_address(channel)
    name = PARAMETERS.get(channel.kind)
    if not address or name is None:
        return ""
    value = words_with(greeting, key) if channel.kind == "whatsapp" else key
    return f"{address}?{name}={quote(value, safe='')}"


def can_lead_to(channel: Channel) -> bool:
    """Whether a link can open a channel's chat and say where the customer came from."""
    return bool(chat_target(channel, "0" * KEY_LENGTH))


def marks_of(connection: Any, workspace_id: UUID, keys: Iterable[str]) -> dict[str, dict[str, str]]:
    """The marks of the links that there are, for the sorter: one query, in its transaction."""
    rows = connection.execute(_MARKS_OF, [workspace_id, list(keys)]).fetchall()
    return {
        key: {name: value for name, value in zip(MARKS, values, strict=True) if value}
        for key, *values in rows
    }


register_marks(marks_of)
