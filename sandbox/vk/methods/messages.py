"""Sending and what belongs to it."""

from __future__ import annotations

import re
import time
from typing import Any

from sandbox.vk import keyboards
from sandbox.vk.attachments import described
from sandbox.vk.chats import add_from_community, foreign
from sandbox.vk.parameters import Parameters
from sandbox.vk.refusals import Refusal, wrong
from sandbox.vk.world import FIRST_GROUP_CHAT, Chat, Community, World

DEDUPE_SECONDS = 3600
TEXT_LIMIT = 4096
_ATTACHMENT = re.compile(
    r"(photo|doc|audio_message|video|audio|wall|market|poll)(-?\d+)_(\d+)(?:_(\w+))?"
)


def send(world: World, community: Community, parameters: Parameters, base: str) -> Any:
    """messages.send: a number for one peer, an answer for each of `peer_ids`."""
    may(community, "messages")
    peers = parameters.integers("peer_ids", 100)
    single = parameters.integer("peer_id", 0) or parameters.integer("user_id", 0)
    if not peers and not single:
        raise wrong("you should specify peer_id, user_id, domain, chat_id or peer_ids param")
    random_id = parameters.integer("random_id", bits=32)
    content = content_of(world, parameters, base)
    if not peers:
        return _send_to(world, community, single, random_id, content, parameters)["id"]
    answers = []
    for peer_id in peers:
        try:
            message = _send_to(world, community, peer_id, random_id, content, parameters)
        except Refusal as refusal:
            error = {"code": refusal.code, "description": refusal.words}
            answers.append({"peer_id": peer_id, "message_id": 0, "error": error})
            continue
        number = message["conversation_message_id"]
        answers.append(
            {"peer_id": peer_id, "message_id": message["id"], "conversation_message_id": number}
        )
    return answers


def content_of(world: World, parameters: Parameters, base: str) -> dict[str, Any]:
    text = parameters.text("message", 9000)
    if len(text) > TEXT_LIMIT:
        raise Refusal(914)
    names = [name for name in parameters.text("attachment").split(",") if name]
    if len(names) > 10:
        raise wrong("attachment: too many attachments")
    attachments = [_attachment(world, name, base) for name in names]
    content: dict[str, Any] = {"text": text, "attachments": attachments}
    if place := _place(parameters):
        content["geo"] = {"type": "point", "coordinates": place}
    if not text.strip() and not attachments and not place:
        raise wrong("message is empty or invalid")
    if (keyboard := parameters.structure("keyboard", Refusal(911))) is not None:
        keyboards.check(keyboard)
        content["keyboard"] = keyboard
    if payload := parameters.text("payload", 1000):
        content["payload"] = payload
    return content


def _place(parameters: Parameters) -> dict[str, float]:
    told = {name: parameters.text(name) for name in ("lat", "long")}
    if not any(told.values()):
        return {}
    try:
        latitude, longitude = float(told["lat"]), float(told["long"])
    except ValueError:
        raise wrong("lat and long should be numbers") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise wrong("lat should be between -90 and 90, long between -180 and 180")
    return {"latitude": latitude, "longitude": longitude}


def _attachment(world: World, name: str, base: str) -> dict[str, Any]:
    match = _ATTACHMENT.fullmatch(name)
    file = world.files.get(int(match[3])) if match else None
    if match is None or file is None or file.owner_id != int(match[2]):
        raise wrong("attachment is invalid")
    if match[4] not in (None, file.key):
        raise wrong("attachment: access_key is wrong")
    return described(file, base)


def _send_to(
    world: World,
    community: Community,
    peer_id: int,
    random_id: int,
    content: dict[str, Any],
    parameters: Parameters,
) -> dict[str, Any]:
    chat = writable(world, community, peer_id)
    if random_id and (known := chat.sent.get(random_id)) and known[0] > time.time():
        # VK answers with the message of the first time.
        return chat.messages[known[1]]
    replying = _replying(chat, parameters)
    message = add_from_community(
        world, community, chat, {**content, **replying}, random_id=random_id
    )
    if random_id:
        chat.sent[random_id] = (
            time.time() + DEDUPE_SECONDS,
            message["conversation_message_id"],
        )
    return message


def _replying(chat: Chat, parameters: Parameters) -> dict[str, Any]:
    forward = parameters.structure("forward")
    if not forward:
        return {}
    numbers = forward.get("conversation_message_ids") or forward.get("cmids") or []
    found = [chat.messages[number] for number in numbers if number in chat.messages]
    if forward.get("is_reply"):
        if int(forward.get("peer_id") or 0) != chat.peer_id or len(found) != 1:
            raise wrong("forward: reply message not found")
        return {"reply_message": foreign(found[0])}
    if len(found) > 100:
        raise Refusal(913)
    return {"fwd_messages": [foreign(message) for message in found]}


def writable(world: World, community: Community, peer_id: int) -> Chat:
    chat = community.chats.get(peer_id)
    if peer_id >= FIRST_GROUP_CHAT:
        if chat is None:
            raise Refusal(927)
        return chat
    if chat is None or not chat.allowed:
        raise Refusal(901)
    return chat


def by_id(world: World, community: Community, parameters: Parameters, base: str) -> dict[str, Any]:
    """messages.getById."""
    wanted = parameters.integers("message_ids", 100)
    found = [message for number in wanted if (message := community.message(number))]
    return {"count": len(found), "items": found}


def conversations(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """messages.getConversations, the latest first."""
    may(community, "messages")
    found = [
        {
            "conversation": {"peer": {"id": chat.peer_id, "type": "user"}},
            "last_message": chat.messages[chat.last],
        }
        for chat in community.chats.values()
        if chat.last in chat.messages
    ]
    found.sort(key=lambda item: -item["last_message"]["date"])
    return {"count": len(found), "items": found[: parameters.integer("count", 20)]}


def history(
    world: World, community: Community, parameters: Parameters, base: str
) -> dict[str, Any]:
    """messages.getHistory, the latest first."""
    may(community, "messages")
    chat = community.chat(parameters.integer("peer_id"))
    found = list(reversed(chat.messages.values()))
    return {"count": len(found), "items": found[: parameters.integer("count", 20)]}


def activity(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """messages.setActivity."""
    kind = parameters.required("type")
    if kind not in ("audiomessage", "file", "photo", "typing", "video"):
        raise wrong("type is invalid")
    chat = writable(world, community, parameters.integer("peer_id"))
    world.tell(community, "activity", peer_id=chat.peer_id, kind=kind)
    return 1


def answer_event(world: World, community: Community, parameters: Parameters, base: str) -> int:
    """messages.sendMessageEventAnswer: once for each press."""
    name = parameters.required("event_id")
    parameters.integer("user_id")
    peer_id = parameters.integer("peer_id")
    data = parameters.text("event_data", 1000)
    if name not in community.presses or community.presses[name] is not None:
        raise wrong("event_id is invalid")
    community.presses[name] = data
    world.tell(community, "answered", peer_id=peer_id, data=data)
    return 1


def may(community: Community, right: str) -> None:
    if right not in community.rights:
        raise Refusal(15, "no access to call this method")


METHODS = {
    "messages.send": send,
    "messages.getById": by_id,
    "messages.getConversations": conversations,
    "messages.getHistory": history,
    "messages.setActivity": activity,
    "messages.sendMessageEventAnswer": answer_event,
}
