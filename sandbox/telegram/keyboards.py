"""Buttons under messages, and keyboards in place of the customer's own."""

from __future__ import annotations

from typing import Any

from .parameters import Parameters
from .refusals import bad_request
from .world import Bot, Chat, World

Fields = dict[str, Any]


def inline(parameters: Parameters) -> Fields | None:
    """The inline keyboard of a call, checked; None when it has none."""
    markup = parameters.structure("reply_markup")
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    for row in markup["inline_keyboard"]:
        for button in row:
            if not button.get("text"):
                raise bad_request('can\'t parse inline keyboard button: Field "text" must be set')
            data = button.get("callback_data")
            if data is not None and not 1 <= len(data.encode()) <= 64:
                raise bad_request("BUTTON_DATA_INVALID")
            url = button.get("url")
            if url is not None and not url.startswith(("http://", "https://", "tg://")):
                raise bad_request("BUTTON_URL_INVALID")
            if data is None and url is None:
                raise bad_request("text buttons are unallowed in the inline keyboard")
    return markup


def replace_own(world: World, bot: Bot, chat: Chat, parameters: Parameters) -> None:
    """Give the customer the call's keyboard, or take it away."""
    markup = parameters.structure("reply_markup")
    if not isinstance(markup, dict) or not {"keyboard", "remove_keyboard"} & set(markup):
        return
    for row in markup.get("keyboard") or ():
        for button in row:
            if isinstance(button, dict) and chat.info["type"] != "private":
                if button.get("request_contact"):
                    raise bad_request("phone number can be requested in private chats only")
                if button.get("request_location"):
                    raise bad_request("location can be requested in private chats only")
    put_up(world, bot, chat, markup if "keyboard" in markup else None)


def put_up(world: World, bot: Bot, chat: Chat, markup: Fields | None) -> None:
    """This is the keyboard that the customer sees now."""
    chat.keyboard = markup
    world.tell(bot, "keyboard", chat_id=chat.id, connection=chat.connection, keyboard=markup)
