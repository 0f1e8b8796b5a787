"""Connecting a mailbox, and asking how it is."""

from __future__ import annotations

from typing import Any, Final

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, ConnectResult, Json

from . import sending
from .access import renewed, uses_tokens
from .composing import own_address
from .errors import SLOW, WRONG_ADDRESS, WRONG_CHOICE
from .mailbox import open_mailbox
from .polling import import_days
from .servers import imap_server, smtp_server

LONGEST: Final = {"sender_name": 100, "signature": 2000, "folder": 200, "token_url": 300}
_CHOICES: Final = {
    "imap_tls": {"auto", "implicit", "starttls"},
    "smtp_tls": {"auto", "implicit", "starttls"},
    "copy_to_sent": {"auto", "always", "never"},
}


async def connect(config: ChannelConfig) -> ConnectResult:
    """Log in to both servers and look into the folder. Raises ConnectorError."""
    own = _own(config)
    mailbox = await open_mailbox(config)
    try:
        await mailbox.select(str(config.settings.get("folder") or "INBOX"))
        sent = await mailbox.sent_folder()
        await mailbox.leave()
    finally:
        mailbox.drop()
    client = await sending.log_in(config)
    client.close()
    imap, smtp = imap_server(config), smtp_server(config)
    return ConnectResult(
        external_id=own,
        name=str(config.settings.get("sender_name") or own),
        credentials={
            "address": own,
            "imap_host": imap.host,
            "imap_port": str(imap.port),
            "smtp_host": smtp.host,
            "smtp_port": str(smtp.port),
            **(renewed(config) if uses_tokens(config) else {}),
        },
        settings={"sent_folder": sent},
        notes=() if mailbox.has_idle else (SLOW,),
    )


async def check(config: ChannelConfig) -> Json:
    """`{ok, last_error, credentials?}`: whether letters can be read and sent now."""
    try:
        mailbox = await open_mailbox(config)
        await mailbox.leave()
        mailbox.drop()
        client = await sending.log_in(config)
        client.close()
    except ConnectorError as error:
        if error.error_class in {"transient", "rate"}:
            raise
        return {"ok": False, "last_error": error.msgid}
    fresh = renewed(config) if uses_tokens(config) else {}
    return {"ok": True, "last_error": "", **({"credentials": fresh} if fresh else {})}


def clean_settings(config: ChannelConfig) -> Json:
    """The settings, checked. Raises ConnectorError."""
    _own(config)
    found: dict[str, Any] = dict(config.settings)
    for name in ("import_days", *_CHOICES):
        if found.get(name) in ("", None):
            found.pop(name, None)
    if "import_days" in found:
        found["import_days"] = import_days(found)
    for name, longest in LONGEST.items():
        if name in found:
            text = str(found[name] or "").replace("\0", "").strip()[:longest]
            found[name] = text if name == "signature" else " ".join(text.split())
    for name, choices in _CHOICES.items():
        if found.get(name, "auto") not in choices:
            raise ConnectorError(
                "bad_content", WRONG_CHOICE, detail=f"{name}: {found[name]}", field=name
            )
    return found


def _own(config: ChannelConfig) -> str:
    own = own_address(config)
    if not own:
        raise ConnectorError("channel_auth", WRONG_ADDRESS, field="address")
    return own
