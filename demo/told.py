"""What recipients of broadcasts find in their chats: the message, what some of them answered, and
what they were told then."""

import re
from collections import Counter
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from inbox.models import Conversation, Message
from marketing.engine.messages import BY_ITSELF
from marketing.models import Broadcast, BroadcastRecipient
from marketing.wording import STOP_LINE
from workspaces.models import Membership, Workspace

# Older ones are numbers of reports.
SHOWN_FOR: Final = timedelta(days=31)
REPLIED_IN: Final = timedelta(minutes=6)
# What is answered to each broadcast, in turn, and what we say to that.
USUAL: Final = (
    ("Спасибо, подумаю", "Хорошо! Если появятся вопросы, пишите сюда."),
    ("А доставка входит?", "По городу доставка и подъём входят в цену."),
)
ANSWERS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Приглашение на выставку": (
        ("Приду", "Отлично, ждём вас 12 ноября: стенд Б-14, налево от входа."),
        ("Не получится", "Жаль! Тогда ждём в салоне: всё, что покажем, будет стоять и там."),
        ("А во сколько начало?", "С десяти до семи. Если скажете, когда будете, встретим у входа."),
    ),
    "Скидка на кухни до 30 ноября": (
        ("Замер можно в выходные?", "Да, в субботу с 11 до 15. Записать вас?"),
        ("На угловую тоже действует?", "Да, на все кухни под заказ, угловые тоже."),
        ("Спасибо, уже заказали", "Спасибо, что сказали! Пусть кухня радует."),
    ),
    "Опрос о доставке": (
        ("Отлично", "Спасибо, передали бригаде!"),
        ("Опоздали на час", "Простите нас. Разберёмся со складом и ответим вам сегодня."),
    ),
    "Чёрная пятница": (
        ("Какие цвета остались?", "Серый и терракота, по три кресла. Отложить до воскресенья?"),
        ("Беру одно серое", "Отложили за вами, ждём до воскресенья."),
        ("Спасибо, не нужно", "Хорошо, спасибо за ответ!"),
    ),
}

_NAME: Final = re.compile(r"\{\{first_name(?:\|[^}]*)?\}\}")
_SHOW: Final = """
    update inbox_conversation c set last_activity_at = u.at, last_message_text = u.text,
        last_message_direction = u.direction, last_message_status = u.status,
        last_message_kind = 'text', last_incoming_at = greatest(c.last_incoming_at, u.heard_at)
    from unnest(%(ids)s::uuid[], %(moments)s::timestamptz[], %(texts)s::text[],
        %(directions)s::text[], %(statuses)s::text[], %(heard)s::timestamptz[])
        u (id, at, text, direction, status, heard_at)
    where c.workspace_id = %(workspace)s and c.id = u.id and c.last_activity_at < u.at
"""


class Chat(NamedTuple):
    """A chat of which nobody is in the middle."""

    id: UUID
    channel_id: UUID
    address: str
    name: str
    assignee_id: UUID | None
    created_at: datetime


class Reached(NamedTuple):
    """What is told of a recipient."""

    id: UUID
    broadcast_id: UUID
    channel_id: UUID
    address: str
    variant: str
    state: str
    sent_at: datetime
    answered_at: datetime | None
    unsubscribed_at: datetime | None


def show_in_chats(workspace: Workspace, agent: Membership) -> None:
    """Write the messages of the last weeks' broadcasts into the chats of those who got them, not
    where somebody is being talked to today."""
    since = timezone.now() - SHOWN_FOR
    # Looked up here: of tables that were just filled the planner knows nothing.
    closed = Conversation.objects.filter(status="closed").values_list(
        "pk", "channel_id", "identity__external_id", "identity__name", "assignee_id", "created_at"
    )
    chats = {(chat.channel_id, chat.address): chat for chat in map(Chat._make, closed)}
    broadcasts = {broadcast.pk: broadcast for broadcast in Broadcast.objects.all()}
    told: list[Message] = []
    turns: Counter[UUID] = Counter()
    reached = BroadcastRecipient.objects.filter(sent_at__gt=since).order_by("pk")
    for one in map(Reached._make, reached.values_list(*Reached._fields)):
        chat = chats.get((one.channel_id, one.address))
        if chat is not None and chat.created_at < one.sent_at:
            broadcast = broadcasts[one.broadcast_id]
            turns[broadcast.pk] += one.answered_at is not None
            told += _talk(broadcast, one, chat, agent, turns[broadcast.pk])
    Message.objects.insert_new(told)
    _show(workspace, told)


def _talk(
    broadcast: Broadcast, one: Reached, chat: Chat, agent: Membership, turn: int
) -> list[Message]:
    """What was said: ours, the answer and what we say to that, and whether they want no more."""
    payload: dict[str, Any] = {
        "auto": BY_ITSELF,
        "broadcast": {"id": str(broadcast.pk), "name": broadcast.name},
    }
    if broadcast.buttons:
        payload["buttons"] = broadcast.buttons
    text = _NAME.sub(chat.name.split(" ")[0], _text(broadcast, one.variant))
    values = {"id": one.id, "payload": payload, "sender_name": broadcast.name}
    said = [_said(chat, one.sent_at, text, one.state, **values)]
    if one.answered_at is not None:
        answers = ANSWERS.get(broadcast.name, USUAL)
        answer, reply = answers[turn % len(answers)]
        author = chat.assignee_id or agent.pk
        said += [
            _said(chat, one.answered_at, answer, "received", sender_name=chat.name),
            _said(chat, one.answered_at + REPLIED_IN, reply, "read", author_id=author),
        ]
    if one.unsubscribed_at is not None:
        said.append(_said(chat, one.unsubscribed_at, "Стоп", "received", sender_name=chat.name))
    return said


def _said(chat: Chat, at: datetime, text: str, status: str, **values: Any) -> Message:
    message = Message(
        conversation_id=chat.id, channel_id=chat.channel_id, kind="text", text=text, status=status,
        direction="incoming" if status == "received" else "outgoing", sent_at=at, created_at=at,
        **values,
    )  # fmt: skip
    message.external_id = f"{chat.address}:{message.pk}"
    return message


@cache
def _text(broadcast: Broadcast, key: str) -> str:
    own = {str(variant["key"]): variant["text"] for variant in broadcast.variants}
    with translation.override("ru"):
        ending = "\n\n" + _(STOP_LINE) if broadcast.adds_stop_line else ""
    return (own.get(key) or broadcast.text) + ending


def _show(workspace: Workspace, told: list[Message]) -> None:
    """Have conversations be known by what was said last."""
    last: dict[UUID, Message] = {}
    heard: dict[UUID, datetime] = {}
    for message in sorted(told, key=lambda one: one.sent_at):
        last[message.conversation_id] = message
        if message.direction == "incoming":
            heard[message.conversation_id] = message.sent_at
    newest = list(last.values())
    values = {
        "workspace": workspace.pk,
        "ids": list(last),
        "moments": [one.sent_at for one in newest],
        "texts": [one.text[:200] for one in newest],
        "directions": [one.direction for one in newest],
        "statuses": [one.status for one in newest],
        "heard": [heard.get(pk) for pk in last],
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, values)
