"""Calls of VK's API over HTTP: the one place where a community's token meets the network."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson
from django.conf import settings
from yarl import URL

from channels_connectors import documents
from channels_connectors.addresses import open_connector
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .errors import MAYBE_SENT, REFUSED, TOKEN_REFUSED, UNAVAILABLE, refusal

PUBLIC_API: Final = "https://api.vk.ru"
VERSION: Final = "5.199"
CONNECT_SECONDS: Final = 10
CALL_SECONDS: Final = 30

Reader = Callable[[aiohttp.ClientResponse], Awaitable[Any]]

# Nothing has left us when one of these is raised, so the call cannot have had an effect.
_NOT_CONNECTED: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
)


class Api:
    """One community's calls. Belongs to the event loop that entered it."""

    def __init__(self, config: ChannelConfig) -> None:
        self._token = str(config.credentials.get("token") or "").strip()
        ours = _base(settings.VK_API_URL or PUBLIC_API)
        self._base = _base(config.settings.get("api_url") or ours)
        self._proxy = str(config.settings.get("proxy") or "")
        self._trusted = self._base == ours
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        if not self._token or not self._token.isascii():
            raise ConnectorError("channel_auth", TOKEN_REFUSED)
        self._session = await self._open(self._base, self._trusted)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._session is not None:
            await self._session.close()

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
        assert self._session is not None
        form = {name: _text(value) for name, value in (parameters or {}).items()}
        form |= {"access_token": self._token, "v": VERSION}
        return await _request(
            self._session, "POST", f"{self._base}/method/{method}", _result, seconds, data=form
        )

    async def outside(
        self, verb: str, url: str, read: Reader, seconds: float, **options: Any
    ) -> Any:
        """What `read` makes of an answer from an address that VK named: an upload server, a file.

        Such an address must be public unless it is the API's own host.
        """
        async with self._session_for(url) as session:
            return await _request(session, verb, url, read, seconds, **options)

    @asynccontextmanager
    async def _session_for(self, url: str) -> AsyncIterator[aiohttp.ClientSession]:
        session = await self._open(url, self._trusted and _host(url) == _host(self._base))
        async with session:
            yield session

    async def _open(self, address: str, trusted: bool) -> aiohttp.ClientSession:
        connector = await open_connector(address, proxy=self._proxy, trusted=trusted, tls=_tls())
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "Tandem"},
            cookie_jar=aiohttp.DummyCookieJar(),
        )


async def _request(
    session: aiohttp.ClientSession,
    verb: str,
    url: str,
    read: Reader,
    seconds: float,
    **options: Any,
) -> Any:
    """Errors of the transport may hold an address with keys in it: ours is raised outside of their
    handlers, so that none of them stays in the chain of causes."""
    timeout = aiohttp.ClientTimeout(
        total=seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
    )
    try:
        async with session.request(
            verb, url, timeout=timeout, allow_redirects=False, **options
        ) as response:
            return await read(response)
    except _NOT_CONNECTED as error:
        failure = ConnectorError("transient", UNAVAILABLE, detail=type(error).__name__)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        failure = ConnectorError(
            "transient", MAYBE_SENT, maybe_sent=True, detail=type(error).__name__
        )
    raise failure


async def _result(response: aiohttp.ClientResponse) -> Any:
    raw = await response.read()
    try:
        answer = documents.load(raw)
        if "error" in answer:
            raise refusal(answer["error"])
        return answer["response"]
    except (ValueError, TypeError, LookupError):
        failure = _not_the_api(response.status)
    raise failure


def _not_the_api(status: int) -> ConnectorError:
    """Somebody else answered: a proxy, a gateway, a wrong address."""
    detail = f"HTTP {status}"
    if status == 429:
        return ConnectorError("rate", UNAVAILABLE, retry_after=1, detail=detail)
    if 300 <= status < 500:
        return ConnectorError("bad_content", REFUSED, detail=detail)
    return ConnectorError("transient", MAYBE_SENT, maybe_sent=True, detail=detail)


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


def _host(address: str) -> str | None:
    try:
        return URL(address).host
    except ValueError:
        return None


@cache
def _tls() -> ssl.SSLContext:
    # Reading the certificates takes tens of milliseconds, and one context serves every loop.
    return ssl.create_default_context()
