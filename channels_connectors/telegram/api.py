"""Calls of the Bot API over HTTP: the one place where a bot's token meets the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson
from django.conf import settings

from channels_connectors.addresses import open_connector
from channels_connectors.calls import (
    CALL_SECONDS,
    CONNECT_SECONDS,
    NOT_CONNECTED,
    Reader,
    trusted_certificates,
)
from channels_connectors.errors import ConnectorError
from channels_connectors.sessions import session
from channels_connectors.types import ChannelConfig, Json

from .errors import MAYBE_SENT, TOKEN_REFUSED, UNAVAILABLE, refusal, scrub

PUBLIC_API: Final = "https://api.telegram.org"
# Of one message, in UTF-16 units.
TEXT_LIMIT: Final = 4096
CAPTION_LIMIT: Final = 1024

_TOKEN: Final = re.compile(r"(\d{1,20}):[A-Za-z0-9_-]{10,100}")


def bot_id(config: ChannelConfig) -> str:
    """The bot's own user id: the first part of its token, or "" for a token of another shape."""
    match = _TOKEN.fullmatch(str(config.credentials.get("token") or ""))
    return match[1] if match else ""


def is_local(settings: Json) -> bool:
    """Whether the channel speaks to a Bot API server of one's own (`--local`), see `files`."""
    return settings.get("local") in (True, "true", "1", 1)


class Api:
    """One bot's calls over one HTTP session. Belongs to the event loop that entered it."""

    def __init__(self, config: ChannelConfig) -> None:
        self._token = str(config.credentials.get("token") or "").strip()
        ours = settings.TELEGRAM_API_URL or PUBLIC_API
        self._base = str(config.settings.get("api_url") or ours).rstrip("/")
        self._proxy = str(config.settings.get("proxy") or "")
        self._trusted = self._base == ours.rstrip("/")
        self.is_local = is_local(config.settings)
        self._session: aiohttp.ClientSession | None = None
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if not _TOKEN.fullmatch(self._token):
            raise ConnectorError("channel_auth", TOKEN_REFUSED)
        # The token is in the paths: all bots of a server may share its connections.
        key = ("telegram", self._base, self._proxy, self._trusted)
        self._session = await self._open.enter_async_context(session(key, self._open_session))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._open.aclose()

    async def _open_session(self) -> aiohttp.ClientSession:
        connector = await open_connector(
            self._base, proxy=self._proxy, trusted=self._trusted, tls=trusted_certificates()
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers={"User-Agent": "Tandem"},
            cookie_jar=aiohttp.DummyCookieJar(),
            json_serialize=_json_text,
        )

    @property
    def token(self) -> str:
        """For the paths of a local server's files, which hold it."""
        return self._token

    @property
    def is_trusted(self) -> bool:
        """Whether the environment, and not an administrator of a workspace, named the address."""
        return self._trusted

    def __repr__(self) -> str:
        return f"<Api of bot {self._token.partition(':')[0]}>"

    async def call(
        self,
        method: str,
        parameters: Mapping[str, Any] | None = None,
        *,
        form: aiohttp.FormData | None = None,
        seconds: float = CALL_SECONDS,
    ) -> Any:
        """The `result` of a call. Raises ConnectorError; `seconds` bound the whole call."""
        body: dict[str, Any] = {"data": form} if form else {"json": dict(parameters or {})}

        async def read(response: aiohttp.ClientResponse) -> Any:
            return _result(response.status, await response.read())

        return await self._request("POST", f"bot{self._token}/{method}", read, seconds, **body)

    async def fetch(self, path: str, read: Reader, seconds: float) -> Any:
        """What `read` makes of the file whose path `getFile` told."""
        return await self._request("GET", f"file/bot{self._token}/{path}", read, seconds)

    async def _request(
        self, verb: str, path: str, read: Reader, seconds: float, **body: Any
    ) -> Any:
        """Errors of the transport hold the address, hence the token: ours is raised outside of
        their handlers, so that none of them stays in the chain of causes."""
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(
            total=seconds, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS
        )
        try:
            async with self._session.request(
                verb, f"{self._base}/{path}", timeout=timeout, allow_redirects=False, **body
            ) as response:
                return await read(response)
        except NOT_CONNECTED as error:
            failure = ConnectorError("transient", UNAVAILABLE, detail=_reason(error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            failure = ConnectorError(
                "transient", MAYBE_SENT, maybe_sent=True, detail=_reason(error)
            )
        raise failure


def _result(status: int, raw: bytes) -> Any:
    try:
        answer = orjson.loads(raw)
        succeeded = answer["ok"] is True
    except (ValueError, TypeError, KeyError):
        raise _not_the_api(status) from None
    if succeeded:
        return answer.get("result")
    code = answer.get("error_code")
    raise refusal(
        code if isinstance(code, int) else status,
        str(answer.get("description") or ""),
        answer.get("parameters") or {},
    )


def _not_the_api(status: int) -> ConnectorError:
    """Somebody else answered: a proxy, a gateway, a wrong address."""
    if 300 <= status < 500:
        return refusal(status, f"HTTP {status}", {})
    return ConnectorError("transient", MAYBE_SENT, maybe_sent=True, detail=f"HTTP {status}")


def _reason(error: BaseException) -> str:
    return scrub(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)


def _json_text(value: Any) -> str:
    return orjson.dumps(value).decode()
