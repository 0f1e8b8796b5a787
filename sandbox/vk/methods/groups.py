"""The community itself: rights, callback servers, long poll."""

from __future__ import annotations

from typing import Any

from sandbox.vk.courier import MOST_SERVERS, Server
from sandbox.vk.parameters import Parameters
from sandbox.vk.refusals import Refusal, wrong
from sandbox.vk.world import Community, World

_NOT_EVENTS = frozenset({"group_id", "server_id", "api_version", "enabled", "v", "lang"})


def token_permissions(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """groups.getTokenPermissions."""
    settings = {"photos": 4, "docs": 131072, "messages": 4096, "manage": 262144}
    found = [{"name": name, "setting": settings.get(name, 1)} for name in community.rights]
    return {"mask": sum(item["setting"] for item in found), "permissions": found}


def by_id(world: World, community: Community, parameters: Parameters, base: str) -> dict[str, Any]:
    """groups.getById: the token's own community, or the one that is asked for."""
    wanted = parameters.text("group_id") or parameters.text("group_ids")
    known = {
        name: found
        for found in world.communities.values()
        for name in (str(found.id), found.screen_name, f"club{found.id}")
    }
    group = known.get(wanted) if wanted else community
    if group is None:
        raise wrong("group_ids is undefined")
    facts = {"id": group.id, "name": group.name, "screen_name": group.screen_name, "is_closed": 0}
    return {"groups": [{**facts, "type": "group"}], "profiles": []}


def confirmation_code(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, str]:
    """groups.getCallbackConfirmationCode."""
    _own(community, parameters)
    return {"code": community.code}


def servers(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """groups.getCallbackServers."""
    _own(community, parameters)
    wanted = parameters.integers("server_ids", 10)
    found = [
        server.shown(1)
        for server in community.courier.servers.values()
        if not wanted or server.id in wanted
    ]
    return {"count": len(found), "items": found}


def add_server(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, int]:
    """groups.addCallbackServer."""
    _own(community, parameters)
    known = community.courier.servers
    url, title = _url(parameters), parameters.required("title", 14)
    secret = parameters.text("secret_key", 50)
    if len(known) >= MOST_SERVERS:
        raise Refusal(2000)
    server = Server(max(known, default=0) + 1, url, title, secret)
    known[server.id] = server
    world.changed = True
    community.courier.confirm(server)
    return {"server_id": server.id}


def edit_server(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """groups.editCallbackServer."""
    server = _server(community, parameters)
    server.url, server.title = _url(parameters), parameters.required("title", 14)
    server.secret_key = parameters.text("secret_key", 50)
    world.changed = True
    community.courier.confirm(server)
    return 1


def delete_server(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """groups.deleteCallbackServer."""
    del community.courier.servers[_server(community, parameters).id]
    world.changed = True
    return 1


def callback_settings(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """groups.setCallbackSettings."""
    _server(community, parameters).events = _events(parameters)
    world.changed = True
    return 1


def long_poll_settings(
    world: World, community: Community, parameters: Parameters, base: str
) -> int:
    """groups.setLongPollSettings."""
    _own(community, parameters)
    community.longpoll.enabled = bool(parameters.integer("enabled", 0))
    community.longpoll.events = set(_events(parameters))
    world.changed = True
    return 1


def long_poll_server(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, str]:
    """groups.getLongPollServer."""
    _own(community, parameters)
    if not community.longpoll.enabled:
        raise wrong("longpoll for this group is not enabled")
    poll = community.longpoll
    return {"key": poll.key, "server": f"{base}/vk/wh{community.id}", "ts": str(poll.next)}


def _own(community: Community, parameters: Parameters) -> None:
    if parameters.integer("group_id") != community.id:
        raise Refusal(15, "no access to this group")
    if "manage" not in community.rights:
        raise Refusal(15, "no access to call this method")


def _server(community: Community, parameters: Parameters) -> Server:
    _own(community, parameters)
    server = community.courier.servers.get(parameters.integer("server_id"))
    if server is None:
        raise wrong("server_id not found")
    return server


def _url(parameters: Parameters) -> str:
    url = parameters.required("url")
    if not url.startswith(("http://", "https://")):
        raise wrong("url is invalid")
    return url


def _events(parameters: Parameters) -> list[str]:
    return [
        name
        for name, value in parameters.values.items()
        if name not in _NOT_EVENTS and value == "1"
    ]


METHODS = {
    "groups.getTokenPermissions": token_permissions,
    "groups.getById": by_id,
    "groups.getCallbackConfirmationCode": confirmation_code,
    "groups.getCallbackServers": servers,
    "groups.addCallbackServer": add_server,
    "groups.editCallbackServer": edit_server,
    "groups.deleteCallbackServer": delete_server,
    "groups.setCallbackSettings": callback_settings,
    "groups.setLongPollSettings": long_poll_settings,
    "groups.getLongPollServer": long_poll_server,
}
