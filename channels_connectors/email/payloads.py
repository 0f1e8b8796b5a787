"""A kept letter as items."""

from __future__ import annotations

import re
from datetime import datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Final

from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    InboundAttachment,
    InboundItem,
    InboundMessage,
    InboundStatus,
    Json,
    Person,
)

from . import automatic, pages, quotes, reports
from .addresses import Mailer, header, people, raw_values
from .bodies import Body, File, load, read
from .envelopes import Letter, dedup_key, message_id, own_id, unpack
from .identity import key_in

LONGEST_TEXT: Final = 100_000
LONGEST_SUBJECT: Final = 500
MOST_REFERENCES: Final = 20
MOST_FILES: Final = 50
# Smaller pictures inside of the HTML are logos, lines and counters.
SMALL_PICTURE: Final = 12 * 1024
# The part of a letter that the whole of it is shown from.
WHOLE: Final = "whole"

_IDS: Final = re.compile(r"<[^<>\s]{1,250}>")
_PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
_KINDS: Final = {"video": "video", "audio": "audio"}


def parse(kept: bytes, own: str) -> list[InboundItem]:
    """What a letter of our mailbox `own` says. Raises ParkedPayload.

    Only the folder tells whether the letter is ours: whatever a letter in the inbox claims of
    itself, it came from outside.
    """
    envelope = unpack(kept)
    letter = load(envelope.raw)
    if envelope.folder == "sent":
        return _sent(letter, envelope, own)
    if (news := reports.read(letter, envelope)) is not None:
        return news
    return _received(letter, envelope, own)


def _received(letter: Message, envelope: Letter, own: str) -> list[InboundItem]:
    sender = next(iter(people(letter, "From")), None) or next(iter(people(letter, "Sender")), None)
    if sender is None:
        raise ParkedPayload("a letter from nobody")
    automaton = automatic.kind_of(letter, sender.address)
    customer = _customer(letter, sender, own, is_list=automaton == "list")
    payload = _payload(letter, envelope, sender)
    if automaton:
        payload["auto_reply"] = automaton
    return [
        _message(
            letter,
            envelope,
            payload,
            chat_id=customer.address,
            # Somebody who knows the id of a letter of ours must not pass for its twin.
            external_id=_foreign_id(letter, envelope, sender, own),
            sender=Person(customer.address, customer.name, email=customer.address),
            answers=tuple(reversed(payload["references"])),
        )
    ]


def _sent(letter: Message, envelope: Letter, own: str) -> list[InboundItem]:
    """A letter that was written in another program, or the copy of one of ours."""
    name = message_id(letter.get("Message-ID"))
    if key := key_in(name):
        return [InboundStatus(name, "sent", envelope.at, client_reference=key)]
    recipients = [one for one in people(letter, "To") if one.address != own]
    if not recipients:
        return []  # to ourselves, or a draft: no customer
    sender = next(iter(people(letter, "From")), Mailer("", own))
    payload = _payload(letter, envelope, sender)
    return [
        _message(
            letter,
            envelope,
            payload,
            chat_id=recipients[0].address,
            external_id=own_id(envelope.raw, name),
            chat_name=recipients[0].name,
            sender=Person(own, sender.name),
            is_ours=True,
        )
    ]


def _message(
    letter: Message,
    envelope: Letter,
    payload: Json,
    *,
    chat_id: str,
    external_id: str,
    sender: Person,
    chat_name: str = "",
    answers: tuple[str, ...] = (),
    is_ours: bool = False,
) -> InboundMessage:
    body = read(letter) if envelope.whole else Body()
    whole, text = _texts(body)
    if body.html:
        payload["html"] = True
        if pages.has_remote_pictures(body.html):
            payload["remote_pictures"] = True
    if not envelope.whole:
        payload["too_large"] = envelope.size
    files = _files(body, envelope)
    # What the bubble leaves out is seen in the whole letter.
    if body.html or whole != text:
        payload["whole"] = True
        files.append(_whole(envelope))
    shown = [found for found in files if not found.reference.get("hidden")]
    return InboundMessage(
        chat_id=chat_id,
        external_id=external_id,
        order=0,
        sent_at=envelope.at or _date(letter),
        kind="text" if text or not shown else shown[0].kind,
        text=text,
        sender=sender,
        chat_name=chat_name,
        direction="outgoing" if is_ours else "incoming",
        attachments=tuple(files),
        reply_to=payload["references"][-1] if payload["references"] else "",
        payload=payload,
        answers=answers,
        is_past=envelope.is_past,
    )


def _texts(body: Body) -> tuple[str, str]:
    """All of the letter's text, and what is new in it."""
    if body.text.strip():
        whole = body.text.strip()
        return whole, quotes.fresh(whole)[:LONGEST_TEXT]
    if body.html:
        text = pages.text_of(body.html)
        return text, quotes.fresh(text)[:LONGEST_TEXT]
    return "", ""


def _payload(letter: Message, envelope: Letter, sender: Mailer) -> Json:
    """What the letter's head says, as far as somebody who answers needs it."""
    found: Json = {
        "subject": header(letter, "Subject")[:LONGEST_SUBJECT],
        "from": _named(sender),
        "to": [_named(one) for one in people(letter, "To")],
        "cc": [_named(one) for one in people(letter, "Cc")],
        "references": references(letter),
    }
    return found


def references(letter: Message) -> list[str]:
    """Ids of the letters that this one answers, the nearest last."""
    told = [*_IDS.findall(_raw(letter, "References")), *_IDS.findall(_raw(letter, "In-Reply-To"))]
    in_order = list(dict.fromkeys(reversed(told)))[::-1]
    return in_order[-MOST_REFERENCES:]


def _customer(letter: Message, sender: Mailer, own: str, *, is_list: bool) -> Mailer:
    """Whom an answer goes to. A form on a website writes from its own address and names the
    customer's under Reply-To; a mailing list would name itself there."""
    answers_to = [one for one in people(letter, "Reply-To") if one.address != own]
    if len(answers_to) != 1 or is_list or answers_to[0].address == sender.address:
        return sender
    return Mailer(answers_to[0].name or sender.name, answers_to[0].address)


def _foreign_id(letter: Message, envelope: Letter, sender: Mailer, own: str) -> str:
    name = message_id(letter.get("Message-ID"))
    if key_in(name) and sender.address != own:
        return own_id(envelope.raw, "")
    return own_id(envelope.raw, name)


def _files(body: Body, envelope: Letter) -> list[InboundAttachment]:
    key = dedup_key(envelope)
    return [_attachment(file, key, body.html) for file in body.files[:MOST_FILES]]


def _attachment(file: File, key: str, html: str) -> InboundAttachment:
    size = len(file.content())
    reference: Json = {"envelope": key, "part": file.number}
    is_in_page = bool(file.content_id) and f"cid:{file.content_id}" in html
    if is_in_page:
        reference["cid"] = file.content_id
        if size < SMALL_PICTURE:
            reference["hidden"] = True
    kind = _KINDS.get(file.mime.partition("/")[0], "file")
    if file.mime in _PICTURES:
        kind = "image"
    return InboundAttachment(kind, reference, name=file.name, mime=file.mime, size=size)


def _whole(envelope: Letter) -> InboundAttachment:
    reference: Json = {"envelope": dedup_key(envelope), "part": WHOLE, "hidden": True}
    return InboundAttachment("file", reference, name="letter.html", mime="text/html")


def _date(letter: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(str(letter.get("Date")))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _named(one: Mailer) -> Json:
    return {"name": one.name, "address": one.address}


def _raw(letter: Message, name: str) -> str:
    return " ".join(raw_values(letter, name))[:20_000]
