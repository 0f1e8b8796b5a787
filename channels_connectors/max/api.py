"""Calls of MAX's API over HTTP: the one place where a bot's token meets the network."""

from __future__ import annotations

from typing import Any, Final

import aiohttp
from django.conf import settings

from channels_connectors import documents
from channels_connectors.calls import CALL_SECONDS, Calls, PlatformApi, Reader
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .errors import CERTIFICATES, MAYBE_SENT, TOKEN_REFUSED, UNAVAILABLE, Refusal, refusal

PUBLIC_API: Final = "https://platform-api2.max.ru"


class Api(PlatformApi):
    """One bot's calls. Belongs to the event loop that entered it."""

    def __init__(self, config: ChannelConfig) -> None:
        self._token = str(config.credentials.get("token") or "").strip()
        ours = str(settings.MAX_API_URL or PUBLIC_API).rstrip("/")
        base = str(config.settings.get("api_url") or ours).rstrip("/")
        try:
            self._calls = Calls(
                base,
                trusted=base == ours,
                proxy=str(config.settings.get("proxy") or ""),
                headers={"Authorization": self._token},
                unavailable=UNAVAILABLE,
                maybe_sent=MAYBE_SENT,
                ca_file=settings.MAX_CA_FILE or "",
            )
            return
        except OSError as error:
            failure = ConnectorError("channel_auth", CERTIFICATES, detail=type(error).__name__)
        raise failure

    def _check_token(self) -> None:
        if not self._token or not self._token.isascii() or not self._token.isprintable():
            raise ConnectorError("channel_auth", TOKEN_REFUSED)

    def __repr__(self) -> str:
        return "<Api of a bot>"

    async def call(
        self,
        verb: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        seconds: float = CALL_SECONDS,
        **parameters: Any,
    ) -> Any:
        """The answer's JSON; `parameters` go into the address, those that are None do not.

        Raises ConnectorError, also for an answer `{success: false}`. `seconds` bound the call.
        """
        query = {name: str(value) for name, value in parameters.items() if value is not None}
        options: dict[str, Any] = {"params": query}
        if body is not None:
            options["json"] = body
        return await self._calls.call(verb, path, _result, seconds, **options)

    async def outside(
        self, verb: str, url: str, read: Reader, seconds: float, **options: Any
    ) -> Any:
        """What `read` makes of an answer from an address that MAX named: an upload server, a file.

        Such an address must be public unless it is the API's own host. The token stays here.
        """
        return await self._calls.outside(verb, url, read, seconds, **options)


async def _result(response: aiohttp.ClientResponse) -> Any:
    raw = await response.read()
    try:
        answer = documents.load(raw)
    except ValueError:
        answer = None
    if response.status != 200:
        raise refusal(response.status, answer, response.headers.get("Retry-After", ""))
    if not isinstance(answer, dict):
        # Somebody else answered 200; nobody knows whether MAX got the call.
        raise ConnectorError("transient", MAYBE_SENT, maybe_sent=True, detail="not JSON")
    if answer.get("success") is False:
        raise _unsuccessful(answer)
    return answer


def _unsuccessful(answer: dict[str, Any]) -> Refusal:
    """MAX tells some refusals with 200 and `{success: false, message}`."""
    return refusal(400, {"code": answer.get("code"), "message": answer.get("message")})
