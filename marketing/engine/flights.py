"""What becomes of sends, on this machine's disk, until it is in the database.

`sending` is committed for many recipients at once. The file of these, a *flight*, tells of each
when its call begins and how it ends. A process that is killed leaves its flights behind, and the
next on the same machine reads them: who was not begun waits again, what ended is written, and only
the calls that were on the wire are in doubt.

The kernel keeps what a killed process has written, but a machine that stops may lose the end of a
file: after another boot a flight counts for what it says, not for what it leaves out.
"""

import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import orjson
from django.conf import settings

from channels_connectors.errors import ConnectorError
from channels_connectors.types import SendReceipt

Place = tuple[UUID, UUID, UUID]  # workspace, broadcast, channel
Result = SendReceipt | ConnectorError

# A file that its process has not named yet is left alone for so long (seconds).
MADE_WITHIN: Final = 60.0
_EARLY: Final = ".new"
_BEGUN: Final = "begun"
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


@dataclass
class Left:
    """A flight whose process is gone: of whom it tells, and what."""

    place: Place
    token: UUID
    ids: list[UUID]
    is_whole: bool
    begun: set[UUID] = field(default_factory=set)
    ended: dict[UUID, Result] = field(default_factory=dict)


class Flight:
    """The file of one commit of `sending`. Made before the commit; locked while its process lives;
    gone when everybody's outcome is written."""

    def __init__(self, place: Place, token: UUID, ids: Sequence[UUID]) -> None:
        self._open, self._is_left = len(ids), False
        self._path = _folder() / f"{token.hex}-{ids[0].hex}"
        early = self._path.with_suffix(_EARLY)
        self._file = os.open(early, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_APPEND, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._write({"boot": _boot(), "place": place, "token": token, "ids": ids})
        # Nobody finds it before it is locked and tells of whom.
        early.rename(self._path)

    def begin(self, recipient_id: UUID) -> None:
        """The call goes out now. Raises OSError, and then it must not."""
        self._write([recipient_id, _BEGUN])

    def end(self, recipient_id: UUID, result: Result) -> None:
        """The call has ended."""
        with suppress(OSError):
            self._write([recipient_id, _told(result)])

    def settle(self, count: int = 1) -> None:
        """So many are in the database as they are: written, or waiting again."""
        self._open -= count
        if self._open <= 0 and self._file >= 0:
            if not self._is_left:
                self._path.unlink(missing_ok=True)
            os.close(self._file)
            self._file = -1

    def leave(self, count: int) -> None:
        """Nobody knows what the database has of so many: the file is for who reads it."""
        self._is_left = True
        self.settle(count)

    def _write(self, line: Any) -> None:
        os.write(self._file, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def left_behind() -> Iterator[Left]:
    """Flights of processes that are gone, one after the other; each is forgotten when the next is
    asked for. One that is taken up by another process is passed over."""
    for path in sorted(_folder().iterdir()):
        with suppress(FileNotFoundError), _owned(path) as content:
            found = _read(content) if content is not None else None
            if found is not None:
                yield found
            if content is not None:
                path.unlink(missing_ok=True)


@contextmanager
def _owned(path: Path) -> Iterator[bytes | None]:
    """The content of a file that nobody holds; None while somebody does."""
    with path.open("rb") as file:
        if path.suffix == _EARLY and time.time() - os.fstat(file.fileno()).st_mtime < MADE_WITHIN:
            yield None
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield None
            return
        yield file.read()


def _read(content: bytes) -> Left | None:
    """What a file tells; its last line may be torn, and it may be empty."""
    lines = []
    for line in content.split(b"\n"):
        try:
            lines.append(orjson.loads(line))
        except ValueError:
            break
    if not lines:
        return None
    head = lines[0]
    workspace_id, broadcast_id, channel_id = (UUID(pk) for pk in head["place"])
    ids = [UUID(pk) for pk in head["ids"]]
    is_whole = bool(head["boot"]) and head["boot"] == _boot()
    left = Left((workspace_id, broadcast_id, channel_id), UUID(head["token"]), ids, is_whole)
    for key, told in lines[1:]:
        if told == _BEGUN:
            left.begun.add(UUID(key))
        else:
            left.ended[UUID(key)] = _heard(told)
    return left


def _told(result: Result) -> dict[str, Any]:
    if isinstance(result, SendReceipt):
        return {
            "id": result.external_id,
            "order": result.order,
            "sent_at": result.sent_at,
            "ids": result.all_external_ids,
            "chat": result.chat_id,
        }
    return {
        "error": result.error_class,
        "words": result.msgid,
        "retry_after": result.retry_after,
        "maybe_sent": result.maybe_sent,
        "of_chat": result.of_chat,
    }


def _heard(told: dict[str, Any]) -> Result:
    if "error" in told:
        return ConnectorError(
            told["error"],
            told["words"],
            retry_after=told["retry_after"],
            maybe_sent=told["maybe_sent"],
            of_chat=told["of_chat"],
        )
    at = told["sent_at"]
    return SendReceipt(
        external_id=told["id"],
        order=told["order"],
        sent_at=datetime.fromisoformat(at) if at else None,
        all_external_ids=tuple(told["ids"]),
        chat_id=told["chat"],
    )


def _folder() -> Path:
    folder: Path = settings.TANDEM_DATA / "flights"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@cache
def _boot() -> str:
    """Names the time since this machine was started; "" where the system does not tell."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
