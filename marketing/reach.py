"""On which channel a contact can be written to, and why not on the others.

A rule is a channel with what its platform asks of somebody who is written to. For each contact and
rule there is a verdict, made in SQL so that a hundred thousand contacts are judged in a few
statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_noop

from channels_connectors.models import Channel, MessageTemplate
from channels_connectors.registry import connector_class
from core.postgresql.planner import planned_for_counts
from marketing.models import Broadcast
from workspaces.scope import current_workspace_id

# Beyond so many contacts the shares are told of a part of them.
EXACT_UP_TO: Final = 50_000

OK: Final = "ok"
# From the nearest to the farthest: of several channels the nearest miss is told.
MISSES: Final = (
    "window_closed",
    "no_template",
    "no_consent",
    "unreachable",
    "no_identity",
    "channel_off",
    "blocked",
)
WORDS: Final = {
    "window_closed": gettext_noop("The time to answer on this channel is over."),
    "no_template": gettext_noop("Without a template only an open conversation can be written to."),
    "no_consent": gettext_noop("The customer does not want offers."),
    "unreachable": gettext_noop("The customer has closed this channel."),
    "no_identity": gettext_noop("The customer has no address on these channels."),
    "channel_off": gettext_noop("The channel is not connected."),
    "blocked": gettext_noop("The customer is blocked here."),
    "duplicate": gettext_noop("Another contact with this address is on the list."),
    "too_often": gettext_noop("The customer has had enough broadcasts lately."),
    "missing_value": gettext_noop("A value for the text is missing: %(name)s."),
    "step_conditions": gettext_noop("The step’s conditions did not hold."),
    "left_series": gettext_noop("The customer had left the series before."),
    "stopped": gettext_noop("The broadcast was stopped before."),
    "gone": gettext_noop("The customer is not among the contacts any more."),
}

# The same for a line of a list: "31 · no consent".
SHORT: Final = {
    "window_closed": gettext_noop("the time to answer is over"),
    "no_template": gettext_noop("a template is needed"),
    "no_consent": gettext_noop("no consent"),
    "unreachable": gettext_noop("closed the channel"),
    "no_identity": gettext_noop("no address here"),
    "channel_off": gettext_noop("the channel is not connected"),
    "blocked": gettext_noop("blocked by you"),
    "duplicate": gettext_noop("the same address twice"),
    "too_often": gettext_noop("had enough broadcasts lately"),
    "missing_value": gettext_noop("a value for the text is missing"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A channel in its place of the order of preference.

    `window_hours`: what is sent there needs a customer's message not older than this.
    `address` is the contact's own column that serves as an address there, or "".
    """

    channel_id: UUID
    place: int
    is_on: bool
    window_hours: int | None
    wants_template: bool
    address: str


# For the contacts `c`: per rule the address and the verdict. In scope: `rules`.
JUDGED: Final = """
    cross join rules r
    left join lateral (
        select i.external_id, i.is_reachable, v.last_incoming_at
        from contacts_contactidentity i
        left join inbox_conversation v
            on v.workspace_id = i.workspace_id and v.identity_id = i.id
        where i.workspace_id = %(workspace)s and i.contact_id = c.id
            and i.channel_id = r.channel_id and not i.is_group
        order by i.is_reachable desc, v.last_incoming_at desc nulls last, i.id
        limit 1
    ) known on true
    cross join lateral (
        select coalesce(known.external_id, nullif(case r.address
            when 'phone' then case when c.phone like '+%%' then substr(c.phone, 2) else '' end
            when 'email' then lower(c.email)
            else '' end, '')) as address
    ) there
    left join lateral (
        select s.is_granted from contacts_consent s
        where s.workspace_id = %(workspace)s and s.contact_id = c.id
            and s.purpose = 'marketing'
            and (s.channel_id = r.channel_id or s.channel_id is null)
        order by s.at desc, s.id desc limit 1
    ) word on true
    cross join lateral (
        select case
            when c.blocked_at is not null then 'blocked'
            when not r.is_on then 'channel_off'
            when there.address is null then 'no_identity'
            when known.is_reachable is false then 'unreachable'
            when not coalesce(word.is_granted, %(consent)s = 'not_refused') then 'no_consent'
            when r.window_hours is not null and coalesce(known.last_incoming_at
                < now() - make_interval(hours => r.window_hours), true)
                then case when r.wants_template then 'no_template' else 'window_closed' end
            else 'ok' end as word
    ) verdict
"""
RULES: Final = """
    rules as (
        select * from unnest(%(channels)s::uuid[], %(places)s::bigint[], %(are_on)s::boolean[],
            %(windows)s::bigint[], %(want_templates)s::boolean[], %(addresses)s::text[])
            r (channel_id, place, is_on, hours, wants_template, address)
        cross join lateral (select r.hours::int as window_hours) w
    )
"""


def rules_of(broadcast: Broadcast) -> list[Rule]:
    """The broadcast's channels in their order; those that are gone are left out."""
    return rules([UUID(str(pk)) for pk in broadcast.channels], broadcast.template)


def rules(channel_ids: Sequence[UUID], template: dict[str, Any] | None) -> list[Rule]:
    """One rule for each channel, in the order given."""
    known = {
        channel.pk: channel
        for channel in Channel.objects.filter(pk__in=channel_ids).defer("credentials")
    }
    return [
        _rule(known[pk], place, template) for place, pk in enumerate(channel_ids) if pk in known
    ]


def parameters(wanted: Sequence[Rule], consent_policy: str) -> dict[str, Any]:
    """What `RULES` and `JUDGED` ask for."""
    return {
        "workspace": current_workspace_id(),
        "consent": consent_policy,
        "channels": [rule.channel_id for rule in wanted],
        "places": [rule.place for rule in wanted],
        "are_on": [rule.is_on for rule in wanted],
        "windows": [rule.window_hours for rule in wanted],
        "want_templates": [rule.wants_template for rule in wanted],
        "addresses": [rule.address for rule in wanted],
    }


def embedded(queryset: Any) -> tuple[str, dict[str, Any]]:
    """A queryset's SQL with named parameters, to stand inside of a statement of ours."""
    sql, values = queryset.query.sql_with_params()
    named = {f"p{number}": value for number, value in enumerate(values)}
    return sql % tuple(f"%(p{number})s" for number in range(len(values))), named


def reach(contacts: Any, wanted: Sequence[Rule], consent_policy: str) -> dict[str, Any]:
    """`{contacts, estimated, reachable, channels: [{channel, reachable, reasons}]}` of a queryset.

    Each contact counts as reachable on any channel once. Beyond EXACT_UP_TO contacts the numbers
    are those of a part, raised to the whole.
    """
    with planned_for_counts():
        total = contacts.count()
    share = max(1, -(-total // EXACT_UP_TO))
    sql, values = embedded(contacts.order_by().values("pk"))
    statement = f"""
        with {RULES}, people as materialized (
            select id from ({sql}) found (id)
            where %(share)s = 1 or abs(hashtext(id::text)::bigint) %% %(share)s = 0
        ), judged as (
            select c.id, r.channel_id, r.place, verdict.word from people
            join contacts_contact c on c.workspace_id = %(workspace)s and c.id = people.id
            {JUDGED}
        )
        select channel_id, word, count(*) from judged group by channel_id, word
        union all
        select null, 'anywhere', count(distinct id) from judged where word = 'ok'
        union all select null, 'looked_at', count(*) from people
    """  # noqa: S608  the compiler's own SQL and ours
    with planned_for_counts(), connection.cursor() as cursor:
        cursor.execute(statement, {**parameters(wanted, consent_policy), **values, "share": share})
        rows = cursor.fetchall()
    whole = {word: count for channel_id, word, count in rows if channel_id is None}
    scale = total / whole["looked_at"] if whole["looked_at"] else 1
    channels: dict[UUID, dict[str, int]] = {rule.channel_id: {} for rule in wanted}
    for channel_id, word, count in rows:
        if channel_id is not None:
            channels[channel_id][word] = round(count * scale)
    return {
        "contacts": total,
        "estimated": share > 1,
        "reachable": round(whole["anywhere"] * scale),
        "channels": [
            {"channel": channel_id, "reachable": found.pop(OK, 0), "reasons": found}
            for channel_id, found in channels.items()
        ],
    }


def split(contacts: Any, wanted: Sequence[Rule], consent_policy: str) -> dict[str, Any]:
    """`{contacts, estimated, channels: {id: count}, skipped: {reason: count}}` of a queryset: each
    contact on the first channel where they can be written to, or the nearest miss."""
    total = contacts.count()
    share = max(1, -(-total // EXACT_UP_TO))
    sql, values = embedded(contacts.order_by().values("pk"))
    misses = ", ".join(f"'{word}'" for word in MISSES)
    statement = f"""
        with {RULES}, people as materialized (
            select id from ({sql}) found (id)
            where %(share)s = 1 or abs(hashtext(id::text)::bigint) %% %(share)s = 0
        ), chosen as (
            select distinct on (c.id) c.id, r.channel_id, verdict.word
            from people join contacts_contact c
                on c.workspace_id = %(workspace)s and c.id = people.id
            {JUDGED}
            order by c.id, array_position(array['ok', {misses}], verdict.word), r.place
        )
        select case when word = 'ok' then channel_id end, word, count(*) from chosen group by 1, 2
    """  # noqa: S608  the compiler's own SQL and ours
    with connection.cursor() as cursor:
        cursor.execute(statement, {**parameters(wanted, consent_policy), **values, "share": share})
        rows = cursor.fetchall()
    looked_at = sum(count for _channel, _word, count in rows)
    scale = total / looked_at if looked_at else 1
    channels = {rule.channel_id: 0 for rule in wanted}
    skipped: dict[str, int] = {}
    for channel_id, word, count in rows:
        if channel_id is None:
            skipped[word] = round(count * scale)
        else:
            channels[channel_id] = round(count * scale)
    if not wanted and total:
        skipped["channel_off"] = total
    return {
        "contacts": total,
        "estimated": share > 1,
        "channels": channels,
        "skipped": skipped,
    }


def _rule(channel: Channel, place: int, template: dict[str, Any] | None) -> Rule:
    try:
        capabilities = connector_class(channel.kind).capabilities_with(channel.settings)
    except KeyError:
        return Rule(channel.pk, place, False, None, False, "")
    has_template = capabilities.templates and _is_approved(channel, template)
    is_free = capabilities.can_write_first and (has_template or not capabilities.templates)
    address = ""
    if is_free:
        address = "phone" if capabilities.templates else "email" if capabilities.subject else ""
    return Rule(
        channel.pk,
        place,
        channel.is_connected,
        None if has_template else capabilities.window_hours,
        capabilities.templates,
        address,
    )


def _is_approved(channel: Channel, template: dict[str, Any] | None) -> bool:
    if not template:
        return False
    asked = MessageTemplate.objects.filter(
        channel=channel, name=template.get("name"), language=template.get("language")
    )
    return bool(asked.filter(status=MessageTemplate.Status.APPROVED).exists())
