"""The recorded bodies, and whose they are."""

from datetime import UTC, datetime
from pathlib import Path

from channels_connectors.whatsapp.payloads import parse
from channels_connectors.whatsapp.people import Account

PAYLOADS = Path(__file__).parent / "payloads"
ALL = sorted(path.stem for path in PAYLOADS.glob("*.json"))
ACCOUNT = Account("106012345678002", "102012345678001")
MARIA = "79161230001"
SCOPED = "RU.7F3A9C1E5B2D4860AA11"
EMMA = "GB.A1B2C3D4E5F60718AA22"
OURS = "wamid.HBgLNzkxNjEyMzAwMDEVAgARGBI5RDRCNkY3RTk4AA=="
KEY = "0199b7c2-1111-7222-8333-444455556666"
AT = datetime.fromtimestamp(1795340300, UTC)


def raw(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def items(name):
    return parse(raw(name), ACCOUNT)


def one(name):
    (item,) = items(name)
    return item
