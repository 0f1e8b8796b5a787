"""The letter itself over SMTP's DATA, in steps that show whether it can have been sent."""

from __future__ import annotations

import asyncio
from typing import Final, cast

import aiosmtplib
from aiosmtplib.errors import SMTPDataError, SMTPServerDisconnected

_GO_ON: Final = 354
_TAKEN: Final = 250
# Seconds between looks at what still waits for the line.
_PACE: Final = 0.02


class Transmission:
    """One letter on its way. A server must not deliver a letter whose lone dot has not come (RFC
    5321 4.1.1.4): only `is_complete`, true from the writing of the dot on, makes a break doubtful.
    """

    def __init__(self, client: aiosmtplib.SMTP, seconds: float) -> None:
        """`seconds` bounds each answer, and each time in which the line takes nothing."""
        self.client, self.seconds = client, seconds
        self.is_complete = False

    async def run(self, content: bytes) -> None:
        """Hand the letter over. Raises SMTPException, OSError or TimeoutError."""
        answer = await self.client.execute_command(b"DATA", timeout=self.seconds)
        if answer.code != _GO_ON:
            raise SMTPDataError(answer.code, answer.message)
        protocol = self.client.protocol
        if protocol is None:
            raise SMTPServerDisconnected("Connection lost")
        protocol.write(_stuffed(content))
        await self._written()
        protocol.write(b".\r\n")
        self.is_complete = True
        answer = await protocol.read_response(timeout=self.seconds)
        if answer.code != _TAKEN:
            raise SMTPDataError(answer.code, answer.message)

    async def _written(self) -> None:
        """Wait until the line has taken all that was written, or has broken."""
        clock = asyncio.get_running_loop().time
        left, since = 0, clock()
        while self.client.protocol and (transport := self.client.protocol.transport):
            waiting = cast(asyncio.WriteTransport, transport).get_write_buffer_size()
            if not waiting:
                return
            if waiting != left:
                left, since = waiting, clock()
            elif clock() - since > self.seconds:
                raise TimeoutError
            await asyncio.sleep(_PACE)


def _stuffed(content: bytes) -> bytes:
    """Lines as SMTP wants them, a dot before each that begins with one (RFC 5321 4.5.2)."""
    lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    stuffed = lines.replace(b"\n.", b"\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed
