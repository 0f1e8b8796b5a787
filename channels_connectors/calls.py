"""HTTP calls to a platform, for connectors without a library that makes them.

Addresses are checked (see `addresses`), cookies and redirects are not followed, and no error of the
transport gets out: it may hold an address with a token in it.
"""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
from aiohttp_socks import ProxyConnectionError, ProxyError, ProxyTimeoutError
from yarl import URL

from .addresses import open_connector
from .errors import ConnectorError
from .sessions import session
from .types import Words

CONNECT_SECONDS: Final = 10
CALL_SECONDS: Final = 30

Reader = Callable[[aiohttp.ClientResponse], Awaitable[Any]]

# Nothing has left us when one of these is raised, so the call cannot have had an effect.
NOT_CONNECTED: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    # The proxy is not there, does not know us, or did not get through.
    ProxyConnectionError,
    ProxyError,
    ProxyTimeoutError,
)


class Calls:
    """Calls to one API over one session. Belongs to the event loop that entered it.

    `base` is the API's address, `trusted` when it comes from the environment or from us.
    `unavailable` are the words for a call that never left, `maybe_sent` for one whose outcome
    nobody knows. `ca_file` names further certificates to trust.
    """

    def __init__(
        self,
        base: str,
        *,
        trusted: bool,
        unavailable: Words,
        maybe_sent: Words,
        proxy: str = "",
        headers: dict[str, str] | None = None,
        ca_file: str = "",
    ) -> None:
        self.base = base.rstrip("/")
        self._trusted, self._proxy = trusted, proxy
        self._headers = headers or {}
        self._unavailable, self._maybe_sent = unavailable, maybe_sent
        self._tls, self._ca_file = trusted_certificates(ca_file), ca_file
        self._session: aiohttp.ClientSession | None = None
        self._entered = AsyncExitStack()

    async def __aenter__(self) -> Self:
        headers = tuple(sorted(self._headers.items()))
        key = ("calls", self.base, self._proxy, self._trusted, self._ca_file, headers)
        self._session = await self._entered.enter_async_context(session(key, self._open_own))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._entered.aclose()

    async def _open_own(self) -> aiohttp.ClientSession:
        return await self._open(self.base, self._trusted, self._headers)

    async def call(
        self, verb: str, path: str, read: Reader, seconds: float = CALL_SECONDS, **options: Any
    ) -> Any:
        """What `read` makes of the answer to a call of the API. Raises ConnectorError.

        `seconds` bound the whole call; `options` are aiohttp's (`json`, `data`, `params`).
        """
        assert self._session is not None
        return await self._request(
            self._session, verb, f"{self.base}/{path}", read, seconds, options
        )

    async def outside(
        self,
        verb: str,
        url: str,
        read: Reader,
        seconds: float,
        *,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> Any:
        """The same for an address that the platform named: an upload server, a file.

        It must be public unless it is the trusted API's own host. Only `headers` go with it.
        """
        trusted = self._trusted and _host(url) == _host(self.base)
        async with self._session_for(url, trusted, headers or {}) as own:
            return await self._request(own, verb, url, read, seconds, options)

    @asynccontextmanager
    async def _session_for(
        self, url: str, trusted: bool, headers: dict[str, str]
    ) -> AsyncIterator[aiohttp.ClientSession]:
        async with await self._open(url, trusted, headers) as own:
            yield own

    async def _open(
        self, address: str, trusted: bool, headers: dict[str, str]
    ) -> aiohttp.ClientSession:
        connector = await open_connector(address, proxy=self._proxy, trusted=trusted, tls=self._tls)
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "Tandem", **headers},
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def _request(
        self,
        session: aiohttp.ClientSession,
        verb: str,
        url: str,
        read: Reader,
        seconds: float,
        options: dict[str, Any],
    ) -> Any:
        """Raised outside of the handlers, so that no transport's error stays in the chain."""
        timeout = aiohttp.ClientTimeout(
            total=seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
        )
        try:
            async with session.request(
                verb, url, timeout=timeout, allow_redirects=False, **options
            ) as response:
                return await read(response)
        except NOT_CONNECTED as error:
            failure = ConnectorError("transient", self._unavailable, detail=type(error).__name__)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = ConnectorError(
                "transient", self._maybe_sent, maybe_sent=True, detail=type(error).__name__
            )
        raise failure


class PlatformApi(ABC):
    """One account's calls of a platform: `async with` checks its token and enters its `_calls`.

    Belongs to the event loop that entered it.
    """

    _calls: Calls

    @abstractmethod
    def _check_token(self) -> None:
        """Raises ConnectorError for a token that cannot be one, before it meets the network."""

    async def __aenter__(self) -> Self:
        self._check_token()
        await self._calls.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._calls.__aexit__(kind, error, traceback)


def _host(address: str) -> str | None:
    try:
        return URL(address).host
    except ValueError:
        return None


@cache
def trusted_certificates(ca_file: str = "") -> ssl.SSLContext:
    """The system's certificates and those of `ca_file`. One context serves every loop: reading
    the certificates takes tens of milliseconds."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
