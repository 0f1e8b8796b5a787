"""What mail servers refuse, in classes and in words for people."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError, ErrorClass
from channels_connectors.types import Words

WRONG_ADDRESS: Final = _("This is not an e-mail address.")
WRONG_SERVER: Final = _("Name the mail server's host and port, such as imap.example.com and 993.")
UNKNOWN_HOST: Final = _("There is no mail server under this name. Check how it is written.")
NO_ANSWER: Final = _("The mail server does not answer. Check its name and port.")
NO_TLS: Final = _(
    "The connection to the mail server cannot be encrypted. Check the port: mostly 993 for IMAP, "
    "465 or 587 for SMTP."
)
BAD_CERTIFICATE: Final = _("The mail server's certificate does not belong to it. Check the name.")
LOGIN_REFUSED: Final = _(
    "The mail server does not accept the address or the password. Many services want a password "
    "made for programs, and IMAP switched on in the mailbox's settings."
)
LOGIN_GMAIL: Final = _(
    "Google does not accept the password. Switch on two-step verification and create an app "
    "password under Security in the Google account."
)
LOGIN_YANDEX: Final = _(
    "Yandex does not accept the password. Allow IMAP in the settings of Yandex Mail under Mail "
    "clients, and create an app password for mail in Yandex ID."
)
LOGIN_MAILRU: Final = _(
    "Mail.ru does not accept the password. Create a password for external applications under "
    "Security in the settings of Mail.ru."
)
LOGIN_MICROSOFT: Final = _(
    "Microsoft no longer lets programs in by password. Fill in the access by OAuth, or forward the "
    "letters to a mailbox of another service and connect that one."
)
NO_PASSWORD: Final = _("Enter the password, or fill in the access by OAuth.")
NO_PROVIDER: Final = _(
    "Access by OAuth is for Google and Microsoft. For another provider name the address that gives "
    "tokens."
)
NO_ACCESS: Final = _(
    "The provider gives no access to this mailbox any more. Allow the access once more and enter "
    "the new refresh token."
)
WRONG_CLIENT: Final = _(
    "The provider does not know the application. Check the client ID and the client secret."
)
TOKENS_UNAVAILABLE: Final = _("The provider gives no access tokens at the moment.")
TOKEN_REFUSED: Final = _(
    "The mail server does not take the provider’s access token. Check that the access was allowed "
    "for this address, with the right to read and send mail."
)
SENDING_LOGIN_REFUSED: Final = _(
    "Letters can be read but not sent: the SMTP server does not accept the address or the password."
)
NO_FOLDER: Final = _("There is no such folder in the mailbox.")
WRONG_DAYS: Final = _("Days of history are a whole number from 0 to 365.")
WRONG_CHOICE: Final = _("This setting has no such value.")
SLOW: Final = _(
    "This mail server does not tell of new letters by itself: they are looked for every 15 seconds."
)
BUSY: Final = _("The mail server has too many connections to this mailbox. We try again later.")
UNAVAILABLE: Final = _("The mail server is not available at the moment.")
BROKE_OFF: Final = _("The connection to the mail server broke.")

NO_RECIPIENT: Final = _("There is no such mailbox.")
MAILBOX_FULL: Final = _("The recipient's mailbox is full.")
MAILBOX_DISABLED: Final = _("The recipient's mailbox is switched off.")
NO_DOMAIN: Final = _("There is no mail server for this address.")
TOO_LARGE: Final = _("The letter is too large for the mail server. Send fewer or smaller files.")
FILES_TOO_LARGE: Final = _("The files of one letter may have at most 18 MB together.")
POLICY: Final = _(
    "The recipient's server takes this letter for spam or forbids it. Write otherwise, or have "
    "SPF, DKIM and DMARC of your domain checked."
)
SENDER_REFUSED: Final = _("The mail server does not let this mailbox send from this address.")
REFUSED: Final = _("The mail server does not accept this letter.")
CC_REFUSED: Final = _("One of the addresses under Copy is not accepted.")
GREYLISTED: Final = _("The recipient's server asks to try again later.")
QUOTA: Final = _("The mail server asks to wait: too many letters in a short time.")
NOT_DELIVERED: Final = _("The letter could not be delivered.")
MAYBE_SENT: Final = _("The connection broke while sending. The letter may have been delivered.")
EMPTY: Final = _("Write a text or add a file.")
WRONG_COPY: Final = _("One of the addresses under Copy is not an e-mail address.")
NO_FILE: Final = _("The file is no longer in the letter.")
FILE_TOO_LARGE: Final = _("The file is too large to be kept here.")

_LOGIN: Final[tuple[tuple[str, Words], ...]] = (
    ("gmail.com", LOGIN_GMAIL),
    ("googlemail.com", LOGIN_GMAIL),
    ("yandex.", LOGIN_YANDEX),
    ("mail.ru", LOGIN_MAILRU),
    ("outlook.", LOGIN_MICROSOFT),
    ("office365.com", LOGIN_MICROSOFT),
)
# Where the answer to a log-in is not about the password.
_PASSING: Final = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|SERVERBUG|THROTTLED|OVERQUOTA)\]|too many|try again|temporar",
    re.IGNORECASE,
)
_ENHANCED: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_QUOTA_WORDS: Final = re.compile(r"rate|quota|limit|too many|exceeded", re.IGNORECASE)
RATE_SECONDS: Final = 300.0


def login_refused(host: str, told: str) -> ConnectorError:
    """A refused log-in to IMAP: what to do depends on whose server it is."""
    if _PASSING.search(told):
        return ConnectorError("transient", BUSY, detail=told)
    words = next((words for part, words in _LOGIN if part in host), LOGIN_REFUSED)
    return ConnectorError("channel_auth", words, field="password")


def token_refused(told: str) -> ConnectorError:
    """A refused log-in by XOAUTH2, on either server."""
    if _PASSING.search(told):
        return ConnectorError("transient", BUSY, detail=told)
    return ConnectorError("channel_auth", TOKEN_REFUSED, field="oauth_refresh_token")


def sending_login_refused(host: str, code: int) -> ConnectorError:
    """The same of SMTP."""
    if 400 <= code < 500:
        return ConnectorError("transient", UNAVAILABLE, detail=f"SMTP {code}")
    words = next((words for part, words in _LOGIN if part in host), SENDING_LOGIN_REFUSED)
    return ConnectorError("channel_auth", words, detail=f"SMTP {code}")


def refusal(code: int, told: str) -> ConnectorError:
    """An SMTP answer as an error (RFC 5321 4.2, RFC 3463). `told` is the server's own text."""
    error_class, words = _classed(code, told)
    after = RATE_SECONDS if error_class == "rate" else None
    return ConnectorError(error_class, words, retry_after=after, detail=f"SMTP {code}")


def bounced(status: str, told: str) -> tuple[ErrorClass, Words]:
    """What a delivery report says: an enhanced status such as 5.1.1, and the remote server's text.

    4.x.x passed its time: the servers have given up, so it has failed as well.
    """
    found = _ENHANCED.search(status) or _ENHANCED.search(told)
    if found is None:
        return "bad_content", NOT_DELIVERED
    if found[1] == "4":
        return "transient", NOT_DELIVERED
    return _enhanced(found[2], found[3]) or ("bad_content", NOT_DELIVERED)


def _classed(code: int, told: str) -> tuple[ErrorClass, Words]:
    if code in {530, 534, 535, 538}:
        return "channel_auth", SENDING_LOGIN_REFUSED
    if 400 <= code < 500:
        if code == 452 or (code in {421, 450, 451, 454} and _QUOTA_WORDS.search(told)):
            return "rate", QUOTA
        return "transient", UNAVAILABLE if code == 421 else GREYLISTED
    found = _ENHANCED.search(told)
    if found and found[1] == "5" and (precise := _enhanced(found[2], found[3])):
        return precise
    if code in {550, 551, 553}:
        return "recipient_gone", NO_RECIPIENT
    if code == 552:
        return "bad_content", TOO_LARGE
    if code == 554:
        return "bad_content", POLICY
    return "bad_content", REFUSED


def _enhanced(subject: str, detail: str) -> tuple[ErrorClass, Words] | None:
    """The subject and detail of a permanent status of RFC 3463."""
    if subject == "1":
        if detail in {"7", "8"}:
            return "bad_content", SENDER_REFUSED
        return "recipient_gone", NO_DOMAIN if detail in {"2", "10"} else NO_RECIPIENT
    if subject == "2":
        if detail == "1":
            return "recipient_gone", MAILBOX_DISABLED
        return "bad_content", TOO_LARGE if detail == "3" else MAILBOX_FULL
    if subject == "3" and detail == "4":
        return "bad_content", TOO_LARGE
    if subject == "4" and detail == "4":
        return "recipient_gone", NO_DOMAIN
    if subject == "7":
        return "bad_content", POLICY
    return None
