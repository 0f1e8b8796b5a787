"""An outbound message as calls of the Cloud API: texts, files, places, buttons, templates.

WhatsApp does not recognise a repeated send. The key that we send along comes back with the news of
a message, so that one whose answer was lost is found again.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.splitting import utf16_length
from channels_connectors.types import ChannelConfig, Json, OutboundMessage, SendReceipt

from . import templates
from .api import Api
from .buttons import BODY_LIMIT, Keyboard
from .markup import pieces
from .recipients import address, is_phone
from .uploads import CAPTIONED, Media, upload
from .words import EMPTY, MAYBE_SENT, PARTLY_SENT, TOO_LONG

# Of one message; longer texts become several.
TEXT_LIMIT: Final = 4096
LONGEST_TEXT: Final = 16_384
CAPTION_LIMIT: Final = 1024
# Between the parts of one message we wait out a short "too many requests" ourselves: giving up in
# the middle would leave the customer with half an answer.
LONGEST_WAIT: Final = 20


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Send all of `message` in order. Raises ConnectorError."""
    if utf16_length(message.text) > LONGEST_TEXT:
        raise ConnectorError("bad_content", TOO_LONG)
    keyboard = Keyboard(message.payload.get("buttons"))
    async with Api(config) as api:
        # All files go up first: a broken one must not leave half a message behind.
        media = [await upload(api, attachment) for attachment in message.attachments]
        parts = _parts(message, media, keyboard)
        if not parts:
            raise ConnectorError("bad_content", EMPTY)
        delivery = _Delivery(api, message)
        for part in parts:
            await delivery.take(part)
    return delivery.receipt()


class _Delivery:
    """The calls of one message, and what came of them."""

    def __init__(self, api: Api, message: OutboundMessage) -> None:
        self._api = api
        self._chat_id = message.chat_id
        self._about: Json = {
            "messaging_product": "whatsapp",
            **address(message.chat_id),
            "biz_opaque_callback_data": str(message.idempotency_key),
        }
        self._reply_to = message.reply_to
        self._ids: list[str] = []
        self._moved_to = ""

    async def take(self, part: Json) -> None:
        """Make one call. After the first part is out, a failure leaves the outcome unknown."""
        try:
            self._note(await self._attempt(part))
        except ConnectorError as error:
            if not self._ids:
                raise
            failure = ConnectorError(
                error.error_class, PARTLY_SENT, maybe_sent=True, detail=error.detail
            )
        else:
            return
        raise failure

    async def _attempt(self, part: Json) -> dict[str, Any]:
        body = {**self._about, **part}
        if self._reply_to and not self._ids:
            body["context"] = {"message_id": self._reply_to}
        path = f"{self._api.phone_number_id}/messages"
        try:
            return await self._api.post(path, body)
        except ConnectorError as error:
            wait = error.retry_after
            if not (self._ids and wait is not None and wait <= LONGEST_WAIT):
                raise
        await asyncio.sleep(wait)
        return await self._api.post(path, body)

    def _note(self, told: dict[str, Any]) -> None:
        try:
            external_id = str(told["messages"][0]["id"])
            contacts = told.get("contacts") or [{}]
            known_as = str(contacts[0].get("wa_id") or "")
        except (LookupError, TypeError, AttributeError):
            external_id = known_as = ""
        if not external_id:
            # It has perhaps been sent, but we cannot read the answer; the news will tell.
            raise ConnectorError("transient", MAYBE_SENT, maybe_sent=True)
        self._ids.append(external_id)
        # In some countries a number is known by another spelling, and will answer by that.
        if is_phone(self._chat_id) and is_phone(known_as) and known_as != self._chat_id:
            self._moved_to = known_as

    def receipt(self) -> SendReceipt:
        """The ids of everything that was sent, the first one in front."""
        return SendReceipt(
            external_id=self._ids[0],
            # WhatsApp dates messages in whole seconds; so do we, that their numbers decide.
            sent_at=datetime.now(UTC).replace(microsecond=0),
            all_external_ids=tuple(self._ids),
            chat_id=self._moved_to,
        )


def _parts(message: OutboundMessage, media: list[Media], keyboard: Keyboard) -> list[Json]:
    """What is sent, one call each."""
    payload = message.payload
    place = _place(payload.get("location"))
    if template := payload.get("template"):
        told = templates.message(template, media[0] if media else None, place)
        return [_part("template", told)]
    parts = _written(message, media, keyboard)
    if place:
        parts.append(_part("location", place))
    if contact := payload.get("contact"):
        parts.append(_part("contacts", [_contact(contact)]))
    return parts


def _written(message: OutboundMessage, media: list[Media], keyboard: Keyboard) -> list[Json]:
    text = "\n".join([message.text, *keyboard.lines])
    if keyboard:
        return _with_keyboard(text, message.entities, media, keyboard)
    if len(media) == 1 and media[0].kind in CAPTIONED:
        captions = pieces(text, message.entities, CAPTION_LIMIT)
        if len(captions) == 1:
            return [_part(media[0].kind, {**media[0].body, "caption": captions[0]})]
    return [*_files(media), *_texts(pieces(text, message.entities, TEXT_LIMIT))]


def _with_keyboard(
    text: str, entities: list[Json], media: list[Media], keyboard: Keyboard
) -> list[Json]:
    """The buttons hang on the end of the text, where only 1024 characters fit."""
    *before, last = pieces(text, entities, TEXT_LIMIT) or [""]
    if utf16_length(last) > BODY_LIMIT:
        *before, last = pieces(text, entities, BODY_LIMIT)
    header = None
    if len(media) == 1 and not before and keyboard.takes_header and media[0].kind in CAPTIONED:
        kind = media[0].kind
        header, media = {"type": kind, kind: media[0].body}, []
    return [
        *_files(media),
        *_texts(before),
        _part("interactive", keyboard.interactive(last, header)),
    ]


def _files(media: list[Media]) -> list[Json]:
    return [_part(found.kind, found.body) for found in media]


def _texts(texts: list[str]) -> list[Json]:
    return [
        _part("text", {"body": text, "preview_url": "https://" in text or "http://" in text})
        for text in texts
    ]


def _part(kind: str, body: Any) -> Json:
    return {"type": kind, kind: body}


def _place(given: Any) -> Json | None:
    if not given:
        return None
    place: Json = {"latitude": given["latitude"], "longitude": given["longitude"]}
    for ours, theirs in (("title", "name"), ("address", "address")):
        if given.get(ours):
            place[theirs] = str(given[ours])
    return place


def _contact(given: Json) -> Json:
    name, phone = str(given.get("name") or given["phone"]), str(given["phone"])
    told: Json = {
        "name": {"formatted_name": name, "first_name": name.partition(" ")[0] or name},
        "phones": [{"phone": phone, "type": "CELL"}],
    }
    digits = "".join(found for found in phone if found.isdigit())
    if digits:
        told["phones"][0]["wa_id"] = digits
    return told
