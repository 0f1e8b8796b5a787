"""An outbound message as a letter."""

from __future__ import annotations

import mimetypes
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage

from . import markup
from .addresses import Mailer, normal_address, on_the_wire
from .errors import EMPTY, FILES_TOO_LARGE, WRONG_ADDRESS, WRONG_COPY
from .identity import id_for

# Of all files together: they grow by a third, and servers mostly take 25 MB.
MOST_FILE_BYTES: Final = 18 * 1024 * 1024
MOST_REFERENCES: Final = 20
MOST_COPIES: Final = 20
_POLICY: Final = policy.SMTP.clone(max_line_length=76)


def own_address(config: ChannelConfig) -> str:
    """The mailbox's address in lower case; "" where it is none."""
    return normal_address(str(config.credentials.get("address") or ""))


def compose(config: ChannelConfig, message: OutboundMessage) -> tuple[EmailMessage, list[str]]:
    """The letter and the addresses that it goes to. Raises ConnectorError.

    All that a retry sends is the same letter: its Message-ID comes from the idempotency key.
    """
    own, customer = own_address(config), normal_address(message.chat_id)
    if not own:
        raise ConnectorError("channel_auth", WRONG_ADDRESS)
    if not customer:
        raise ConnectorError("recipient_gone", WRONG_ADDRESS)
    copies = [one for one in _copies(message.payload.get("cc")) if one not in {own, customer}]
    if not message.text.strip() and not message.attachments:
        raise ConnectorError("bad_content", EMPTY)
    letter = EmailMessage(policy=_POLICY)
    letter["From"] = _address(Mailer(str(config.settings.get("sender_name") or ""), own))
    letter["To"] = _address(Mailer("", customer))
    if copies:
        letter["Cc"] = [_address(Mailer("", one)) for one in copies]
    letter["Subject"] = _one_line(message.payload.get("subject"))[:500]
    letter["Date"] = datetime.now(UTC)
    letter["Message-ID"] = id_for(message.idempotency_key, own)
    _thread(letter, message)
    _unsubscribe(letter, message)
    _write(letter, config, message)
    return letter, [on_the_wire(one) for one in (customer, *copies)]


def clean_copies(addresses: list[Any]) -> list[str]:
    """Addresses in their normal form, each once. Raises ConnectorError for what is none."""
    return _copies(addresses)


def _copies(value: Any) -> list[str]:
    found = []
    for one in value if isinstance(value, list) else []:
        address = normal_address(str(one.get("address") if isinstance(one, dict) else one))
        if not address:
            raise ConnectorError("bad_content", WRONG_COPY, detail=str(one)[:100])
        found.append(address)
    if len(found) > MOST_COPIES:
        raise ConnectorError("bad_content", WRONG_COPY)
    return list(dict.fromkeys(found))


def _unsubscribe(letter: EmailMessage, message: OutboundMessage) -> None:
    """The button that mail programs show beside a broadcast's letter (RFC 2369, RFC 8058)."""
    address = _one_line(message.payload.get("unsubscribe"))
    if address.startswith(("https://", "http://")):
        letter["List-Unsubscribe"] = f"<{address}>"
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        letter["Precedence"] = "bulk"


def _thread(letter: EmailMessage, message: OutboundMessage) -> None:
    """Where the letter stands among those before it (RFC 5322 3.6.4)."""
    known = [_one_line(one) for one in message.payload.get("references") or () if one]
    answered = message.reply_to or (known[-1] if known else "")
    if not answered.startswith("<"):
        answered = ""  # it had no Message-ID that could be named
    chain = [one for one in known if one.startswith("<") and one != answered]
    if answered:
        letter["In-Reply-To"] = answered
        letter["References"] = " ".join([*chain[-(MOST_REFERENCES - 1) :], answered])


def _write(letter: EmailMessage, config: ChannelConfig, message: OutboundMessage) -> None:
    signature = str(config.settings.get("signature") or "").strip()
    text = message.text.strip()
    plain = markup.plain(text, message.entities)
    plain = f"{plain}\n\n-- \n{signature}\n" if signature else f"{plain}\n"
    letter.set_content(plain, charset="utf-8")
    letter.add_alternative(
        markup.page(text, message.entities, signature), subtype="html", charset="utf-8"
    )
    total = 0
    for file in message.attachments:
        content = file.path.read_bytes()
        total += len(content)
        if total > MOST_FILE_BYTES:
            raise ConnectorError("bad_content", FILES_TOO_LARGE)
        mime = file.mime or mimetypes.guess_type(file.name)[0] or ""
        main, _, sub = mime.partition("/")
        if not sub or main in {"multipart", "message"}:
            main, sub = "application", "octet-stream"
        letter.add_attachment(content, maintype=main, subtype=sub, filename=_one_line(file.name))


def _address(one: Mailer) -> Address:
    try:
        return Address(_one_line(one.name), addr_spec=on_the_wire(one.address))
    except ValueError:
        failure = ConnectorError("bad_content", WRONG_ADDRESS, detail=one.address)
    raise failure


def _one_line(value: Any) -> str:
    """Without line breaks: whoever writes one into a header writes headers of their own."""
    return " ".join(str(value or "").split())
