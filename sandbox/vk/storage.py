"""The stand-in's memory on disk, so that a restart keeps the chats."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .courier import Server
from .world import Chat, Community, StoredFile, World

_KEPT = ("name", "screen_name", "rights", "code", "last_message_id")

logger = logging.getLogger(__name__)


def load(world: World) -> None:
    """Fill the world from its folder, if it has one. A broken file is left aside, not fatal."""
    path = _path(world)
    if path is None or not path.exists():
        return
    try:
        kept = json.loads(path.read_text())
        world.people.update({person["id"]: person for person in kept["people"]})
        world.files.update({file["id"]: StoredFile(**file) for file in kept["files"]})
        for community in kept["communities"]:
            _load_community(world, community)
    except (ValueError, LookupError, TypeError) as error:
        logger.warning("The sandbox begins anew: its memory of VK cannot be read (%s).", error)


def save(world: World) -> None:
    """Write the world to its folder, if it has one."""
    path = _path(world)
    if path is None:
        return
    kept = {
        "people": list(world.people.values()),
        "files": [asdict(file) for file in world.files.values()],
        "communities": [_community(community) for community in world.communities.values()],
    }
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(kept, ensure_ascii=False))
    fresh.replace(path)
    world.changed = False


def _path(world: World) -> Path | None:
    return world.folder and world.folder / "vk.json"


def _community(community: Community) -> dict[str, Any]:
    return {
        "token": community.token,
        **{name: getattr(community, name) for name in _KEPT},
        "longpoll": sorted(community.longpoll.events) if community.longpoll.enabled else None,
        "servers": [asdict(server) for server in community.courier.servers.values()],
        "chats": [
            {
                "peer_id": chat.peer_id,
                "allowed": chat.allowed,
                "last": chat.last,
                "read": chat.read,
                "messages": list(chat.messages.values()),
                "sent": list(chat.sent.items()),
            }
            for chat in community.chats.values()
        ],
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
    world.communities[community.token] = community
