"""Handing letters in over SMTP."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import Final

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from channels_connectors.calls import trusted_certificates
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, OutboundMessage, SendReceipt

from .access import access_token, uses_tokens
from .composing import compose, own_address
from .errors import (
    BAD_CERTIFICATE,
    CC_REFUSED,
    MAYBE_SENT,
    NO_TLS,
    UNAVAILABLE,
    refusal,
    sending_login_refused,
    token_refused,
)
from .mailbox import open_mailbox
from .network import open_socket
from .servers import Server, keeps_copies, smtp_server
from .transmission import Transmission

logger = logging.getLogger(__name__)

CALL_SECONDS: Final = 30.0
# A copy for Sent must not keep a letter that has gone from being known as sent.
COPY_SECONDS: Final = 12.0


async def send(config: ChannelConfig, message: OutboundMessage) -> SendReceipt:
    """Send, and put a copy into Sent. Raises ConnectorError."""
    letter, recipients = compose(config, message)
    content = letter.as_bytes()
    client = await log_in(config)
    try:
        await _hand_in(client, own_address(config), recipients, content)
    finally:
        await _leave(client)
    # Mail servers date what comes in whole seconds; so do we, that a quick answer stands below.
    sent_at = datetime.now(UTC).replace(microsecond=0)
    await _keep_copy(config, str(letter["Message-ID"]), content)
    return SendReceipt(str(letter["Message-ID"]), sent_at=sent_at)


async def log_in(config: ChannelConfig) -> aiosmtplib.SMTP:
    """A session that may send. Raises ConnectorError with what to do about it."""
    if not uses_tokens(config):
        return await _log_in(config)
    token = await access_token(config)
    try:
        return await _log_in(config, token)
    except ConnectorError as error:
        if error.error_class != "channel_auth":
            raise
    # It may have ended before its time.
    return await _log_in(config, await access_token(config, refused=token))


async def _log_in(config: ChannelConfig, token: str = "") -> aiosmtplib.SMTP:
    server = smtp_server(config)
    plain = await open_socket(server, str(config.settings.get("proxy") or ""))
    plain.setblocking(False)
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=None,
        sock=plain,
        timeout=CALL_SECONDS,
        use_tls=server.tls == "implicit",
        start_tls={"implicit": False, "starttls": True, "offered": None}[server.tls],
        tls_context=trusted_certificates(),
        local_hostname="localhost",
    )
    try:
        await client.connect()
        await _authenticate(client, config, server, token)
    except BaseException as error:
        client.close()
        plain.close()
        if not isinstance(error, Exception):
            raise
        failure = _not_begun(error, server, by_token=bool(token))
    else:
        return client
    raise failure


async def _authenticate(
    client: aiosmtplib.SMTP, config: ChannelConfig, server: Server, token: str
) -> None:
    user = str(config.credentials.get("address") or "").strip()
    if token:
        await client.auth_xoauth2(user, token)
        return
    if server.tls == "offered" and not client.supports_extension("auth"):
        return  # a relay inside of a trusted network
    await client.login(user, str(config.credentials.get("password") or ""))


async def _hand_in(
    client: aiosmtplib.SMTP, sender: str, recipients: list[str], content: bytes
) -> None:
    """One transaction. Until the letter is there whole, nothing can have been sent."""
    transmission = Transmission(client, CALL_SECONDS)
    try:
        options = [f"size={len(content)}"] if client.supports_extension("size") else []
        await client.mail(sender, options=options)
        for place, recipient in enumerate(recipients):
            try:
                await client.rcpt(recipient)
            except SMTPResponseException as error:
                failure = refusal(error.code, error.message)
                if place and failure.error_class in {"recipient_gone", "bad_content"}:
                    failure = ConnectorError("bad_content", CC_REFUSED, detail=recipient)
                raise failure from None
        await transmission.run(content)
    except SMTPResponseException as error:
        # 421 in mid-letter and a break are one: but an answer of refusal is an answer.
        if 400 <= error.code < 600:
            failure = refusal(error.code, error.message)
        else:
            failure = _broken(error, in_doubt=transmission.is_complete)
    except (SMTPException, OSError, TimeoutError) as error:
        client.close()  # a QUIT would be read as a line of the letter
        failure = _broken(error, in_doubt=transmission.is_complete)
    else:
        return
    raise failure


def _broken(error: Exception, *, in_doubt: bool) -> ConnectorError:
    words = MAYBE_SENT if in_doubt else UNAVAILABLE
    return ConnectorError("transient", words, maybe_sent=in_doubt, detail=type(error).__name__)


def _not_begun(error: Exception, server: Server, *, by_token: bool) -> ConnectorError:
    if isinstance(error, ConnectorError):
        return error
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        if by_token and not 400 <= error.code < 500:
            return token_refused(error.message)
        return sending_login_refused(server.host, error.code)
    if isinstance(error, SMTPResponseException):
        return refusal(error.code, error.message)
    if "certificate" in str(error).lower():
        return ConnectorError("channel_auth", BAD_CERTIFICATE)
    if "STARTTLS" in str(error) or "SSL" in str(error):
        return ConnectorError("channel_auth", NO_TLS)
    return ConnectorError("transient", UNAVAILABLE, detail=type(error).__name__)


async def _leave(client: aiosmtplib.SMTP) -> None:
    try:
        await client.quit(timeout=5)
    except (SMTPException, OSError, TimeoutError):
        client.close()


async def _keep_copy(config: ChannelConfig, name: str, content: bytes) -> None:
    """Append to Sent unless the provider does so. The letter has gone whatever becomes of it."""
    if keeps_copies(config):
        return
    try:
        async with asyncio.timeout(COPY_SECONDS):
            mailbox = await open_mailbox(config)
            try:
                if folder := await mailbox.sent_folder():
                    await mailbox.select(folder)
                    if not await mailbox.search(["HEADER", "Message-ID", name]):
                        await mailbox.append(folder, content)
                await mailbox.leave()
            finally:
                mailbox.drop()
    except (ConnectorError, TimeoutError, OSError) as error:
        logger.info("No copy of a sent letter was kept: %s", error)
