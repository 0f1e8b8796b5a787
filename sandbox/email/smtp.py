"""The SMTP server: takes letters from who logs in, and plays the recipients' servers too."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re

from .faults import Fault
from .oauth import read_xoauth2
from .world import SENT, Mailbox, World

_PATH = re.compile(r"<([^>]*)>")
LARGEST = 26 * 1024 * 1024


class Session:
    """One connection."""

    def __init__(
        self, world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.world, self.reader, self.writer = world, reader, writer
        self.mailbox: Mailbox | None = None
        self.recipients: list[str] = []

    async def run(self) -> None:
        """Talk until they leave."""
        await self.say("220 sandbox ESMTP")
        while line := (await self.reader.readline()).decode("utf-8", "replace").strip():
            verb, _, rest = line.partition(" ")
            verb = verb.upper()
            shown = "AUTH" if verb == "AUTH" else line
            address = self.mailbox.address if self.mailbox else ""
            self.world.journal.write("call", method=f"SMTP {verb}", mailbox=address, line=shown)
            if not await self.answer(verb, rest):
                return

    async def answer(self, verb: str, rest: str) -> bool:
        """One command; False ends the connection."""
        if verb == "EHLO":
            await self.say(
                "250-sandbox\r\n250-AUTH PLAIN LOGIN XOAUTH2\r\n250-8BITMIME\r\n250 SIZE 27262976"
            )
        elif verb == "AUTH":
            await self.authenticate(rest)
        elif verb == "MAIL":
            await self.mail()
        elif verb == "RCPT":
            await self.recipient(rest)
        elif verb == "DATA":
            return await self.data()
        elif verb in {"HELO", "NOOP"}:
            await self.say("250 OK")
        elif verb == "RSET":
            self.recipients = []
            await self.say("250 OK")
        elif verb == "QUIT":
            await self.say("221 Bye")
            return False
        else:
            await self.say("502 5.5.1 Not known")
        return True

    async def authenticate(self, rest: str) -> None:
        """PLAIN, LOGIN and XOAUTH2."""
        mechanism, _, first = rest.partition(" ")
        if mechanism.upper() == "XOAUTH2":
            name, token = read_xoauth2(base64.b64decode(first))
            user, password = name.encode(), token.encode()
            if not self.world.admits_token(token):
                await self.ask(base64.b64encode(b'{"status":"400"}').decode())
        elif mechanism.upper() == "PLAIN":
            given = first or await self.ask("")
            _, user, password = (base64.b64decode(given) + b"\0\0").split(b"\0")[:3]
        else:
            user = base64.b64decode(first or await self.ask("VXNlcm5hbWU6"))
            password = base64.b64decode(await self.ask("UGFzc3dvcmQ6"))
        mailbox = self.world.mailbox(user.decode())
        if mailbox.faults.take("smtp_auth") or not self.world.lets_in(mailbox, password.decode()):
            await self.say("535 5.7.8 Authentication failed")
            return
        self.mailbox = mailbox
        await self.say("235 2.7.0 Welcome")

    async def mail(self) -> None:
        """Who sends."""
        self.recipients = []
        if self.mailbox is None:
            await self.say("530 5.7.0 Authentication required")
        elif fault := self.mailbox.faults.take("smtp_mail"):
            await self.say(f"{fault.code} {fault.text}")
        else:
            await self.say("250 2.1.0 OK")

    async def recipient(self, rest: str) -> None:
        """To whom."""
        found = _PATH.search(rest)
        if self.mailbox is None or found is None:
            await self.say("503 5.5.1 MAIL first")
        elif fault := self.mailbox.faults.take("smtp_rcpt"):
            await self.say(f"{fault.code} {fault.text}")
        else:
            self.recipients.append(found[1].lower())
            await self.say("250 2.1.5 OK")

    async def data(self) -> bool:
        """The letter itself."""
        if self.mailbox is None or not self.recipients:
            await self.say("503 5.5.1 RCPT first")
            return True
        if self.mailbox.faults.take("drop_before_data"):
            return False
        await self.say("354 Go on")
        if fault := self.mailbox.faults.take("drop_in_letter", "hang_in_letter"):
            await _silence(fault)
            return False
        raw = await self.letter()
        if raw is None:
            return False
        fault = self.mailbox.faults.take("smtp_data", "hang_after_data", "drop_after_data")
        if fault and fault.kind == "smtp_data":
            await self.say(f"{fault.code} {fault.text}")
            return True
        if len(raw) > LARGEST:
            await self.say("552 5.3.4 Message too big")
            return True
        self.world.hand_in(self.recipients, raw)
        if self.mailbox.keeps_copies:
            self.mailbox.folders[SENT].add(raw)
        if fault:
            await _silence(fault)
            return False
        await self.say("250 2.0.0 Taken")
        return True

    async def letter(self) -> bytes | None:
        """Up to the lone dot; None when they hang up before it, for that is no letter."""
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    async def ask(self, words: str) -> str:
        """A step of the log-in."""
        await self.say(f"334 {words}")
        return (await self.reader.readline()).decode().strip()

    async def say(self, words: str) -> None:
        """One answer."""
        self.writer.write(words.encode() + b"\r\n")
        await self.writer.drain()


async def serve(world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A connection, until either side ends it."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
        await Session(world, reader, writer).run()
    writer.close()


async def _silence(fault: Fault) -> None:
    if fault.kind.startswith("hang"):
        await asyncio.sleep(fault.seconds)
