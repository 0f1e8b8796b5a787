"""A workspace with a great crowd of contacts, of whom everything is known that can be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bench.filling import indexes_made_afterwards, insert


def dice(salt: int, sides: int) -> str:
    """A number below `sides` for each `n`: the same again, and of no kin to other salts'."""
    return f"(hashint8extended(n, {salt}) & 1073741823)::int %% {sides}"


FIRST_NAMES = "array['Анна','Борис','Вера','Глеб','Дарья','Егор','Жанна','Захар','Ирина','Олег']"
LAST_NAMES = "array['Орлова','Громов','Ким','Назаров','Власова','Зимин','Лебедь']"
# Half of all live in four towns, the others in five hundred.
CITY = f"""case when {dice(1, 2)} = 0
    then (array['Москва','Омск','Пермь','Тверь'])[1 + {dice(2, 4)}]
    else 'Посёлок ' || {dice(3, 499)} end"""
FIELDS = f"""jsonb_build_object('visits', {dice(4, 1000)}, 'city', {CITY})
    || case when {dice(5, 5)} < 2
        then jsonb_build_object('born', date '1960-01-01' + {dice(6, 16000)}) else '{{}}' end
    || case when {dice(7, 4)} = 0 then jsonb_build_object('tier',
        case when {dice(8, 10)} = 0 then 'gold' else 'silver' end) else '{{}}' end
    || case when {dice(9, 50)} = 3 then jsonb_build_object('vip', true) else '{{}}' end"""
KINDS = {"visits": "number", "city": "text", "born": "date", "tier": "list", "vip": "boolean"}


@dataclass(frozen=True)
class Crowd:
    """The workspace's address and what conditions name."""

    slug: str
    workspace_id: UUID
    owner: UUID
    other_owner: UUID
    channel: UUID
    rare_channel: UUID
    company: UUID
    broadcast: UUID


def make_crowd(count: int) -> Crowd:
    """So many contacts, the newest first, each 30 seconds older than the one before.

    Of a hundred 50 write on one channel and 2 on another, 30 agreed to broadcasts, 20 have a deal,
    10 got a broadcast; a third has an owner.
    """
    from channels_connectors.models import Channel
    from contacts.models import (
        Company,
        Consent,
        Contact,
        ContactIdentity,
        ContactLabel,
        ContactPoint,
        CustomField,
        FieldValue,
        Label,
        Touch,
    )
    from crm.models import Deal, Pipeline, Stage, Task
    from inbox.models import Conversation
    from marketing.models import Broadcast, BroadcastRecipient, Segment
    from workspaces.actions import create_workspace
    from workspaces.models import Membership, User
    from workspaces.scope import workspace_scope

    user = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=user)
    seller = User.objects.create_user("seller@example.com", "bench", name="Seller")
    heavy = (
        *(Contact, ContactLabel, ContactIdentity, ContactPoint, Consent, FieldValue, Touch),
        *(Conversation, Deal, Task, BroadcastRecipient),
    )
    with indexes_made_afterwards(*heavy), workspace_scope(workspace.id):
        other = Membership.objects.create(user=seller, role="agent")
        channel = Channel.objects.create(kind="telegram", name="bot", status="active")
        rare_channel = Channel.objects.create(kind="vk", name="group", status="active")
        rare, common = (Label.objects.create(name=name) for name in ("rare", "common"))
        companies = [Company.objects.create(name=f"Фирма {number}").pk for number in range(50)]
        values: dict[str, Any] = {
            "count": count,
            "owner": member.pk,
            "other": other.pk,
            "channel": channel.pk,
            "rare_channel": rare_channel.pk,
            "rare": rare.pk,
            "common": common.pk,
            "companies": companies,
        }
        for number, (key, kind) in enumerate(KINDS.items()):
            choices = [{"key": each, "label": each} for each in ("gold", "silver")]
            field = CustomField.objects.create(
                entity="contact", key=key, label=key, kind=kind, position=f"a{number}",
                choices=choices if kind == "list" else [],
            )  # fmt: skip
            values[f"field_{key}"] = field.pk
        insert(
            Contact,
            "from generate_series(1, %(count)s) n",
            values,
            created_at="now() - n * interval '30 seconds'",
            updated_at="now() - n * interval '30 seconds'",
            name=f"({FIRST_NAMES})[1 + {dice(10, 10)}]"
            f" || ' ' || ({LAST_NAMES})[1 + {dice(11, 7)}] || ' ' || n",
            phone="'+7921' || lpad(n::text, 7, '0')",
            email=f"case when {dice(12, 3)} > 0 then 'client' || n || '@example.com' else '' end",
            language=f"case when {dice(13, 20)} = 0 then 'en' else 'ru' end",
            note=f"case when {dice(14, 100)} = 7"
            f" then 'Просит звонить после ' || {dice(15, 24)} else '' end",
            fields=FIELDS,
            owner_id=f"case when {dice(16, 3)} = 0 then %(owner)s::uuid"
            f" when {dice(17, 500)} = 1 then %(other)s::uuid end",
            company_id=f"case when {dice(18, 10)} = 1"
            f" then (%(companies)s::uuid[])[1 + {dice(19, 50)}] end",
            blocked_at=f"case when {dice(20, 500)} = 2 then now() end",
        )
        people = f"""from (select c.id as contact, right(c.phone, 7)::int as n, c.created_at as at,
            c.fields from contacts_contact c where c.workspace_id = '{workspace.id}') c"""
        insert(
            ContactLabel, f"{people} where {dice(21, 10)} = 0", values, contact_id="contact",
            label_id=f"case when {dice(22, 10)} = 0 then %(rare)s::uuid else %(common)s::uuid end",
        )  # fmt: skip
        insert(
            ContactPoint, f"{people} where {dice(23, 50)} = 0", values, contact_id="contact",
            kind="'phone'", value="'+7812' || lpad(n::text, 7, '0')",
        )  # fmt: skip
        insert(
            ContactIdentity, f"{people} where {dice(24, 50)} <= 25", values,
            contact_id="contact", external_id="n::text", is_reachable=f"{dice(25, 20)} <> 3",
            username=f"case when {dice(26, 2)} = 1 then 'user' || n else '' end",
            channel_id=f"case when {dice(24, 50)} < 25"
            " then %(channel)s::uuid else %(rare_channel)s::uuid end",
        )  # fmt: skip
        insert(
            Consent, f"{people} where {dice(27, 3)} = 1", values, contact_id="contact", at="at",
            purpose="'marketing'", is_granted=f"{dice(28, 10)} > 0", origin="'customer'",
            channel_id=f"case when {dice(29, 5)} = 4 then %(channel)s::uuid end",
        )  # fmt: skip
        for key, column, of in (
            ("visits", "number_value", "(fields->>'visits')::float"),
            ("city", "text_value", "lower(fields->>'city')"),
            ("born", "day_value", "(fields->>'born')::date"),
            ("tier", "text_value", "fields->>'tier'"),
            ("vip", "number_value", "(fields->>'vip')::boolean::int"),
        ):
            insert(
                FieldValue, f"{people} where fields->>'{key}' is not null", values,
                field_id=f"%(field_{key})s", entity_id="contact", **{column: of},
            )  # fmt: skip
        insert(
            Touch, f"{people} where {dice(30, 5)} < 2", values, contact_id="contact", at="at",
            kind="'ad'", source=f"(array['yandex','vk','google','avito'])[1 + {dice(31, 4)}]",
            medium="'cpc'", campaign=f"'Кампания ' || {dice(32, 37)}",
        )  # fmt: skip
        insert(
            Conversation,
            """from (select i.id as identity, i.contact_id, i.channel_id, c.created_at as at,
                right(c.phone, 7)::int as n
                from contacts_contactidentity i
                join contacts_contact c on c.id = i.contact_id) i""",
            values,
            created_at="at", channel_id="channel_id", contact_id="contact_id",
            identity_id="identity", last_activity_at="at + interval '1 minute'",
            last_incoming_at=f"case when {dice(33, 9)} > 0 then at end", opened_at="at",
            status=f"case when {dice(34, 5)} = 0 then 'new' when {dice(34, 5)} = 1 then 'accepted'"
            " else 'closed' end",
            waiting_since=f"case when {dice(35, 200)} = 5 then at end",
        )  # fmt: skip
        stages = list(Stage.objects.filter(pipeline=Pipeline.objects.get()).in_order())
        values["stages"] = [stage.pk for stage in stages]
        of_stage = f"1 + {dice(38, len(stages))}"
        values["groups"] = ["open" if each.group == "active" else each.group for each in stages]
        insert(
            Deal, f"{people} where {dice(36, 5)} = 1", values,
            created_at="at", number="n", contact_id="contact", position="lpad(n::text, 8, '0')",
            pipeline_id=f"'{Pipeline.objects.get().pk}'", amount=f"1000 * ({dice(37, 300)})",
            currency="'RUB'", stage_since="at",
            stage_id=f"(%(stages)s::uuid[])[{of_stage}]",
            status=f"(%(groups)s::text[])[{of_stage}]",
            closed_at=f"case when (%(groups)s::text[])[{of_stage}] <> 'open'"
            " then at + interval '1 day' end",
        )  # fmt: skip
        insert(
            Task, f"{people} where {dice(39, 20)} = 1", values,
            contact_id="contact", text="'Позвонить'", due_at="at",
            done_at=f"case when {dice(40, 20)} > 0 then at end",
        )  # fmt: skip
        segment = Segment.objects.create(name="all")
        broadcasts = [
            Broadcast.objects.create(name=name, segment=segment, status="done")
            for name in ("spring", "autumn")
        ]
        for number, broadcast in enumerate(broadcasts):
            insert(
                BroadcastRecipient, f"{people} where {dice(41 + number, 10)} = 0", values,
                broadcast_id=f"'{broadcast.pk}'", contact_id="contact", channel_id="%(channel)s",
                next_at="now()", sent_at="now() - interval '20 days'",
                state=f"(array['sent','delivered','read','failed'])[1 + {dice(43, 4)}]",
                answered_at=f"case when {dice(44, 7)} = 1 then now() end",
            )  # fmt: skip
    return Crowd(
        workspace.slug, workspace.id, member.pk, other.pk, channel.pk, rare_channel.pk,
        companies[0], broadcasts[0].pk,
    )  # fmt: skip
