"""Reading a command of IMAP: atoms, quoted strings, literals."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n$")
_TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([^\s"()]+(?:\[[^\]]*\])?)|[()]')


@dataclass
class Command:
    """`arguments` are bytes: without quotes, and literals as they came."""

    tag: str
    name: str
    arguments: list[bytes]

    def text(self, place: int) -> str:
        """An argument, "" where there is none."""
        return self.arguments[place].decode() if place < len(self.arguments) else ""

    def shown(self) -> str:
        """For the journal: no passwords and no letters."""
        if self.name in {"LOGIN", "AUTHENTICATE"}:
            return self.name
        return " ".join([self.name, *(one[:60].decode(errors="replace") for one in self.arguments)])


async def read_command(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Command | None:
    """The next command with its literals; None at the end of the connection."""
    tokens: list[bytes] = []
    while True:
        line = await reader.readline()
        if not line:
            return None
        literal = _LITERAL.search(line)
        tokens += _tokens(line[: literal.start()] if literal else line)
        if literal is None:
            break
        if not literal[2]:
            writer.write(b"+ go on\r\n")
            await writer.drain()
        tokens.append(await reader.readexactly(int(literal[1])))
    if len(tokens) < 2:
        return Command(tokens[0].decode() if tokens else "*", "", [])
    tag, name, *rest = tokens
    if name.upper() == b"UID" and rest:
        return Command(tag.decode(), f"UID {rest[0].decode().upper()}", rest[1:])
    return Command(tag.decode(), name.decode().upper(), rest)


def _tokens(line: bytes) -> list[bytes]:
    found = []
    for match in _TOKEN.finditer(line):
        if match[1] is not None:
            found.append(re.sub(rb"\\(.)", rb"\1", match[1]))
        elif match[2] is not None:
            found.append(match[2])
    return found
