"""Letters as files, the way a mailbox hands them out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_connectors.email.connector import EmailConnector
from channels_connectors.email.envelopes import Letter, pack
from channels_connectors.types import ChannelConfig

LETTERS = Path(__file__).parent / "letters"
OWN = "shop@example.org"
AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def kept(raw: bytes, folder: str = "inbox", *, whole: bool = True, size: int = 0) -> bytes:
    """The bytes of an envelope."""
    raw = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return pack(Letter(folder, AT, size or len(raw), whole, raw))


@pytest.fixture
def connector():
    """The mailbox shop@example.org."""
    credentials = {"address": OWN, "password": "x", "imap_host": "imap.example.org"}
    return EmailConnector(ChannelConfig("email", "key", credentials))


@pytest.fixture
def letter(connector):
    """`letter("name")`: what the file letters/name.eml becomes."""

    def read(name, folder="inbox"):
        items = connector.parse(kept((LETTERS / f"{name}.eml").read_bytes(), folder))
        assert len(items) == 1, items
        return items[0]

    return read
