"""The IMAP4rev1 server: as much of RFC 3501 as a program that reads and files letters uses."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re

from . import searching
from .commands import Command, read_command
from .oauth import read_xoauth2
from .utf7 import encoded
from .world import Folder, Letter, Mailbox, World

CAPABILITIES = "IMAP4rev1 IDLE LITERAL+ SPECIAL-USE UIDPLUS AUTH=PLAIN AUTH=XOAUTH2"


class Session:
    """One connection."""

    def __init__(
        self, world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.world, self.reader, self.writer = world, reader, writer
        self.mailbox: Mailbox | None = None
        self.folder: Folder | None = None

    async def run(self) -> None:
        """Talk until they leave."""
        await self.say(f"* OK [CAPABILITY {CAPABILITIES}] sandbox")
        while command := await read_command(self.reader, self.writer):
            address = self.mailbox.address if self.mailbox else ""
            if command.name == "LOGIN":
                address = command.text(0)
            self.world.journal.write(
                "call", method=f"IMAP {command.name}", mailbox=address, line=command.shown()
            )
            if self.mailbox and self.mailbox.faults.take("imap_drop"):
                return
            handler = getattr(self, "do_" + command.name.replace(" ", "_").lower(), None)
            if handler is None:
                await self.say(f"{command.tag} BAD not known")
            elif await handler(command) is False:
                return

    async def do_capability(self, command: Command) -> None:
        await self.say(f"* CAPABILITY {CAPABILITIES}")
        await self.done(command)

    async def do_noop(self, command: Command) -> None:
        await self.done(command)

    async def do_logout(self, command: Command) -> bool:
        await self.say("* BYE")
        await self.done(command)
        return False

    async def do_login(self, command: Command) -> None:
        await self.enter(command, command.text(0), command.text(1))

    async def do_authenticate(self, command: Command) -> None:
        await self.say("+ ")
        line = base64.b64decode(await self.reader.readline())
        if command.text(0).upper() == "XOAUTH2":
            user, token = read_xoauth2(line)
            if not self.world.admits_token(token):
                # A reason first, which is answered by anything.
                await self.say("+ " + base64.b64encode(b'{"status":"400"}').decode())
                await self.reader.readline()
                token = ""
            await self.enter(command, user, token)
            return
        given = line + b"\0\0"
        _, user, password = given.split(b"\0")[:3]
        await self.enter(command, user.decode(), password.decode())

    async def enter(self, command: Command, user: str, password: str) -> None:
        mailbox = self.world.mailbox(user)
        if mailbox.faults.take("imap_busy"):
            await self.say(f"{command.tag} NO [LIMIT] Too many simultaneous connections")
        elif mailbox.faults.take("imap_auth") or not self.world.lets_in(mailbox, password):
            await self.say(f"{command.tag} NO [AUTHENTICATIONFAILED] Invalid credentials")
        else:
            self.mailbox = mailbox
            await self.done(command, f"[CAPABILITY {CAPABILITIES}] Logged in")

    async def do_list(self, command: Command) -> None:
        for folder in self.mailbox.folders.values() if self.mailbox else ():
            flags = f"\\HasNoChildren {folder.special}".strip()
            await self.say(f'* LIST ({flags}) "/" "{encoded(folder.name)}"')
        await self.done(command)

    async def do_select(self, command: Command) -> None:
        found = self._named(command.text(0))
        if found is None:
            await self.say(f"{command.tag} NO [NONEXISTENT] No such folder")
            return
        self.folder = found
        await self.say("* FLAGS (\\Seen \\Deleted)")
        await self.say(f"* {len(found.letters)} EXISTS")
        await self.say("* 0 RECENT")
        await self.say(f"* OK [UIDVALIDITY {found.validity}] valid")
        await self.say(f"* OK [UIDNEXT {found.next_uid}] next")
        await self.done(command, "[READ-ONLY] done")

    do_examine = do_select

    async def do_close(self, command: Command) -> None:
        self.folder = None
        await self.done(command)

    async def do_uid_search(self, command: Command) -> None:
        assert self.folder is not None
        found = searching.search(self.folder, command.arguments)
        await self.say(" ".join(["* SEARCH", *map(str, found)]))
        await self.done(command)

    async def do_uid_fetch(self, command: Command) -> None:
        assert self.folder is not None
        wanted = searching.numbers(self.folder, command.text(0))
        asked = " ".join(command.text(place) for place in range(1, len(command.arguments))).upper()
        for number, letter in enumerate(self.folder.letters, start=1):
            if letter.uid in wanted:
                await self._tell(number, letter, asked)
        await self.done(command)

    async def do_append(self, command: Command) -> None:
        found = self._named(command.text(0))
        raw = command.arguments[-1]
        if found is None or self.mailbox is None or not isinstance(raw, bytes):
            await self.say(f"{command.tag} NO [TRYCREATE] No such folder")
            return
        letter = self.mailbox.deliver(raw, found.name)
        middle = [argument.decode() for argument in command.arguments[1:-1]]
        letter.flags = {word for word in middle if word.startswith("\\")}
        await self.done(command, f"[APPENDUID {found.validity} {letter.uid}] done")

    async def do_idle(self, command: Command) -> None:
        assert self.mailbox is not None
        assert self.folder is not None
        stirred = asyncio.Event()
        self.mailbox.listeners.add(stirred)
        before = len(self.folder.letters)
        await self.say("+ idling")
        ending = asyncio.ensure_future(self.reader.readline())
        try:
            while not ending.done():
                if len(self.folder.letters) != before:
                    before = len(self.folder.letters)
                    await self.say(f"* {before} EXISTS")
                waiting = asyncio.ensure_future(stirred.wait())
                await asyncio.wait({ending, waiting}, return_when=asyncio.FIRST_COMPLETED)
                waiting.cancel()
                stirred.clear()
                if self.mailbox.faults.take("imap_drop"):
                    raise ConnectionResetError
        finally:
            self.mailbox.listeners.discard(stirred)
            ending.cancel()
        await self.done(command)

    async def _tell(self, number: int, letter: Letter, asked: str) -> None:
        facts = [f"UID {letter.uid}"]
        if "RFC822.SIZE" in asked:
            facts.append(f"RFC822.SIZE {len(letter.raw)}")
        if "INTERNALDATE" in asked:
            facts.append(f'INTERNALDATE "{searching.internal_date(letter.at)}"')
        head = f"* {number} FETCH ({' '.join(facts)}"
        part = re.search(r"BODY(?:\.PEEK)?\[(HEADER)?\]", asked)
        if part is None:
            await self.say(f"{head})")
            return
        if "PEEK" not in part[0]:
            letter.flags.add("\\Seen")
        raw = letter.raw if not part[1] else letter.raw.split(b"\r\n\r\n", 1)[0] + b"\r\n\r\n"
        name = f"BODY[{part[1] or ''}]"
        self.writer.write(f"{head} {name} {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
        await self.writer.drain()

    def _named(self, name: str) -> Folder | None:
        folders = self.mailbox.folders.values() if self.mailbox else ()
        return next(
            (
                one
                for one in folders
                if name in {encoded(one.name), one.name}
                or (one.name == "INBOX" and name.upper() == "INBOX")
            ),
            None,
        )

    async def done(self, command: Command, words: str = "done") -> None:
        """The command went well."""
        await self.say(f"{command.tag} OK {words}")

    async def say(self, line: str) -> None:
        """One line."""
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()


async def serve(world: World, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A connection, until either side ends it."""
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, AssertionError):
        await Session(world, reader, writer).run()
    writer.close()
