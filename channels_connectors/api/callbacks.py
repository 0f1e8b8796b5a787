"""Our calls of the other system's address: events as signed JSON."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import aiohttp
import orjson
from django.conf import settings
from yarl import URL

from channels_connectors import documents
from channels_connectors.addresses import WRONG_ADDRESS
from channels_connectors.calls import CALL_SECONDS, Calls
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Json

from .signing import signed_headers
from .words import (
    GONE,
    MAYBE_SENT,
    NOT_HTTPS,
    REDIRECTS,
    REFUSED,
    SIGNATURE_REFUSED,
    TOO_OFTEN,
    UNAVAILABLE,
)

_LARGEST_ANSWER: Final = 64 * 1024
_LONGEST_WAIT: Final = 3600
_FIRST_WAIT: Final = 5


def callback_url(config: ChannelConfig) -> str:
    """Where the other system wants to hear from us; "" when it asks instead."""
    return str(config.credentials.get("callback_url") or "").strip()


def check_address(address: str) -> URL:
    """The address, if it may be called. Raises ConnectorError."""
    try:
        url = URL(address)
        host, scheme = url.host, url.scheme
    except ValueError:
        host, scheme = None, ""
    if not host or url.user or url.password:
        raise ConnectorError("channel_auth", WRONG_ADDRESS, field="callback_url")
    if scheme != "https" and not is_trusted(url):
        raise ConnectorError("channel_auth", NOT_HTTPS, field="callback_url")
    return url


def is_trusted(url: URL) -> bool:
    """Whether the environment names this server: it may be private, and without TLS."""
    trusted = settings.API_CALLBACK_URL
    if not trusted or url.scheme not in ("http", "https"):
        return False
    return url.origin() == URL(str(trusted)).origin()


async def tell(
    config: ChannelConfig, event: str, body: Json, key: UUID | str, seconds: float = CALL_SECONDS
) -> Json:
    """Post an event; the other system's JSON answer, {} where it has none. Raises ConnectorError.

    `key` names the event however often it is sent.
    """
    url = check_address(callback_url(config))
    document = {"event": event, "id": str(key), "at": _now(), **body}
    content = orjson.dumps(document)
    secret = str(config.credentials.get("secret") or "")
    headers = {
        **signed_headers(secret, str(int(time.time())), content),
        "Content-Type": "application/json",
        "Idempotency-Key": str(key),
    }
    async with calls(config, url) as made:
        answer: Json = await made.call(
            "POST", url.raw_path_qs.lstrip("/"), _answer, seconds, data=content, headers=headers
        )
    return answer


def calls(config: ChannelConfig, url: URL) -> Calls:
    """Guarded calls of the server that this address names."""
    return Calls(
        str(url.origin()),
        trusted=is_trusted(url),
        proxy=str(config.settings.get("proxy") or ""),
        unavailable=UNAVAILABLE,
        maybe_sent=MAYBE_SENT,
    )


async def _answer(response: aiohttp.ClientResponse) -> Json:
    raw = b""
    async for piece in response.content.iter_chunked(8192):
        raw += piece
        if len(raw) > _LARGEST_ANSWER:
            break
    try:
        told: Any = documents.load(raw)
    except ValueError:
        told = None
    answer: Json = told if isinstance(told, dict) else {}
    if 200 <= response.status < 300:
        return answer
    raise refusal(response.status, answer, response.headers.get("Retry-After", ""))


def refusal(status: int, answer: Json, retry_after: str) -> ConnectorError:
    """The error for an answer that is no 2xx. `{error}` in a 4xx are words for the agent."""
    said = answer.get("error")
    said = said.strip()[:300] if isinstance(said, str) else ""
    detail = f"HTTP {status}"
    if status in (401, 403):
        return ConnectorError("channel_auth", SIGNATURE_REFUSED, detail=detail)
    if status in (404, 410):
        return ConnectorError("recipient_gone", said or GONE, detail=detail)
    if status == 429:
        wait = int(retry_after) if retry_after.isascii() and retry_after.isdigit() else _FIRST_WAIT
        return ConnectorError(
            "rate", TOO_OFTEN, retry_after=min(wait, _LONGEST_WAIT), detail=detail
        )
    if 300 <= status < 400:
        return ConnectorError("channel_auth", REDIRECTS, detail=detail)
    if status >= 500 or status in (408, 425):
        # Nobody knows how far it came. The key tells a repetition.
        return ConnectorError("transient", UNAVAILABLE, maybe_sent=True, detail=detail)
    return ConnectorError("bad_content", said or REFUSED, detail=detail)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
