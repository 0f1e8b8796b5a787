"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sandbox.memory import Memory

from .courier import Server
from .world import Chat, Community, StoredFile, World

_KEPT = ("name", "screen_name", "rights", "code", "last_message_id")


def _read(world: World, kept: dict[str, Any]) -> None:
    world.people.update({person["id"]: person for person in kept["people"]})
    world.files.update({file["id"]: StoredFile(**file) for file in kept["files"]})
    for community in kept["communities"]:
        _load_community(world, community)


def _write(world: World) -> dict[str, Any]:
    return {
        "people": list(world.people.values()),
        "files": [asdict(file) for file in world.files.values()],
        "communities": [_community(community) for community in world.communities.values()],
    }


def _community(community: Community) -> dict[str, Any]:
    return {
        "token": community.token,
        **{name: getattr(community, name) for name in _KEPT},
        "longpoll": sorted(community.longpoll.events) if community.longpoll.enabled else None,
        "servers": [asdict(server) for server in community.courier.servers.values()],
        "chats": (
            {
                "peer_id": chat.peer_id,
                "allowed": chat.allowed,
                "last": chat.last,
                "read": chat.read,
                "messages": list(chat.messages.values()),
                "sent": list(chat.sent.items()),
            }
            for chat in tuple(community.chats.values())
        ),
    }


def _load_community(world: World, kept: dict[str, Any]) -> None:
    community = Community(kept["token"], world)
    for name in _KEPT:
        setattr(community, name, kept[name])
    if kept["longpoll"] is not None:
        community.longpoll.enabled, community.longpoll.events = True, set(kept["longpoll"])
    for server in kept["servers"]:
        pending = {name: (event, key) for name, (event, key) in server.pop("pending").items()}
        community.courier.servers[server["id"]] = Server(**server, pending=pending)
    for chat in kept["chats"]:
        messages = {one["conversation_message_id"]: one for one in chat.pop("messages")}
        sent = {number: (until, place) for number, (until, place) in chat.pop("sent")}
        community.chats[chat["peer_id"]] = Chat(**chat, messages=messages, sent=sent)
        community.index(community.chats[chat["peer_id"]], *messages.values())
    world.communities[community.token] = community


memory = Memory(_write, _read)
