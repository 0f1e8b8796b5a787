"""Messages entering chats, from the community and from people."""

from __future__ import annotations

from typing import Any

from .world import FIRST_GROUP_CHAT, Chat, Community, World, now

Fields = dict[str, Any]

CLIENT_INFO: Fields = {
    "button_actions": ["text", "vkpay", "open_app", "location", "open_link", "callback"],
    "keyboard": True,
    "inline_keyboard": True,
    "carousel": True,
    "lang_id": 0,
}


def add_from_person(
    world: World, community: Community, chat: Chat, person_id: int, content: Fields
) -> Fields:
    """A person says something, and thereby lets the community answer. Returns the message."""
    world.person(person_id)
    chat.allowed = True
    message = _keep(community, chat, person_id, content)
    world.tell(community, "message", peer_id=chat.peer_id, message=message)
    community.emit("message_new", {"message": message, "client_info": CLIENT_INFO}, chat.peer_id)
    return message


def add_from_community(
    world: World, community: Community, chat: Chat, content: Fields, **facts: Any
) -> Fields:
    """The community says something, by a program or, with `admin_author_id`, by a person."""
    message = _keep(community, chat, -community.id, {**content, **facts})
    world.tell(community, "message", peer_id=chat.peer_id, message=message)
    community.emit("message_reply", message, chat.peer_id)
    return message


def foreign(message: Fields) -> Fields:
    """A message as it appears inside another: without those inside itself."""
    names = ("id", "date", "from_id", "peer_id", "text", "attachments", "conversation_message_id")
    return {name: message[name] for name in names}


def _keep(community: Community, chat: Chat, author_id: int, content: Fields) -> Fields:
    chat.last += 1
    community.last_message_id += 1
    message: Fields = {
        "date": now(),
        "from_id": author_id,
        # In groups a community sees no numbers of its own.
        "id": 0 if chat.peer_id >= FIRST_GROUP_CHAT else community.last_message_id,
        "version": 10_000_000 + community.last_message_id,
        "out": int(author_id < 0),
        "important": False,
        "is_hidden": False,
        "attachments": [],
        "conversation_message_id": chat.last,
        "fwd_messages": [],
        "text": "",
        "peer_id": chat.peer_id,
        "random_id": 0,
        **content,
    }
    chat.keep(message)
    community.index(chat, message)
    return message
