"""What a refusal of WhatsApp's means, in sentences for the agent and the admin."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

# About the customer.
UNDELIVERABLE: Final = _(
    "WhatsApp cannot deliver to this number: it is not on WhatsApp, has an old version of it, "
    "or has not accepted its new terms."
)
WINDOW: Final = _(
    "More than 24 hours have passed since the customer’s last message. "
    "WhatsApp now takes only an approved template."
)
STOPPED: Final = _(
    "The customer has stopped marketing messages from this number. Other messages still reach them."
)
SATURATED: Final = _(
    "WhatsApp held this marketing message back: the customer has got many of them lately. "
    "Write again no sooner than in a day."
)
EXPERIMENT: Final = _(
    "WhatsApp does not show this marketing message to the customer: they are in its experiment."
)
HIDDEN_NUMBER: Final = _(
    "The customer hides their phone number, and WhatsApp sends this kind of message "
    "only to a number. Write another kind."
)
TO_ITSELF: Final = _("WhatsApp does not let a number write to itself.")
NOT_A_TESTER: Final = _(
    "A test number writes only to the recipients on its list. "
    "Add this one in the app’s settings, WhatsApp, API Setup."
)
COUNTRY: Final = _("WhatsApp does not let this business write to people in that country.")
PAIR: Final = _("Too many messages to this customer in a short time. Sending goes on in a moment.")

# About the message.
REFUSED: Final = _("WhatsApp does not accept this message.")
PARAMETERS: Final = _("WhatsApp does not accept this message: a part of it is missing or wrong.")
TYPE: Final = _("WhatsApp does not take this kind of message.")
TOO_LONG: Final = _("The text is too long for WhatsApp.")
EMPTY: Final = _("There is nothing to send: the message is empty.")
FILE_REFUSED: Final = _("WhatsApp does not accept this file.")
FILE_TOO_LARGE: Final = _("The file is too large for WhatsApp.")
NO_FILE: Final = _("WhatsApp no longer keeps this file.")
FILE_MISSING: Final = _("The file to send is missing.")
TOO_MANY_BUTTONS: Final = _("WhatsApp takes at most 10 buttons under a message.")
MIXED_BUTTONS: Final = _("WhatsApp takes a button that asks for a place only by itself.")
PHONE_BUTTON: Final = _("WhatsApp has no button that asks for a phone number.")
EMOJI: Final = _("WhatsApp does not take this reaction.")
PARTLY_SENT: Final = _("Only a part of the message could be sent.")

# About templates.
NO_TEMPLATE: Final = _(
    "There is no such template in this language, or it is not approved yet. "
    "Refresh the list of templates."
)
TEMPLATE_VARIABLES: Final = _("The values do not fit the template’s variables. Fill all of them.")
TEMPLATE_TOO_LONG: Final = _("With these values the template becomes too long.")
TEMPLATE_POLICY: Final = _("The template breaks WhatsApp’s rules for its characters or content.")
TEMPLATE_PAUSED: Final = _(
    "WhatsApp has paused this template because customers complain of it. Choose another one."
)
TEMPLATE_DISABLED: Final = _(
    "WhatsApp has disabled this template because customers complained of it. Make a new one."
)
TEMPLATE_NAME: Final = _(
    "A template’s name has small Latin letters, digits and underscores, at most 512."
)
TEMPLATE_EXISTS: Final = _("There is already a template with this name and language.")
TOO_MANY_TEMPLATES: Final = _("The account has as many templates as WhatsApp allows.")
TEMPLATE_REFUSED: Final = _("WhatsApp does not accept this template.")

# About the account.
TOKEN_REFUSED: Final = _(
    "WhatsApp does not accept the access token. "
    "Create a new permanent one for a system user in Meta’s business settings."
)
NO_RIGHTS: Final = _(
    "The access token lacks rights. It needs whatsapp_business_messaging and "
    "whatsapp_business_management, and the account must be assigned to its system user."
)
WRONG_SECRET: Final = _("The app secret is not that of the app that made the access token.")
NO_SUCH_NUMBER: Final = _(
    "There is no phone number with this ID that the access token may use. "
    "Take the ID from WhatsApp, API Setup; it is not the number itself."
)
WRONG_ACCOUNT: Final = _("The phone number does not belong to the WhatsApp account you named.")
NOT_REGISTERED: Final = _(
    "The phone number is not registered with the Cloud API. Register it in WhatsApp Manager."
)
NOT_VERIFIED: Final = _("The phone number is not confirmed yet. Confirm it in WhatsApp Manager.")
PIN: Final = _(
    "The phone number has a two-step verification PIN. Switch it off in WhatsApp Manager, "
    "then connect again."
)
PAYMENT: Final = _(
    "WhatsApp asks for payment: the account has no valid payment method. "
    "Add one in Meta’s billing settings."
)
RESTRICTED: Final = _(
    "Meta has restricted or locked the WhatsApp account. See Business Support Home in Meta."
)
NAME_NOT_APPROVED: Final = _("The number’s display name is not approved yet. See WhatsApp Manager.")
SPAM: Final = _(
    "WhatsApp holds this number’s messages back because customers block or report it. "
    "Sending goes on in an hour; stop broadcasts until then."
)
TOO_OFTEN: Final = _("WhatsApp asks to wait before the next message.")
QUOTA: Final = _("The app has used up Meta’s limit of calls for now. Sending goes on in a while.")
UNAVAILABLE: Final = _("WhatsApp does not answer at the moment.")
MAYBE_SENT: Final = _("The connection to WhatsApp broke. The message may have been delivered.")
NOT_CONFIRMED: Final = _("WhatsApp could not reach this server’s address to confirm it.")
NEEDS_HTTPS: Final = _(
    "WhatsApp delivers only to an https address with a valid certificate. "
    "Set PUBLIC_URL to one, then connect again."
)
TEMPLATE_FILE: Final = _("Templates take JPEG, PNG, MP4 and PDF.")
NO_APP: Final = _(
    "We could not learn which app the access token belongs to. Enter the app ID under Log in again."
)
WRONG_VERSION: Final = _("A Graph API version looks like v26.0.")
NO_POLLING: Final = _("WhatsApp cannot be polled: it delivers to a webhook only.")
