"""What VK's refusals mean, in sentences for the agent and the admin."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

DENIED: Final = _(
    "The customer does not allow messages from the community. "
    "They can write first to open the chat."
)
BLACKLISTED: Final = _("The customer is on the community’s blacklist.")
PRIVATE: Final = _("The customer’s privacy settings do not let the community write to them.")
GONE: Final = _("This VK account is deleted or blocked, so nobody would receive the message.")
NO_CHAT: Final = _("The community cannot write to this chat: it is gone or closed to it.")
WAITS: Final = _("The customer has not yet accepted messages from the community.")
WINDOW: Final = _(
    "VK no longer lets the community answer: too long ago the customer wrote. "
    "They have to write again."
)
TOKEN_REFUSED: Final = _(
    "VK does not accept the access key. Create a new one in the community’s settings, API usage."
)
NO_RIGHTS: Final = _(
    "The access key lacks rights. Create one with messages, photos, documents and management."
)
CAPTCHA: Final = _(
    "VK asks for a captcha, so sending is paused. Write a message as the community in VK yourself, "
    "pass the captcha there, then connect the channel again."
)
CONFIRMATION: Final = _(
    "VK wants the owner of the access key to confirm it. Log in to VK, do so, then connect the "
    "channel again."
)
TOO_LONG: Final = _("The text is too long for VK.")
EMPTY: Final = _("There is nothing to send: the message is empty.")
TOO_MANY_FILES: Final = _("VK takes at most 10 files in one message.")
FILE_REFUSED: Final = _("VK does not accept this file.")
FILE_TOO_LARGE: Final = _("The file is too large for VK.")
NO_FILE: Final = _("VK no longer keeps this file.")
KEYBOARD: Final = _("VK does not accept the buttons of this message.")
BOT_FEATURES: Final = _(
    "Buttons need bot features. Switch them on in the community’s settings, Messages."
)
REFUSED: Final = _("VK does not accept this message.")
UNCHANGEABLE: Final = _("This message can no longer be changed in VK.")
NO_REACTION: Final = _("This reaction cannot be put on this message in VK.")
BUTTON_ROWS: Final = _("VK takes at most six rows of five buttons, ten in all.")
BUTTON_WORDS: Final = _("A button in VK needs a label of at most 40 characters.")
BUTTON_VALUE: Final = _("What a button carries is too long for VK.")
BUTTON_LINK: Final = _("A button in VK can open only a web address.")
BUTTON_ACTION: Final = _("VK has no button that does this.")
TOO_OFTEN: Final = _("VK asks to wait before the next message.")
FLOOD: Final = _("VK sees too many messages of the same kind. Sending goes on in a few minutes.")
QUOTA: Final = _("The community has used up VK’s limit for now. Sending goes on in an hour.")
UNAVAILABLE: Final = _("VK does not answer at the moment.")
MAYBE_SENT: Final = _("The connection to VK broke. The message may have been delivered.")
SERVERS_FULL: Final = _(
    "The community has ten callback servers already. Remove one in its settings, API usage."
)
