"""Messages that are there already: edited, deleted, read, reacted to."""

from __future__ import annotations

from typing import Any

from sandbox.vk.parameters import Parameters
from sandbox.vk.refusals import Refusal, wrong
from sandbox.vk.world import Chat, Community, World, now

from .messages import content_of, may, writable

# For editing, and for deleting from everybody.
CHANGEABLE_SECONDS = 24 * 3600
REACTIONS = 16


def edit(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """messages.edit: what is not named again, files too, is taken off."""
    may(community, "messages")
    chat = writable(world, community, parameters.integer("peer_id"))
    content = content_of(world, parameters, base)
    message = _message(chat, parameters)
    if message["from_id"] != -community.id or message.get("action"):
        raise Refusal(920)
    if _is_old(message):
        raise Refusal(909)
    for name in ("geo", "keyboard"):
        message.pop(name, None)
    message.update(content, update_time=now())
    world.tell(community, "edited", peer_id=chat.peer_id, message=message)
    community.emit("message_edit", message, chat.peer_id)
    return 1


def delete(world: World, community: Community, parameters: Parameters, base: str) -> list[Any]:
    """messages.delete by `cmids`; an answer for each."""
    may(community, "messages")
    chat = community.chat(parameters.integer("peer_id"))
    numbers = parameters.integers("cmids", 100)
    if not numbers:
        raise wrong("message_ids or cmids is undefined")
    for_all = bool(parameters.integer("delete_for_all", 0))
    answers = []
    for number in numbers:
        message = chat.messages.get(number)
        facts = {"peer_id": chat.peer_id, "conversation_message_id": number}
        if message is None:
            answers.append({**facts, "response": 0})
        elif for_all and (_is_old(message) or message["from_id"] != -community.id):
            refusal = Refusal(924)
            error = {"code": refusal.code, "description": refusal.words}
            answers.append({**facts, "response": 0, "error": error})
        else:
            # Only "for all" takes it from the customer too, and this is the customer's view.
            if for_all:
                del chat.messages[number]
                world.tell(community, "deleted", peer_id=chat.peer_id, number=number)
            answers.append({**facts, "response": 1})
    return answers


def mark_read(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """messages.markAsRead."""
    may(community, "messages")
    chat = community.chat(parameters.integer("peer_id"))
    whole = bool(parameters.integer("mark_conversation_as_read", 0))
    reached = chat.last if whole else parameters.integer("up_to_cmid", 0)
    if not reached:
        raise wrong("up_to_cmid or mark_conversation_as_read is undefined")
    chat.read = max(chat.read, min(reached, chat.last))
    world.tell(community, "read", peer_id=chat.peer_id, number=chat.read)
    return 1


def react(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """messages.sendReaction: one of the community's on a message."""
    reaction = parameters.integer("reaction_id")
    if not 0 < reaction <= REACTIONS:
        raise Refusal(1009)
    return _reacted(world, community, parameters, reaction)


def take_back(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """messages.deleteReaction."""
    return _reacted(world, community, parameters, None)


def by_number(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """messages.getByConversationMessageId."""
    may(community, "messages")
    chat = community.chat(parameters.integer("peer_id"))
    numbers = parameters.integers("conversation_message_ids", 100)
    found = [chat.messages[number] for number in numbers if number in chat.messages]
    return {"count": len(found), "items": found}


def _reacted(
    world: World, community: Community, parameters: Parameters, reaction: int | None
) -> int:
    may(community, "messages")
    chat = writable(world, community, parameters.integer("peer_id"))
    message = _message(chat, parameters)
    if reaction is None:
        message.pop("reaction_id", None)
    else:
        # As `messages.getById` tells the caller's own.
        message["reaction_id"] = reaction
    number = message["conversation_message_id"]
    world.tell(community, "reaction", peer_id=chat.peer_id, number=number, reaction=reaction)
    return 1


def _message(chat: Chat, parameters: Parameters) -> dict[str, Any]:
    number = parameters.integer("cmid", 0) or parameters.integer("message_id", 0)
    if number not in chat.messages:
        raise wrong("cmid is invalid: message not found")
    return chat.messages[number]


def _is_old(message: dict[str, Any]) -> bool:
    return bool(now() - message["date"] > CHANGEABLE_SECONDS)


METHODS = {
    "messages.edit": edit,
    "messages.delete": delete,
    "messages.markAsRead": mark_read,
    "messages.sendReaction": react,
    "messages.deleteReaction": take_back,
    "messages.getByConversationMessageId": by_number,
}
