"""The calls of MAX's API that the stand-in plays, by verb and address, with their operation ids."""

from __future__ import annotations

from collections.abc import Callable

from . import account, messages
from .calls import Call, Fields

METHODS: tuple[tuple[str, str, str, Callable[[Call], Fields]], ...] = (
    ("GET", "/me", "getMyInfo", account.me),
    ("GET", "/subscriptions", "getSubscriptions", account.subscriptions),
    ("POST", "/subscriptions", "subscribe", account.subscribe),
    ("DELETE", "/subscriptions", "unsubscribe", account.unsubscribe),
    ("POST", "/uploads", "getUploadUrl", account.upload),
    ("GET", "/chats", "getChats", account.chats),
    ("GET", "/chats/{id}", "getChat", account.chat),
    ("POST", "/chats/{id}/actions", "sendAction", account.act),
    ("POST", "/messages", "sendMessage", messages.send),
    ("PUT", "/messages", "editMessage", messages.edit),
    ("DELETE", "/messages", "deleteMessage", messages.delete),
    ("GET", "/messages", "getMessages", messages.history),
    ("GET", "/messages/{id}", "getMessageById", messages.get),
    ("GET", "/videos/{id}", "getVideoAttachmentDetails", messages.video),
    ("POST", "/answers", "answerOnCallback", messages.answer),
)

__all__ = ["METHODS", "Call", "Fields"]
