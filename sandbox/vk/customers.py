"""What people do with a community. Each deed becomes the event that VK would send."""

from __future__ import annotations

import secrets
from typing import Any

from sandbox.telegram.parameters import Parameters
from sandbox.telegram.refusals import bad_request

from .attachments import described
from .chats import add_from_community, add_from_person, foreign
from .world import FIRST_GROUP_CHAT, Chat, Community, World, now

Fields = dict[str, Any]


def chat_of(community: Community, parameters: Parameters) -> tuple[Chat, int]:
    """The chat and the person of a deed: `person`, and `chat` where it is a group."""
    person_id = parameters.integer("person")
    chat = community.chat(parameters.integer("chat", person_id))
    if chat.peer_id != person_id and chat.peer_id < FIRST_GROUP_CHAT:
        raise bad_request("a group's number begins at 2000000000")
    return chat, person_id


def say(world: World, community: Community, parameters: Parameters) -> Fields:
    """Text, files, a place, a button's payload, a link's `ref`. Returns the message.

    `attachments` are VK's own, `forward` are numbers of messages in this chat.
    """
    chat, person_id = chat_of(community, parameters)
    content: Fields = {"text": parameters.text("text")}
    base = parameters.text("base")
    kind = parameters.text("kind", "doc")
    files = [
        described(world.store(person_id, kind, upload.name, upload.mime, upload.data), base)
        for upload in parameters.uploads.values()
    ]
    content["attachments"] = [*files, *(parameters.structure("attachments") or [])]
    if geo := parameters.structure("geo"):
        content["geo"] = {"type": "point", "coordinates": geo}
    for name in ("payload", "ref", "ref_source"):
        if value := parameters.text(name):
            content[name] = value
    if reply_to := parameters.integer("reply_to", 0):
        content["reply_message"] = foreign(_message(chat, reply_to))
    numbers = parameters.structure("forward") or []
    content["fwd_messages"] = [foreign(_message(chat, number)) for number in numbers]
    if not any(content.get(name) for name in ("text", "attachments", "geo", "fwd_messages")):
        raise bad_request("message is empty or invalid")
    return add_from_person(world, community, chat, person_id, content)


def edit(world: World, community: Community, parameters: Parameters) -> Fields:
    """Another text for one's own message."""
    chat, person_id = chat_of(community, parameters)
    message = _message(chat, parameters.integer("message_id"))
    if message["from_id"] != person_id:
        raise bad_request("message to edit not found")
    message.update(text=parameters.required("text"), update_time=now())
    world.tell(community, "edited", peer_id=chat.peer_id, message=message)
    community.emit("message_edit", message, chat.peer_id)
    return message


def answer(world: World, community: Community, parameters: Parameters) -> Fields:
    """An admin of the community writes to the person on VK's own page."""
    chat, _person_id = chat_of(community, parameters)
    admin = parameters.integer("admin", 1)
    content = {"text": parameters.required("text")}
    return add_from_community(world, community, chat, content, admin_author_id=admin)


def press(world: World, community: Community, parameters: Parameters) -> str:
    """Press a callback button of the message `message_id`. Returns the event's id."""
    chat, person_id = chat_of(community, parameters)
    message = _message(chat, parameters.integer("message_id"))
    name = secrets.token_hex(6)
    community.presses[name] = None
    event = {
        "user_id": person_id,
        "peer_id": chat.peer_id,
        "event_id": name,
        "payload": parameters.structure("payload") or {},
        "conversation_message_id": message["conversation_message_id"],
    }
    community.emit("message_event", event, chat.peer_id)
    return name


def react(world: World, community: Community, parameters: Parameters) -> None:
    """Put `reaction_id` on a message, or take one's reaction back without it."""
    chat, person_id = chat_of(community, parameters)
    number = parameters.integer("message_id")
    event: Fields = {"reacted_id": person_id, "peer_id": chat.peer_id, "cmid": number}
    if reaction := parameters.integer("reaction_id", 0):
        event["reaction_id"] = reaction
    community.emit("message_reaction_event", event, chat.peer_id)


def read(world: World, community: Community, parameters: Parameters) -> None:
    """Read the chat up to `message_id`, or to its end."""
    chat, person_id = chat_of(community, parameters)
    number = parameters.integer("message_id", chat.last)
    event = {
        "from_id": person_id,
        "peer_id": chat.peer_id,
        "read_message_id": _message(chat, number)["id"],
        "conversation_message_id": number,
    }
    community.emit("message_read", event, chat.peer_id)


def type_(world: World, community: Community, parameters: Parameters) -> None:
    """Type, for a few seconds."""
    _chat, person_id = chat_of(community, parameters)
    event = {"state": "1", "from_id": person_id, "to_id": -community.id}
    community.emit("message_typing_state", event, person_id)


def permit(world: World, community: Community, parameters: Parameters) -> None:
    """Let the community write, or with `allowed` false forbid it."""
    chat, person_id = chat_of(community, parameters)
    chat.allowed = parameters.boolean("allowed")
    world.tell(community, "allowed", peer_id=chat.peer_id, allowed=chat.allowed)
    if chat.allowed:
        event: Fields = {"user_id": person_id, "key": parameters.text("key")}
        community.emit("message_allow", event, person_id)
    else:
        community.emit("message_deny", {"user_id": person_id}, person_id)


def inject(world: World, community: Community, parameters: Parameters) -> list[Fields]:
    """`events` of any content, `{type, object}` each. Returns them as they are sent."""
    sent = []
    for event in parameters.structure("events") or []:
        if not isinstance(event, dict) or set(event) != {"type", "object"}:
            raise bad_request("an event has a type and an object")
        sent.append(community.emit(str(event["type"]), event["object"], 0))
    return sent


def _message(chat: Chat, number: int) -> Fields:
    message = chat.messages.get(number)
    if message is None:
        raise bad_request("message not found")
    return message
