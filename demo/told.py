"""What recipients of broadcasts find in their chats: the message, what some of them answered, and
what they were told then."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from marketing.engine.messages import BY_ITSELF
from marketing.models import Broadcast
from marketing.wording import STOP_LINE
from workspaces.models import Membership, Workspace

# Older ones are numbers of reports.
SHOWN_FOR: Final = timedelta(days=31)
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

_TELL: Final = """
    with words as materialized (
        select broadcast, key, body, payload::jsonb, answers::jsonb
        from unnest(%(broadcasts)s::uuid[], %(keys)s::text[], %(texts)s::text[],
            %(payloads)s::text[], %(answers)s::text[]) w (broadcast, key, body, payload, answers)
    ), reached as materialized (
        select r.id, r.channel_id, r.address, r.state, r.sent_at, r.answered_at, r.unsubscribed_at,
            c.id as conversation_id, i.name, w.payload,
            coalesce(c.assignee_id, %(agent)s) as agent_id,
            regexp_replace(w.body, '[{][{]first_name([|][^}]*)?[}][}]', split_part(i.name, ' ', 1))
                as body,
            w.answers -> ((row_number() over (partition by r.broadcast_id, r.answered_at is null
                order by r.id))::int %% jsonb_array_length(w.answers)) as answer
        from words w
        join marketing_broadcastrecipient r on r.workspace_id = %(workspace)s
            and r.broadcast_id = w.broadcast and r.variant = w.key and r.sent_at > %(since)s
        join contacts_contactidentity i on i.workspace_id = r.workspace_id
            and i.channel_id = r.channel_id and i.external_id = r.address
        join inbox_conversation c on c.workspace_id = i.workspace_id and c.identity_id = i.id
        where c.created_at < r.sent_at and c.status = 'closed'
    ), said as materialized (
        select id, 'outgoing' as direction, body, payload, state as status, sent_at as at,
            null::uuid as author_id, '' as sender, conversation_id, channel_id, address
        from reached
        union all
        select gen_random_uuid(), 'incoming', answer ->> 0, '{}', 'received', answered_at,
            null, name, conversation_id, channel_id, address
        from reached where answered_at is not null
        union all
        select gen_random_uuid(), 'outgoing', answer ->> 1, '{}', 'read',
            answered_at + interval '6 minutes', agent_id, '', conversation_id, channel_id, address
        from reached where answered_at is not null
        union all
        select gen_random_uuid(), 'incoming', 'Стоп', '{}', 'received', unsubscribed_at,
            null, name, conversation_id, channel_id, address
        from reached where unsubscribed_at is not null
    ), written as (
        insert into inbox_message (id, workspace_id, created_at, channel_id, conversation_id,
            direction, kind, text, entities, payload, external_id, group_key, status, error_class,
            error, author_id, sender_name, reply_to_external_id, sent_at, platform_order, attempts)
        select id, %(workspace)s, at, channel_id, conversation_id, direction, 'text', body, '[]',
            payload, address || ':' || id, '', status, '', '', author_id, sender, '', at, 0, 0
        from said
    )
    update inbox_conversation c set last_activity_at = u.at, last_message_text = left(u.body, 200),
        last_message_kind = 'text', last_message_direction = u.direction,
        last_message_status = u.status,
        last_incoming_at = greatest(c.last_incoming_at, u.heard_at)
    from (
        select distinct on (conversation_id) *,
            max(at) filter (where direction = 'incoming') over (partition by conversation_id)
                as heard_at
        from said order by conversation_id, at desc
    ) u
    where c.workspace_id = %(workspace)s and c.id = u.conversation_id and c.last_activity_at < u.at
"""


def show_in_chats(workspace: Workspace, agent: Membership) -> None:
    """Write the messages of the last weeks' broadcasts into the chats of those who got them, not
    where somebody is being talked to today."""
    since = timezone.now() - SHOWN_FOR
    words = [one for broadcast in Broadcast.objects.all() for one in _words(broadcast)]
    names = ("broadcasts", "keys", "texts", "payloads", "answers")
    columns: dict[str, list[Any]] = dict(
        zip(names, map(list, zip(*words, strict=True)), strict=True)
    )
    _write(workspace, agent, since, columns)


def _words(broadcast: Broadcast) -> list[tuple[Any, str, str, str, str]]:
    """For each version: the broadcast, the version, its text, payload, and what is answered."""
    payload: dict[str, Any] = {
        "auto": BY_ITSELF,
        "broadcast": {"id": str(broadcast.pk), "name": broadcast.name},
    }
    if broadcast.buttons:
        payload["buttons"] = broadcast.buttons
    with translation.override("ru"):
        ending = f"\n\n{_(STOP_LINE)}" if broadcast.adds_stop_line else ""
    answers = json.dumps(ANSWERS.get(broadcast.name, USUAL))
    return [
        (
            broadcast.pk,
            str(variant["key"]),
            (variant.get("text") or broadcast.text) + ending,
            json.dumps(payload),
            answers,
        )
        for variant in broadcast.variants or [{"key": "a"}]
    ]


def _write(
    workspace: Workspace, agent: Membership, since: datetime, columns: dict[str, list[Any]]
) -> None:
    values = {"workspace": workspace.pk, "agent": agent.pk, "since": since, **columns}
    with connection.cursor() as cursor:
        cursor.execute(_TELL, values)
