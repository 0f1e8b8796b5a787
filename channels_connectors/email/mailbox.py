"""A mailbox over IMAP, as far as a channel needs it.

The library blocks, so its calls run in threads of a pool of their own. Waiting for news holds no
thread: while IDLE lasts, the event loop watches the socket, and one poller carries hundreds of
mailboxes.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import logging
import re
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, TypeVar

import imapclient
from imapclient.exceptions import IMAPClientError, LoginError

from channels_connectors.calls import trusted_certificates
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .access import access_token, uses_tokens
from .errors import (
    BAD_CERTIFICATE,
    BROKE_OFF,
    NO_FOLDER,
    NO_TLS,
    login_refused,
    token_refused,
)
from .network import encrypt, open_socket
from .servers import Server, imap_server

# One answer of the server may take so long.
CALL_SECONDS: Final = 30.0
THREADS: Final = 32

T = TypeVar("T")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="imap")
# What servers without SPECIAL-USE call the folder.
_SENT_NAMES: Final = re.compile(
    r"(?:.*[/.|])?(?:sent|sent items|sent mail|sent messages|отправленные|отправленное)",
    re.IGNORECASE,
)
logging.getLogger("imapclient").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class Folder:
    """A selected folder. `next_uid` is what the next letter in it will get."""

    validity: int
    next_uid: int


class Mailbox:
    """One logged-in connection. Not for two tasks at once. Calls raise ConnectorError."""

    def __init__(self, client: imapclient.IMAPClient) -> None:
        self._client = client
        self.has_idle = bool(client.has_capability("IDLE"))
        self._sent: str | None = None

    async def select(self, name: str) -> Folder:
        """Look into a folder, without the right to change it."""
        try:
            told = await self._call(lambda: self._client.select_folder(name, readonly=True))
        except ConnectorError as error:
            if error.words is not BROKE_OFF or error.detail != "refused":
                raise
            raise ConnectorError("channel_auth", NO_FOLDER, detail=name) from None
        validity = int(told.get(b"UIDVALIDITY") or 0)
        next_uid = told.get(b"UIDNEXT")
        if next_uid is None:
            next_uid = max(await self.search(["ALL"]), default=0) + 1
        return Folder(validity, int(next_uid))

    async def search(self, criteria: list[Any]) -> list[int]:
        """UIDs in the selected folder, in order."""
        return sorted(await self._call(lambda: [*map(int, self._client.search(criteria))]))

    async def since(self, day: date) -> list[int]:
        """UIDs of letters that came on this day or later."""
        return await self.search(["SINCE", day])

    async def after(self, uid: int) -> list[int]:
        """UIDs above one. (`n:*` names the last letter even where it lies below n.)"""
        found = await self.search(["UID", f"{uid + 1}:*"])
        return [one for one in found if one > uid]

    async def sizes(self, uids: list[int]) -> dict[int, tuple[int, datetime | None]]:
        """Of each letter: its size in bytes, and when the server took it in."""
        told = await self._fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
        return {
            uid: (int(facts.get(b"RFC822.SIZE") or 0), facts.get(b"INTERNALDATE"))
            for uid, facts in told.items()
        }

    async def letter(self, uid: int, *, only_headers: bool = False) -> bytes | None:
        """A letter as it is, not marked as seen; None when somebody has deleted it meanwhile."""
        part = "BODY.PEEK[HEADER]" if only_headers else "BODY.PEEK[]"
        told = (await self._fetch([uid], [part])).get(uid, {})
        found = told.get(part.replace(".PEEK", "").encode())
        return bytes(found) if found is not None else None

    async def sent_folder(self) -> str:
        """The folder of sent letters by SPECIAL-USE (RFC 6154), else by its name; "" = none."""
        if self._sent is None:
            found = await self._call(self._client.list_folders)
            special = [name for flags, _, name in found if b"\\Sent" in flags]
            named = [name for _, _, name in found if _SENT_NAMES.fullmatch(name)]
            self._sent = next(iter([*special, *named]), "")
        return self._sent

    async def append(self, folder: str, letter: bytes) -> None:
        """Put a letter into a folder, as read."""
        await self._call(lambda: self._client.append(folder, letter, [b"\\Seen"]))

    async def wait(self, seconds: float) -> None:
        """IDLE in the selected folder until something happens there, at most `seconds`."""
        await self._call(self._client.idle)
        loop, stirred = asyncio.get_running_loop(), asyncio.Event()
        number = self._client.socket().fileno()
        loop.add_reader(number, stirred.set)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stirred.wait(), seconds)
        finally:
            loop.remove_reader(number)
        await self._call(self._client.idle_done)

    async def leave(self) -> None:
        """Say goodbye."""
        with contextlib.suppress(ConnectorError):
            await self._call(self._client.logout)

    def drop(self) -> None:
        """Close the connection as it is; a thread that waits for it comes free."""
        with contextlib.suppress(OSError):
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._client.socket().close()

    async def _fetch(self, uids: list[int], parts: list[str]) -> dict[int, dict[bytes, Any]]:
        if not uids:
            return {}
        found: dict[int, dict[bytes, Any]] = await self._call(
            lambda: dict(self._client.fetch(uids, parts))
        )
        return found

    async def _call(self, call: Callable[[], T]) -> T:
        return await _in_thread(call)


async def open_mailbox(config: ChannelConfig) -> Mailbox:
    """Connect and log in. Raises ConnectorError with what to do about it."""
    user = str(config.credentials.get("address") or "").strip()
    if not uses_tokens(config):
        password = str(config.credentials.get("password") or "")
        return await _open(config, lambda client: _by_password(client, user, password))
    token = await access_token(config)
    try:
        return await _open(config, lambda client: _by_token(client, user, token))
    except ConnectorError as error:
        if error.error_class != "channel_auth":
            raise
    # It may have ended before its time.
    token = await access_token(config, refused=token)
    return await _open(config, lambda client: _by_token(client, user, token))


async def _open(config: ChannelConfig, enter: Callable[[imapclient.IMAPClient], None]) -> Mailbox:
    server = imap_server(config)
    plain = await open_socket(server, str(config.settings.get("proxy") or ""))
    try:
        client = await _in_thread(lambda: _log_in(plain, server, enter))
    except BaseException:
        with contextlib.suppress(OSError):
            plain.close()
        raise
    return Mailbox(client)


async def _in_thread(call: Callable[[], T]) -> T:
    """Run a call of the library. Its errors hold commands, so none stays in the chain."""
    loop = asyncio.get_running_loop()
    try:
        return await loop.run_in_executor(_threads, call)
    except ConnectorError:
        raise
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        is_abort = isinstance(error, imaplib.IMAP4.abort)
        failure = ConnectorError("transient", BROKE_OFF, detail="" if is_abort else "refused")
    except Exception as error:
        failure = ConnectorError("transient", BROKE_OFF, detail=type(error).__name__)
    raise failure


def _log_in(
    plain: socket.socket, server: Server, enter: Callable[[imapclient.IMAPClient], None]
) -> imapclient.IMAPClient:
    given = encrypt(plain, server) if server.tls == "implicit" else plain
    given.settimeout(CALL_SECONDS)
    client = _Client(given, server.host)
    if server.tls != "implicit":
        _start_tls(client, server)
    try:
        enter(client)
    except (LoginError, UnicodeError) as error:
        told = "" if isinstance(error, UnicodeError) else str(error)
        failure = login_refused(server.host, told)
    except ConnectorError as error:
        failure = error
    else:
        return client
    with contextlib.suppress(Exception):
        client.shutdown()
    raise failure


def _by_password(client: imapclient.IMAPClient, user: str, password: str) -> None:
    if client.has_capability("LOGINDISABLED") or not (user + password).isascii():
        client.plain_login(user, password)
    else:
        client.login(user, password)


def _by_token(client: imapclient.IMAPClient, user: str, token: str) -> None:
    try:
        client.oauth2_login(user, token)
    except (LoginError, UnicodeError) as error:
        told = "" if isinstance(error, UnicodeError) else str(error)
        failure = token_refused(told)
    else:
        return
    raise failure


def _start_tls(client: imapclient.IMAPClient, server: Server) -> None:
    if not client.has_capability("STARTTLS"):
        if server.tls == "offered":
            return
        raise ConnectorError("channel_auth", NO_TLS)
    try:
        client.starttls(trusted_certificates())
    except ssl.SSLCertVerificationError:
        failure = ConnectorError("channel_auth", BAD_CERTIFICATE)
    except (ssl.SSLError, IMAPClientError, imaplib.IMAP4.error):
        failure = ConnectorError("channel_auth", NO_TLS)
    else:
        return
    raise failure


class _OverSocket(imaplib.IMAP4):
    """The standard library's protocol over a connection that is there already."""

    def __init__(self, given: socket.socket, host: str) -> None:
        self._given = given
        super().__init__(host)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._given


class _Client(imapclient.IMAPClient):  # type: ignore[misc]
    def __init__(self, given: socket.socket, host: str) -> None:
        self._given = given
        super().__init__(host, ssl=False, timeout=CALL_SECONDS)

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802  the library's name
        return _OverSocket(self._given, self.host)
