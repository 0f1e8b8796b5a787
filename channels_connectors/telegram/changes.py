"""Changing what was sent, taking it back, reacting, reading: all can be repeated without harm."""

from __future__ import annotations

from typing import Final

from channels_connectors.errors import ConnectorError
from channels_connectors.splitting import Piece, split, utf16_length
from channels_connectors.types import ChannelConfig, Json, OutboundMessage

from . import chats, keyboards
from .api import CAPTION_LIMIT, TEXT_LIMIT, Api
from .chats import Place
from .errors import (
    EMPTY,
    NEW_TEXT_TOO_LONG,
    NO_BUSINESS_REACTIONS,
    UNCHANGEABLE,
    ChatMovedError,
    says,
)

# What `ReactionTypeEmoji` of the Bot API allows, without the variation selector that keyboards add.
_REACTIONS: Final = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔
🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘
💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS: Final = tuple(_REACTIONS.split())
# Of deleteMessages and deleteBusinessMessages.
MOST_AT_ONCE: Final = 100

_SAME: Final = "message is not modified"
_NO_TEXT: Final = "there is no text in the message"
_GONE: Final = ("message to delete not found", "message_id_invalid", "message not found")


async def edit(
    config: ChannelConfig, external_ids: tuple[str, ...], message: OutboundMessage
) -> None:
    """Put the new text into the texts that were sent, or into the first file's caption.

    Parts that the new text needs no more are deleted, all of them where files remain. Raises
    ConnectorError, before anything is changed where the text does not fit.
    """
    place, numbers = chats.messages(external_ids)
    markup = keyboards.markup(message.payload.get("buttons"))
    texts = numbers[_files(message) :]
    async with Api(config) as api:
        if not texts:
            await _edit_caption(api, place, numbers[0], message, markup)
            return
        pieces = split(message.text, message.entities, TEXT_LIMIT)
        if not pieces and len(texts) == len(numbers):
            raise ConnectorError("bad_content", EMPTY)
        if len(pieces) > len(texts):
            raise ConnectorError("bad_content", NEW_TEXT_TOO_LONG)
        for index, (number, piece) in enumerate(zip(texts, pieces, strict=False)):
            last = index == len(pieces) - 1
            await _edit_text(api, place, number, message, piece, markup if last else None)
        if surplus := texts[len(pieces) :]:
            await _delete(api, place, surplus)


def _files(message: OutboundMessage) -> int:
    """How many messages went before the text: files one by one, a place, a card."""
    return len(message.attachments) + sum(
        bool(message.payload.get(name)) for name in ("location", "contact")
    )


async def _edit_text(
    api: Api,
    place: Place,
    number: int,
    message: OutboundMessage,
    piece: Piece,
    markup: Json | None,
) -> None:
    facts = {"text": piece.text, "entities": piece.entities}
    try:
        await _change(api, "editMessageText", place, number, facts, markup)
    except ConnectorError as error:
        # A file whose text is its caption, told to us without the file.
        if not says(error, _NO_TEXT):
            raise
        await _edit_caption(api, place, number, message, markup)


async def _edit_caption(
    api: Api, place: Place, number: int, message: OutboundMessage, markup: Json | None
) -> None:
    if utf16_length(message.text) > CAPTION_LIMIT:
        raise ConnectorError("bad_content", NEW_TEXT_TOO_LONG)
    facts = {"caption": message.text, "caption_entities": message.entities}
    await _change(api, "editMessageCaption", place, number, facts, markup)


async def _change(
    api: Api, method: str, place: Place, number: int, facts: Json, markup: Json | None
) -> None:
    parameters = {**_chat(place), "message_id": number, **facts}
    if markup and "inline_keyboard" in markup:
        # What is not named is taken away.
        parameters["reply_markup"] = markup
    try:
        await api.call(method, parameters)
    except ChatMovedError:
        raise _of_the_old_chat() from None
    except ConnectorError as error:
        if not says(error, _SAME):
            raise


async def delete(config: ChannelConfig, external_ids: tuple[str, ...]) -> None:
    """Take messages back. Those that are gone already are no trouble. Raises ConnectorError."""
    place, numbers = chats.messages(external_ids)
    async with Api(config) as api:
        await _delete(api, place, numbers)


async def _delete(api: Api, place: Place, numbers: list[int]) -> None:
    for start in range(0, len(numbers), MOST_AT_ONCE):
        chunk = numbers[start : start + MOST_AT_ONCE]
        if place.connection:
            method = "deleteBusinessMessages"
            facts: Json = {
                "business_connection_id": place.connection,
                "message_ids": chunk,
            }
        elif len(chunk) == 1:
            method, facts = "deleteMessage", {"chat_id": place.chat, "message_id": chunk[0]}
        else:
            method, facts = "deleteMessages", {"chat_id": place.chat, "message_ids": chunk}
        try:
            await api.call(method, facts)
        except ChatMovedError:
            raise _of_the_old_chat() from None
        except ConnectorError as error:
            if not says(error, *_GONE):
                raise


async def react(config: ChannelConfig, external_id: str, emoji: str) -> None:
    """Put our one reaction on a message; "" takes it back. Raises ConnectorError."""
    place, (number,) = chats.messages((external_id,))
    if place.connection:
        raise ConnectorError("bad_content", NO_BUSINESS_REACTIONS)
    plain = emoji.replace("\N{VARIATION SELECTOR-16}", "")
    reaction = [{"type": "emoji", "emoji": plain}] if plain else []
    async with Api(config) as api:
        try:
            await api.call(
                "setMessageReaction",
                {"chat_id": place.chat, "message_id": number, "reaction": reaction},
            )
        except ChatMovedError:
            raise _of_the_old_chat() from None
        except ConnectorError as error:
            is_gone = not plain and says(error, "message to react not found", *_GONE)
            if not (is_gone or says(error, _SAME, "message_not_modified")):
                raise


async def mark_read(config: ChannelConfig, chat_id: str, external_id: str) -> None:
    """Mark a chat of a business account as read; the chats of a bot itself know no reading."""
    place = chats.place(chat_id)
    if not place.connection:
        return
    _place, (number,) = chats.messages((external_id,))
    async with Api(config) as api:
        await api.call("readBusinessMessage", {**_chat(place), "message_id": number})


async def send_typing(config: ChannelConfig, chat_id: str) -> None:
    """Show "typing…" for five seconds or until a message comes."""
    place = chats.place(chat_id)
    async with Api(config) as api:
        await api.call("sendChatAction", {**place.parameters, "action": "typing"}, seconds=5)


def _chat(place: Place) -> Json:
    """The chat of a message that is there already: its topic need not be named."""
    return place._replace(topic=None).parameters


def _of_the_old_chat() -> ConnectorError:
    """Messages of a group stay behind when it becomes a supergroup."""
    return ConnectorError("bad_content", UNCHANGEABLE)
