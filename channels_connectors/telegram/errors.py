"""What the Bot API's refusals mean for us and for the agent.

The table follows the error texts of the official server; a text is matched by its part, in lower
case, and the first row that fits wins.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError, ErrorClass
from channels_connectors.types import Words

BLOCKED: Final = _("The customer has blocked the bot. They can write again to open the chat.")
GONE: Final = _("This Telegram account has been deleted, so nobody would receive the message.")
NO_CHAT: Final = _("Telegram does not know this chat, or the bot is no longer a member of it.")
NOT_STARTED: Final = _("A bot cannot write first: the customer has to write to it once.")
TOKEN_REFUSED: Final = _(
    "Telegram does not accept the bot’s token. Enter a new one from @BotFather."
)
OTHER_READER: Final = _("Another program reads this bot’s messages. Stop it or use another bot.")
BAD_ADDRESS: Final = _("Telegram cannot use this server’s address for its calls.")
TOO_LONG: Final = _("The text is too long for Telegram.")
EMPTY: Final = _("There is nothing to send: the message is empty.")
FILE_TOO_LARGE: Final = _("The file is too large for Telegram.")
FILE_TOO_LARGE_TO_FETCH: Final = _(
    "Telegram gives bots files of up to 20 MB only. Open this one in Telegram."
)
FILE_REFUSED: Final = _("Telegram does not accept this file.")
NO_FILE: Final = _("Telegram no longer keeps this file.")
NO_RIGHTS: Final = _("The bot may not write in this chat.")
FORMATTING: Final = _("Telegram does not accept the formatting of this text.")
REFUSED: Final = _("Telegram does not accept this message.")
UNCHANGEABLE: Final = _("This message can no longer be changed in Telegram.")
UNDELETABLE: Final = _("Telegram deletes only the bot’s own messages of the last 48 hours.")
NOT_A_MESSAGE: Final = _("This is not a message in Telegram, so nothing can be done with it there.")
NEW_TEXT_TOO_LONG: Final = _("The new text does not fit into the message that was sent.")
BAD_PLACE: Final = _("This is not a place on the map: latitude and longitude are needed.")
BAD_CARD: Final = _("This is not a contact: a phone number is needed.")
NO_REACTION: Final = _("Telegram does not allow this reaction here.")
BAD_BUTTON: Final = _("Telegram does not accept the buttons under this message.")
LONG_BUTTON: Final = _("What a button sends is too long for Telegram: 64 bytes at most.")
LINK_BESIDE_REQUEST: Final = _(
    "A button with a link cannot stand beside one that asks for a phone number or a place."
)
BUTTONS_WITHOUT_TEXT: Final = _("Telegram shows no buttons under an album. Add a text.")
PRIVATE_ONLY: Final = _("Phone numbers and places can be asked for in private chats only.")
TOPIC_GONE: Final = _("This topic of the group was closed or deleted.")
WINDOW: Final = _(
    "More than 24 hours have passed since the customer’s last message, so Telegram lets nobody "
    "answer for the business account. The customer has to write again."
)
BUSINESS_GONE: Final = _(
    "The owner of the business account has disconnected the bot, so nobody can answer here."
)
BUSINESS_RIGHTS: Final = _(
    "The owner of the business account has not given the bot this right. It is granted in "
    "Telegram: Settings, Telegram Business, Chatbots."
)
NO_BUSINESS_REACTIONS: Final = _("A bot cannot react in the chats of a business account.")
TOO_OFTEN: Final = _("Telegram asks to wait before the next message.")
UNAVAILABLE: Final = _("Telegram does not answer at the moment.")
MAYBE_SENT: Final = _("The connection to Telegram broke. The message may have been delivered.")
PARTLY_SENT: Final = _("Only a part of the message was sent.")

_Row = tuple[str, ErrorClass, Words]

_BY_TEXT: Final[tuple[_Row, ...]] = (
    ("bot was blocked by the user", "recipient_gone", BLOCKED),
    ("user is deactivated", "recipient_gone", GONE),
    ("can't initiate conversation", "recipient_gone", NOT_STARTED),
    ("bots can't send messages to bots", "recipient_gone", NO_CHAT),
    ("bot was kicked", "recipient_gone", NO_CHAT),
    ("bot is not a member", "recipient_gone", NO_CHAT),
    ("chat not found", "recipient_gone", NO_CHAT),
    ("peer_id_invalid", "recipient_gone", NO_CHAT),
    ("user not found", "recipient_gone", NO_CHAT),
    ("group chat was deleted", "recipient_gone", NO_CHAT),
    ("group chat was upgraded", "recipient_gone", NO_CHAT),
    ("business_peer", "window_closed", WINDOW),
    ("business_connection_not_allowed", "bad_content", BUSINESS_RIGHTS),
    ("bot_access_forbidden", "bad_content", BUSINESS_RIGHTS),
    # One owner who takes the bot off leaves its other chats as they were: no fault of the channel.
    ("business_connection", "recipient_gone", BUSINESS_GONE),
    ("business connection", "recipient_gone", BUSINESS_GONE),
    ("connection_id_invalid", "recipient_gone", BUSINESS_GONE),
    ("message thread not found", "recipient_gone", TOPIC_GONE),
    ("topic_deleted", "recipient_gone", TOPIC_GONE),
    ("topic_closed", "bad_content", TOPIC_GONE),
    ("not enough rights", "bad_content", NO_RIGHTS),
    ("have no rights", "bad_content", NO_RIGHTS),
    ("need administrator rights", "bad_content", NO_RIGHTS),
    ("chat_write_forbidden", "bad_content", NO_RIGHTS),
    ("can't parse entities", "bad_content", FORMATTING),
    ("message is too long", "bad_content", TOO_LONG),
    ("caption is too long", "bad_content", TOO_LONG),
    ("text is too long", "bad_content", TOO_LONG),
    ("text must be non-empty", "bad_content", EMPTY),
    ("message text is empty", "bad_content", EMPTY),
    ("file is too big", "bad_content", FILE_TOO_LARGE),
    ("too large", "bad_content", FILE_TOO_LARGE),
    ("file must be non-empty", "bad_content", FILE_REFUSED),
    ("wrong file", "bad_content", FILE_REFUSED),
    ("wrong remote file", "bad_content", FILE_REFUSED),
    ("photo_", "bad_content", FILE_REFUSED),
    ("image_process_failed", "bad_content", FILE_REFUSED),
    ("failed to get http url content", "bad_content", FILE_REFUSED),
    ("voice_messages_forbidden", "bad_content", REFUSED),
    ("message can't be edited", "bad_content", UNCHANGEABLE),
    ("message can't be deleted", "bad_content", UNDELETABLE),
    ("message to edit not found", "bad_content", UNCHANGEABLE),
    ("message_id_invalid", "bad_content", UNCHANGEABLE),
    ("message to react not found", "bad_content", NO_REACTION),
    ("reaction_", "bad_content", NO_REACTION),
    ("reactions_", "bad_content", NO_REACTION),
    ("can be requested in private chats only", "bad_content", PRIVATE_ONLY),
    ("button", "bad_content", BAD_BUTTON),
    ("reply markup", "bad_content", BAD_BUTTON),
    ("bad webhook", "channel_auth", BAD_ADDRESS),
    ("invalid webhook", "channel_auth", BAD_ADDRESS),
)

_BY_CODE: Final[dict[int, tuple[ErrorClass, Words]]] = {
    400: ("bad_content", REFUSED),
    401: ("channel_auth", TOKEN_REFUSED),
    403: ("recipient_gone", NO_CHAT),
    # Telegram answers 404 to a token of the wrong shape: there is no such address.
    404: ("channel_auth", TOKEN_REFUSED),
    409: ("transient", OTHER_READER),
    413: ("bad_content", FILE_TOO_LARGE),
}

_TOKEN = re.compile(r"\d{3,}:[\w%-]{10,}")


class ChatMovedError(ConnectorError):
    """The group became a supergroup and lives under `chat_id` now."""

    def __init__(self, chat_id: str) -> None:
        super().__init__("recipient_gone", NO_CHAT)
        self.chat_id = chat_id


def refusal(code: int, description: str, parameters: dict[str, Any]) -> ConnectorError:
    """The error for an answer `{ok: false}` of the Bot API."""
    if moved := parameters.get("migrate_to_chat_id"):
        return ChatMovedError(str(moved))
    detail = scrub(description)
    if code == 429:
        wait = float(parameters.get("retry_after") or 1)
        return ConnectorError("rate", TOO_OFTEN, retry_after=wait, detail=detail)
    text = description.lower()
    if code in (400, 403, 404, 413):
        for part, error_class, words in _BY_TEXT:
            if part in text:
                return ConnectorError(error_class, words, detail=detail)
    if code in _BY_CODE:
        error_class, words = _BY_CODE[code]
        return ConnectorError(error_class, words, detail=detail)
    if code < 500:
        return ConnectorError("bad_content", REFUSED, detail=detail)
    # 504: a gateway gave up waiting, and the message may be on its way.
    return ConnectorError("transient", UNAVAILABLE, maybe_sent=code == 504, detail=detail)


def says(error: ConnectorError, *parts: str) -> bool:
    """Whether Telegram's own text has one of these parts, in lower case."""
    text = error.detail.lower()
    return any(part in text for part in parts)


def scrub(text: str) -> str:
    """The text without anything that looks like a bot's token, at most 300 characters."""
    return _TOKEN.sub("***", text)[:300]
