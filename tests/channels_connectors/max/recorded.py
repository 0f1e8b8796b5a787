"""The recorded updates, and short hands to read them with."""

import json
from datetime import UTC, datetime
from pathlib import Path

from channels_connectors.max.payloads import parse

PAYLOADS = Path(__file__).parent / "payloads"
ALL = sorted(path.stem for path in PAYLOADS.glob("*.json"))
BOT = "250000001"
CHAT = "1810001250"
GROUP = "-70001"
NOON = datetime.fromtimestamp(1795340041, UTC)
MID = "mid.0000000012a4c1d8019abcde"


def raw(name):
    """The body as MAX posted it."""
    return (PAYLOADS / f"{name}.json").read_bytes()


def document(name):
    """The same as JSON says it."""
    return json.loads(raw(name))


def items(name):
    """What it says to us."""
    return parse(raw(name), BOT)


def one(name):
    """The only item of it."""
    (item,) = items(name)
    return item


def covered(message, entity):
    """The words that an entity covers."""
    text = message.text.encode("utf-16-le")
    start = entity["offset"] * 2
    return text[start : start + entity["length"] * 2].decode("utf-16-le")


def formatted(message):
    """(type, words, url) of all entities."""
    return {
        (entity["type"], covered(message, entity), entity.get("url")) for entity in message.entities
    }
