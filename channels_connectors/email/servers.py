"""Which servers a mailbox lives on, and how the connection to them is encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig

from .errors import NO_TLS, WRONG_SERVER

Tls = Literal["implicit", "starttls", "offered"]

# Ports whose connection begins with TLS (RFC 8314); the others switch to it by STARTTLS.
_IMPLICIT: Final = frozenset({993, 465})

# domain -> (imap host, smtp host): what need not be typed in.
PROVIDERS: Final[dict[str, tuple[str, str]]] = {
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "googlemail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "yandex.ru": ("imap.yandex.ru", "smtp.yandex.ru"),
    "yandex.com": ("imap.yandex.com", "smtp.yandex.com"),
    "ya.ru": ("imap.yandex.ru", "smtp.yandex.ru"),
    "mail.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "bk.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "list.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "inbox.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "rambler.ru": ("imap.rambler.ru", "smtp.rambler.ru"),
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "outlook.com": ("outlook.office365.com", "smtp.office365.com"),
    "hotmail.com": ("outlook.office365.com", "smtp.office365.com"),
}
# They take letters on port 587 alone.
_ON_587: Final = frozenset({"smtp.office365.com", "smtp.mail.me.com"})
# These put what went through their SMTP server into Sent by themselves.
KEEP_COPIES: Final = ("gmail.com", "googlemail.com", "office365.com", "outlook.com")


@dataclass(frozen=True, slots=True)
class Server:
    """One server; `trusted` by the environment, so that it may stand in a private network.
    `field` is the credential that names it."""

    host: str
    port: int
    tls: Tls
    trusted: bool
    field: str = ""


def imap_server(config: ChannelConfig) -> Server:
    """Where the letters are read. Raises ConnectorError."""
    return _server(config, "imap", 0, 993)


def smtp_server(config: ChannelConfig) -> Server:
    """Where letters are handed in. Raises ConnectorError."""
    return _server(config, "smtp", 1, 465)


def keeps_copies(config: ChannelConfig) -> bool:
    """Whether the provider itself puts what we send into the Sent folder."""
    wanted = config.settings.get("copy_to_sent", "auto")
    if wanted in {"always", "never"}:
        return bool(wanted == "never")
    return smtp_server(config).host.endswith(KEEP_COPIES)


def is_trusted(host: str) -> bool:
    """Whether the environment names the host in MAIL_TRUSTED_HOSTS."""
    return host in settings.MAIL_TRUSTED_HOSTS


def _server(config: ChannelConfig, kind: str, place: int, usual_port: int) -> Server:
    domain = str(config.credentials.get("address") or "").rpartition("@")[2].strip().lower()
    host = str(config.credentials.get(f"{kind}_host") or "").strip().strip(".").lower()
    if not host and domain in PROVIDERS:
        host = PROVIDERS[domain][place]
    port = _port(config, f"{kind}_port", 587 if host in _ON_587 else usual_port)
    if not host or any(letter.isspace() or letter in "/@:" for letter in host):
        raise ConnectorError("channel_auth", WRONG_SERVER, field=f"{kind}_host")
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        raise ConnectorError("channel_auth", WRONG_SERVER, field=f"{kind}_host") from None
    trusted = is_trusted(host)
    tls = _tls(config, kind, port, trusted=trusted)
    return Server(host, port, tls, trusted, f"{kind}_host")


def _port(config: ChannelConfig, field: str, usual: int) -> int:
    text = str(config.credentials.get(field) or usual).strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) < 65536):
        raise ConnectorError("channel_auth", WRONG_SERVER, field=field)
    return int(text)


def _tls(config: ChannelConfig, kind: str, port: int, *, trusted: bool) -> Tls:
    """By the setting `<kind>_tls`, else by the port. Without encryption everybody on the way would
    see the password: only a trusted host may do without, where it does not offer any."""
    wanted = config.settings.get(f"{kind}_tls") or "auto"
    if wanted == "implicit" or (wanted == "auto" and port in _IMPLICIT):
        return "implicit"
    if wanted == "auto":
        return "offered" if trusted else "starttls"
    if wanted == "starttls":
        return "starttls"
    raise ConnectorError("channel_auth", NO_TLS, field=f"{kind}_tls")
