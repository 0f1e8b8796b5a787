"""Access tokens for mailboxes whose providers let no password in (Google, Microsoft).

A refresh token of the mailbox's owner, or for Microsoft 365 the app's own right to the mailbox, is
changed for an access token, which both servers take by XOAUTH2. See
https://developers.google.com/workspace/gmail/imap/xoauth2-protocol and
https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
"""

from __future__ import annotations

import hashlib
import time
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlsplit

import aiohttp
import orjson

from channels_connectors.calls import Calls
from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, Json

from .errors import NO_ACCESS, NO_PASSWORD, NO_PROVIDER, TOKENS_UNAVAILABLE, WRONG_CLIENT
from .servers import imap_server, is_trusted

GOOGLE: Final = "https://oauth2.googleapis.com/token"
# Of any organisation, or of `oauth_tenant`.
MICROSOFT: Final = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
_MICROSOFT_SCOPES: Final = (
    "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send "
    "offline_access"
)
_MICROSOFT_APP_SCOPE: Final = "https://outlook.office365.com/.default"
# A token is used no more so many seconds before its end.
EARLY_SECONDS: Final = 120.0
MOST_KEPT: Final = 2000


class _Kept(NamedTuple):
    token: str
    until: float
    refresh_token: str


_kept: dict[str, _Kept] = {}


def uses_tokens(config: ChannelConfig) -> bool:
    """Whether the mailbox is entered by a token. Raises ConnectorError where there is neither that
    nor a password."""
    found = config.credentials
    if found.get("oauth_client_id") and (
        found.get("oauth_refresh_token") or found.get("oauth_client_secret")
    ):
        return True
    if not found.get("password"):
        raise ConnectorError("channel_auth", NO_PASSWORD, field="password")
    return False


async def access_token(config: ChannelConfig, *, refused: str = "") -> str:
    """A token that both servers take now. `refused` is one that they took no more.

    Raises ConnectorError.
    """
    key = _key(config)
    known = _kept.get(key)
    if known and known.until > time.monotonic() and known.token != refused:
        return known.token
    answer = await _ask(config)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    seconds = float(answer.get("expires_in") or 3600)
    fresh = str(answer.get("refresh_token") or "")
    until = time.monotonic() + max(seconds - EARLY_SECONDS, 30)
    _kept[key] = _Kept(str(answer["access_token"]), until, fresh)
    if fresh:
        # It is good for the channel with its renewed credentials too.
        _kept[_key(config, fresh)] = _kept[key]
    return _kept[key].token


def renewed(config: ChannelConfig) -> Json:
    """The refresh token that came in the place of the channel's own, as credentials to keep;
    nothing when it is still the same. Microsoft's end after 90 days, whether used or not."""
    known = _kept.get(_key(config))
    if known and known.refresh_token not in ("", config.credentials.get("oauth_refresh_token")):
        return {"oauth_refresh_token": known.refresh_token}
    return {}


async def _ask(config: ChannelConfig) -> dict[str, Any]:
    url, form = _request(config)
    host = str(urlsplit(url).hostname or "")
    calls = Calls(
        url,
        trusted=is_trusted(host),
        unavailable=TOKENS_UNAVAILABLE,
        maybe_sent=TOKENS_UNAVAILABLE,
        proxy=str(config.settings.get("proxy") or ""),
    )
    async with calls:
        # A token that nobody has heard of does no harm: asking may be repeated.
        status, told = await calls.outside("POST", url, _read, 15, data=form)
    if status == 200 and told.get("access_token"):
        return dict(told)
    if status == 429 or status >= 500:
        raise ConnectorError("transient", TOKENS_UNAVAILABLE, detail=f"HTTP {status}")
    error = str(told.get("error") or "")[:60]
    if error in {"invalid_client", "unauthorized_client"}:
        words, field = WRONG_CLIENT, "oauth_client_id"
    else:
        words, field = NO_ACCESS, "oauth_refresh_token"
    raise ConnectorError("channel_auth", words, detail=error, field=field)


def _request(config: ChannelConfig) -> tuple[str, dict[str, str]]:
    found = {name: str(value or "").strip() for name, value in config.credentials.items()}
    form = {"client_id": found["oauth_client_id"]}
    if secret := found.get("oauth_client_secret"):
        form["client_secret"] = secret
    own = str(config.settings.get("token_url") or "").strip()
    host = imap_server(config).host
    is_microsoft = host.endswith((".office365.com", ".outlook.com"))
    if refresh := found.get("oauth_refresh_token"):
        form |= {"grant_type": "refresh_token", "refresh_token": refresh}
        scope = _MICROSOFT_SCOPES
    else:
        form["grant_type"] = "client_credentials"
        scope = _MICROSOFT_APP_SCOPE
    if is_microsoft:
        form["scope"] = scope
        tenant = quote(found.get("oauth_tenant") or "common", safe="")
        return own or MICROSOFT.format(tenant=tenant), form
    if own or host.endswith((".gmail.com", ".googlemail.com")):
        return own or GOOGLE, form
    raise ConnectorError("channel_auth", NO_PROVIDER, field="token_url")


async def _read(response: aiohttp.ClientResponse) -> tuple[int, dict[str, Any]]:
    raw = await response.content.read(64 * 1024)
    try:
        told = orjson.loads(raw)
    except ValueError:
        told = {}
    return response.status, told if isinstance(told, dict) else {}


def _key(config: ChannelConfig, refresh_token: str = "") -> str:
    names = ("address", "oauth_client_id", "oauth_client_secret", "oauth_tenant")
    facts = [config.credentials.get(name) for name in names]
    facts.append(refresh_token or config.credentials.get("oauth_refresh_token"))
    dumped = orjson.dumps([facts, config.settings.get("token_url"), config.settings.get("proxy")])
    return hashlib.sha256(dumped).hexdigest()
