"""The community itself: connecting it, taking it back, its health."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from channels_connectors.errors import ConnectorError
from channels_connectors.types import ChannelConfig, ConnectResult, Json

from .api import VERSION, Api
from .payloads import EVENTS, NOT_POLLED
from .words import NO_RIGHTS

# VK shows this beside the address; at most 14 characters.
TITLE: Final = "Tandem"
NEEDED: Final = frozenset({"messages", "photos", "docs", "manage"})
# Without it an admin sets the address up by hand and gives us its secret and code.
BY_HAND: Final = NEEDED - {"manage"}

WRONG_GROUP: Final = _("The access key belongs to another community than the one you named.")
NOT_CONFIRMED: Final = _("VK has not confirmed this server’s address yet, so no events come.")
FAILED: Final = _(
    "VK could not reach this server’s address and has stopped sending events. When the address "
    "answers again, connect the channel again."
)
REMOVED: Final = _(
    "The callback server of this channel was removed or changed in VK, so no events come. "
    "Connect the channel again."
)

# Seconds between our looks at the confirmation. A letterbox that has refused an address looks it up
# again only after two.
CONFIRM_PAUSES: Final = (2.1, 2.1, 4, 8)

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:vk\.(?:com|ru)/)?(?:-|club|public|event)?(\d{1,19})"
)


def group_id(config: ChannelConfig) -> str:
    """The community's number, however the admin wrote it; "" for a short name."""
    match = _ADDRESS.fullmatch(str(config.credentials.get("group_id") or "").strip().rstrip("/"))
    return match[1] if match else ""


async def connect(config: ChannelConfig, webhook_url: str | None) -> ConnectResult:
    """Check the token and have events sent to `webhook_url`, or kept for polling."""
    is_ours = config.settings.get("server_id") is not None  # a server that we set up before
    typed = config.credentials.get("secret") and config.credentials.get("confirmation_code")
    by_hand = bool(typed) and not is_ours
    async with Api(config) as api:
        await _check_rights(api, BY_HAND if webhook_url and by_hand else NEEDED)
        group = await _group(api, config)
        credentials: Json = {"group_id": str(group["id"])}
        settings: Json = {"webhook_url": webhook_url or "", "server_id": None}
        if webhook_url is None:
            await set_up_polling(api, group["id"])
            if is_ours:
                # Else it would tell everything a second time.
                await _remove_server(api, config)
                # Nobody has typed these in.
                credentials |= {"secret": "", "confirmation_code": ""}
        elif not by_hand:
            secret = str(config.credentials.get("secret") or secrets.token_hex(20))
            code = await api.call("groups.getCallbackConfirmationCode", {"group_id": group["id"]})
            server = await _set_up_server(api, config, group["id"], webhook_url, secret)
            credentials |= {"secret": secret, "confirmation_code": str(code["code"])}
            settings["server_id"] = server
    return ConnectResult(
        external_id=str(group["id"]),
        name=str(group.get("name") or f"VK {group['id']}"),
        credentials=credentials,
        settings=settings,
    )


async def after_connect(config: ChannelConfig) -> None:
    """Have VK confirm our address, if it tried before the channel was known here."""
    if config.settings.get("server_id") is None:
        return
    async with Api(config) as api:
        for pause in CONFIRM_PAUSES:
            await asyncio.sleep(pause)
            server = await _server(api, config)
            if server is None or server["status"] == "ok":
                return
            # While it waits, VK is at it.
            if server["status"] != "wait" or pause == CONFIRM_PAUSES[-1]:
                await _have_confirmed(api, config, server["id"])


async def _have_confirmed(api: Api, config: ChannelConfig, server_id: int) -> None:
    await api.call(
        "groups.editCallbackServer",
        {
            "group_id": group_id(config),
            "server_id": server_id,
            "url": config.settings["webhook_url"],
            "title": TITLE,
            "secret_key": config.credentials["secret"],
        },
    )


async def disconnect(config: ChannelConfig) -> None:
    """Remove our server, unless somebody has pointed it elsewhere since. Raises ConnectorError."""
    if config.settings.get("server_id") is None:
        return
    async with Api(config) as api:
        await _remove_server(api, config)


async def _remove_server(api: Api, config: ChannelConfig) -> None:
    server = await _server(api, config)
    if server and _is_ours(config, server):
        await api.call(
            "groups.deleteCallbackServer",
            {"group_id": group_id(config), "server_id": server["id"]},
        )


async def check(config: ChannelConfig) -> Json:
    """`{ok, status, last_error}`; status is VK's word for our server: ok, wait, failed or
    unconfigured, "" where there is none."""
    questions: list[tuple[str, Json]] = [("groups.getTokenPermissions", {})]
    has_server = config.settings.get("server_id") is not None
    if has_server:
        questions.append(("groups.getCallbackServers", {"group_id": group_id(config)}))
    async with Api(config) as api:
        # Both for the price of one: this is asked of every channel every few minutes.
        rights, *servers = await api.execute(questions)
    server = _ours(config, servers[0]) if servers else None
    status = str((server or {}).get("status") or "")
    problem = ""
    if BY_HAND - _names(rights):
        problem = ConnectorError("channel_auth", NO_RIGHTS).msgid
    elif has_server and not _is_ours(config, server):
        problem = ConnectorError("channel_auth", REMOVED).msgid
    elif has_server and status != "ok":
        words = FAILED if status == "failed" else NOT_CONFIRMED
        problem = ConnectorError("channel_auth", words).msgid
    return {"ok": not problem, "status": status, "last_error": problem}


def _names(told: Any) -> set[str]:
    return {str(found["name"]) for found in told["permissions"]}


async def _check_rights(api: Api, needed: frozenset[str]) -> None:
    missing = needed - _names(await api.call("groups.getTokenPermissions"))
    if missing:
        raise ConnectorError(
            "channel_auth", NO_RIGHTS, detail=", ".join(sorted(missing)), field="token"
        )


async def _group(api: Api, config: ChannelConfig) -> dict[str, Any]:
    """The token's own community. Raises ConnectorError when the admin meant another."""
    told = await api.call("groups.getById", {"fields": "screen_name"})
    groups = told.get("groups") if isinstance(told, dict) else told
    if not groups:
        raise ConnectorError("channel_auth", NO_RIGHTS)
    own: dict[str, Any] = groups[0]
    meant = group_id(config)
    name = str(config.credentials.get("group_id") or "").strip().rstrip("/").rpartition("/")[2]
    if (meant and meant != str(own["id"])) or (not meant and name != own.get("screen_name")):
        raise ConnectorError("channel_auth", WRONG_GROUP, field="group_id")
    return own


async def set_up_polling(api: Api, group: int | str) -> None:
    """Switch long poll on, for all the events that it offers."""
    events = dict.fromkeys(sorted(EVENTS - NOT_POLLED), 1)
    await api.call(
        "groups.setLongPollSettings",
        {"group_id": group, "enabled": 1, "api_version": VERSION, **events},
    )


async def _set_up_server(api: Api, config: ChannelConfig, group: int, url: str, secret: str) -> int:
    told = await api.call("groups.getCallbackServers", {"group_id": group})
    known = next((found for found in told["items"] if found.get("url") == url), None)
    facts = {"group_id": group, "url": url, "title": TITLE, "secret_key": secret}
    if known:
        server = int(known["id"])
        await api.call("groups.editCallbackServer", {**facts, "server_id": server})
    else:
        server = int((await api.call("groups.addCallbackServer", facts))["server_id"])
    await api.call(
        "groups.setCallbackSettings",
        {
            "group_id": group,
            "server_id": server,
            "api_version": VERSION,
            **dict.fromkeys(sorted(EVENTS), 1),
        },
    )
    return server


async def _server(api: Api, config: ChannelConfig) -> dict[str, Any] | None:
    if config.settings.get("server_id") is None:
        return None
    return _ours(
        config, await api.call("groups.getCallbackServers", {"group_id": group_id(config)})
    )


def _ours(config: ChannelConfig, told: Any) -> dict[str, Any] | None:
    server_id = config.settings["server_id"]
    return next((found for found in told["items"] if found["id"] == server_id), None)


def _is_ours(config: ChannelConfig, server: dict[str, Any] | None) -> bool:
    """Whether the server is there and still leads to us."""
    return server is not None and server.get("url") == config.settings.get("webhook_url")
