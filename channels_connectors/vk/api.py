"""Calls of VK's API over HTTP: the one place where a community's token meets the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import aiohttp
import orjson
from django.conf import settings

from channels_connectors import documents
from channels_connectors.calls import CALL_SECONDS, Calls, PlatformApi, Reader
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .errors import refusal
from .words import MAYBE_SENT, REFUSED, TOKEN_REFUSED, TOO_OFTEN, UNAVAILABLE

PUBLIC_API: Final = "https://api.vk.ru"
VERSION: Final = "5.199"
# VK runs so many methods in one `execute`.
MOST_AT_ONCE: Final = 25
LONGEST_WAIT: Final = 3600


class Api(PlatformApi):
    """One community's calls. Belongs to the event loop that entered it."""

    def __init__(self, config: ChannelConfig) -> None:
        self._token = str(config.credentials.get("token") or "").strip()
        ours = _base(settings.VK_API_URL or PUBLIC_API)
        base = _base(config.settings.get("api_url") or ours)
        self._calls = Calls(
            base,
            trusted=base == ours,
            proxy=str(config.settings.get("proxy") or ""),
            unavailable=UNAVAILABLE,
            maybe_sent=MAYBE_SENT,
        )

    def _check_token(self) -> None:
        if not self._token or not self._token.isascii():
            raise ConnectorError("channel_auth", TOKEN_REFUSED)

    def __repr__(self) -> str:
        return "<Api of a community>"

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        seconds: float = CALL_SECONDS,
    ) -> Any:
        """The `response` of a method. Raises ConnectorError; `seconds` bound the whole call."""
        form = self._form(parameters or {})
        return await self._calls.call("POST", f"method/{method}", _result, seconds, data=form)

    async def execute(
        self, calls: Sequence[tuple[str, Mapping[str, Any]]], *, skip_refused: bool = False
    ) -> list[Any]:
        """The responses of up to MOST_AT_ONCE methods for the price of one call.

        Raises ConnectorError for the first that VK refused, or with `skip_refused` answers it with
        False. The others were made all the same, so only what may be repeated belongs here.
        """
        made = ",".join(f"API.{method}({_script(given)})" for method, given in calls)
        answer = await self._calls.call(
            "POST",
            "method/execute",
            _answer,
            CALL_SECONDS,
            data=self._form({"code": f"return [{made}];"}),
        )
        refused = answer.get("execute_errors")
        if refused and not skip_refused:
            raise refusal(refused[0])
        return list(answer["response"])

    async def outside(
        self, verb: str, url: str, read: Reader, seconds: float, **options: Any
    ) -> Any:
        """What `read` makes of an answer from an address that VK named: an upload server, a file.

        Such an address must be public unless it is the API's own host.
        """
        return await self._calls.outside(verb, url, read, seconds, **options)

    def _form(self, parameters: Mapping[str, Any]) -> dict[str, str]:
        form = {name: _text(value) for name, value in parameters.items()}
        return {**form, "access_token": self._token, "v": VERSION}


async def _result(response: aiohttp.ClientResponse) -> Any:
    return (await _answer(response))["response"]


async def _answer(response: aiohttp.ClientResponse) -> dict[str, Any]:
    raw = await response.read()
    try:
        answer: dict[str, Any] = documents.load(raw)
        if "error" in answer:
            raise refusal(answer["error"])
        if "response" in answer:
            return answer
    except (ValueError, TypeError, LookupError):
        pass
    raise _not_the_api(response)


def _not_the_api(response: aiohttp.ClientResponse) -> ConnectorError:
    """Somebody else answered: a proxy, a gateway, a wrong address."""
    status, detail = response.status, f"HTTP {response.status}"
    if status == 429:
        asked = response.headers.get("Retry-After", "")
        wait = min(int(asked), LONGEST_WAIT) if asked.isascii() and asked.isdigit() else 1
        return ConnectorError("rate", TOO_OFTEN, retry_after=wait, detail=detail)
    if 300 <= status < 500:
        return ConnectorError("bad_content", REFUSED, detail=detail)
    return ConnectorError("transient", MAYBE_SENT, maybe_sent=True, detail=detail)


def _script(parameters: Mapping[str, Any]) -> str:
    """Parameters as an object of VK's script, all of them texts."""
    return orjson.dumps({name: _text(value) for name, value in parameters.items()}).decode()


def _text(value: Any) -> str:
    """A parameter as VK reads it: lists with commas, objects as JSON, yes as 1."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return str(value)


def _base(address: Any) -> str:
    return str(address).rstrip("/").removesuffix("/method")
