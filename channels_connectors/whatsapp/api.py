"""Calls of the Graph API over HTTP: the one place where a system user's token meets the network."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any, Final

import aiohttp
from django.conf import settings

from channels_connectors import documents
from channels_connectors.calls import CALL_SECONDS, Calls, PlatformApi, Reader
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .errors import refusal
from .words import MAYBE_SENT, REFUSED, TOKEN_REFUSED, TOO_OFTEN, UNAVAILABLE

PUBLIC_API: Final = "https://graph.facebook.com"

_VERSION: Final = re.compile(r"v\d{1,3}\.\d{1,2}")
_LONGEST_WAIT: Final = 24 * 3600.0


class Api(PlatformApi):
    """One account's calls. Belongs to the event loop that entered it.

    `phone_number_id` and `waba_id` are the channel's own ids, as paths begin with them.
    """

    def __init__(self, config: ChannelConfig) -> None:
        self._token = credential(config, "token")
        self._secret = credential(config, "app_secret")
        self.phone_number_id = credential(config, "phone_number_id")
        self.waba_id = credential(config, "waba_id")
        ours, own_version = _base(settings.WHATSAPP_API_URL or PUBLIC_API)
        base, version = _base(config.settings.get("api_url") or ours)
        self.version = str(
            config.settings.get("graph_version")
            or version
            or own_version
            or settings.WHATSAPP_GRAPH_VERSION
        )
        self.is_public = base == PUBLIC_API
        self._calls = Calls(
            base,
            trusted=base == ours,
            proxy=str(config.settings.get("proxy") or ""),
            headers=self._authorization if _is_header(self._token) else {},
            unavailable=UNAVAILABLE,
            maybe_sent=MAYBE_SENT,
        )

    def _check_token(self) -> None:
        if not _is_header(self._token):
            raise ConnectorError("channel_auth", TOKEN_REFUSED)

    def __repr__(self) -> str:
        return "<Api of a WhatsApp account>"

    async def get(self, path: str, **params: str) -> dict[str, Any]:
        """The answer to a question. Raises ConnectorError."""
        return await self.call("GET", path, params=params)

    async def post(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a deed. Raises ConnectorError."""
        return await self.call("POST", path, json=body or {})

    async def call(
        self, verb: str, path: str, seconds: float = CALL_SECONDS, **options: Any
    ) -> dict[str, Any]:
        """The same with aiohttp's `options`; `seconds` bound the whole call."""
        told: dict[str, Any] = await self._calls.call(
            verb, f"{self.version}/{path}", _answer, seconds, **options
        )
        return told

    async def outside(
        self, verb: str, url: str, read: Reader, seconds: float, *, with_token: bool
    ) -> Any:
        """What `read` makes of an answer from an address that WhatsApp named: that of a file.

        Such an address must be public unless it is the API's own host.
        """
        headers = self._authorization if with_token else {}
        return await self._calls.outside(verb, url, read, seconds, headers=headers)

    def proof(self) -> str:
        """What shows that we know the app's secret: Meta refuses a call whose proof is wrong.

        https://developers.facebook.com/docs/graph-api/guides/secure-requests
        """
        return hmac.new(self._secret.encode(), self._token.encode(), hashlib.sha256).hexdigest()

    @property
    def for_uploads(self) -> dict[str, str]:
        """How the Resumable Upload API wants the token."""
        return {"Authorization": f"OAuth {self._token}"}

    @property
    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


def credential(config: ChannelConfig, name: str) -> str:
    """A credential as text without the blanks that come with copying; "" when it is absent."""
    return str(config.credentials.get(name) or "").strip()


def is_version(text: str) -> bool:
    """Whether this names a version of the Graph API."""
    return _VERSION.fullmatch(text) is not None


async def _answer(response: aiohttp.ClientResponse) -> dict[str, Any]:
    raw = await response.read()
    wait = _wait(response)
    try:
        told = documents.load(raw)
    except ValueError:
        told = None
    if isinstance(told, dict) and "error" in told:
        raise refusal(told["error"], response.status, wait)
    if isinstance(told, dict) and response.status < 300:
        return told
    raise _not_the_api(response.status, wait)


def _not_the_api(status: int, wait: float | None) -> ConnectorError:
    """Somebody else answered: a proxy, a gateway, a wrong address."""
    detail = f"HTTP {status}"
    if status == 429:
        return ConnectorError("rate", TOO_OFTEN, retry_after=wait, detail=detail)
    if 300 <= status < 500:
        return ConnectorError("bad_content", REFUSED, detail=detail)
    return ConnectorError("transient", MAYBE_SENT, maybe_sent=True, detail=detail)


def _wait(response: aiohttp.ClientResponse) -> float | None:
    """The seconds that the headers ask for. Meta's own tells minutes, by account and limit."""
    asked = response.headers.get("Retry-After", "")
    if asked.isascii() and asked.isdigit():
        return min(float(asked), _LONGEST_WAIT)
    try:
        usage = documents.load(
            response.headers.get("X-Business-Use-Case-Usage", "").encode() or b"{}"
        )
        minutes = max(
            float(limit.get("estimated_time_to_regain_access") or 0)
            for limits in usage.values()
            for limit in limits
        )
    except (ValueError, TypeError, AttributeError):
        return None
    return min(minutes * 60, _LONGEST_WAIT) if minutes > 0 else None


def _base(address: Any) -> tuple[str, str]:
    """(the address without a version at its end, that version or "")."""
    text = str(address).rstrip("/")
    rest, _, last = text.rpartition("/")
    return (rest, last) if _VERSION.fullmatch(last) else (text, "")


def _is_header(token: str) -> bool:
    return bool(token) and token.isascii() and token.isprintable() and " " not in token
