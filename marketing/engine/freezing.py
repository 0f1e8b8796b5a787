"""Makes a launched broadcast's audience, a chunk at a time.

Contacts are walked by id from a saved cursor: each chunk, its cursor with it, is one transaction,
so that a process which dies repeats nothing and leaves nobody out. Whoever cannot be written to is
on the list as well, with the reason.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from contacts.models import Contact
from core.postgresql import prepared
from core.postgresql.arrays import integers, texts, uuids
from core.postgresql.ids import UUID7
from marketing import reach, trials
from marketing.audience import audience_of
from marketing.models import Broadcast
from marketing.schedules import Window, at_wall_clock, zone_of, zone_of_contact
from marketing.variants import slices
from workspaces.scope import current_workspace_id
from workspaces.zones import zone

CHUNK: Final = 5_000
# Where the hour of somebody's own day is longer ago, they get it the next day.
LATE: Final = timedelta(hours=1)

_MISSES: Final = ", ".join(f"'{word}'" for word in reach.MISSES)
_CHOSEN: Final = f"""
    , people as materialized (
        select id from unnest(%(people)s::uuid[]) p (id)
    ), chosen as (
        select distinct on (c.id) c.id, r.channel_id, there.address, verdict.word
        from people join contacts_contact c
            on c.workspace_id = %(workspace)s and c.id = people.id
        {reach.JUDGED}
        order by c.id, array_position(array['ok', {_MISSES}], verdict.word), r.place
    )
"""  # noqa: S608  our own words
_INSERT: Final = f"""
    with {reach.RULES} {_CHOSEN}, parts as (
        select * from unnest(%(keys)s::text[], %(starts)s::bigint[], %(ends)s::bigint[])
            s (key, starts, ends)
    )
    insert into marketing_broadcastrecipient (id, workspace_id, created_at, broadcast_id,
        contact_id, channel_id, address, variant, state, reason, next_at, zone, error_class,
        attempts, round)
    select {UUID7}, %(workspace)s, now(), %(broadcast)s, chosen.id,
        case when word = 'ok' then channel_id end,
        case when word = 'ok' then address else '' end,
        coalesce(parts.key, ''),
        case when word = 'ok' then 'queued' else 'skipped' end,
        case when word = 'ok' then '' else word end,
        %(next_at)s, '', '', 0, %(round)s
    from chosen
    cross join lateral (
        select ('x' || substr(md5(%(broadcast)s::text || chosen.id::text), 1, 7))::bit(28)::int
            %% 10000 as number
    ) dice
    left join parts on dice.number >= parts.starts and dice.number < parts.ends
    order by chosen.id
    on conflict do nothing
    returning contact_id, id
"""  # noqa: S608
# Two contacts may share an address: the second is told of, and not written to. Who is there already
# is known by the unique index alone: of a new broadcast the planner has no statistics, and would
# compare everybody with everybody.
_DOUBLES: Final = f"""
    insert into marketing_broadcastrecipient (id, workspace_id, created_at, broadcast_id,
        contact_id, address, variant, state, reason, next_at, zone, error_class, attempts,
        round)
    select {UUID7}, %(workspace)s, now(), %(broadcast)s, p.id, '', '', 'skipped', %(otherwise)s,
        now(), '', '', 0, %(round)s
    from unnest(%(people)s::uuid[]) p (id)
    join contacts_contact c on c.workspace_id = %(workspace)s and c.id = p.id
    on conflict do nothing
"""  # noqa: S608  our own words
_PLACE: Final = """
    update marketing_broadcastrecipient r set zone = u.zone, next_at = u.next_at
    from unnest(%(ids)s::uuid[], %(zones)s::text[], %(moments)s::timestamptz[])
        u (id, zone, next_at)
    where r.workspace_id = %(workspace)s and r.id = u.id
"""


def freeze_chunk(broadcast_id: UUID) -> bool:
    """Add the next contacts to a running broadcast's audience; False when it is complete.

    Runs in the workspace's scope. Whoever else is at it is waited for.
    """
    broadcast = Broadcast.objects.select_for_update(no_key=True).get(pk=broadcast_id)
    if broadcast.is_frozen or broadcast.status != Broadcast.Status.RUNNING:
        return False
    found = audience_of(broadcast)
    if broadcast.cursor:
        found = found.filter(pk__gt=broadcast.cursor)
    people: list[UUID] = list(found.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if people:
        add(broadcast, people)
        broadcast.cursor = people[-1]
    broadcast.is_frozen = len(people) < CHUNK
    broadcast.save(update_fields=["cursor", "is_frozen"])
    return not broadcast.is_frozen


def add(broadcast: Broadcast, people: list[UUID], *, round: int = 0) -> None:
    """Put contacts into the audience, each on the channel where they can be written to or left out
    with the reason. Who is there already stays as they are."""
    parts, rules = slices(broadcast.variants, broadcast.winner), reach.rules_of(broadcast)
    values: dict[str, Any] = {
        **reach.parameters(rules, broadcast.consent_policy),
        "otherwise": "duplicate" if rules else "channel_off",
        "people": uuids(people),
        "broadcast": broadcast.pk,
        "keys": texts([part.key for part in parts]),
        "starts": integers([part.start for part in parts]),
        "ends": integers([part.end for part in parts]),
        "next_at": broadcast.starts_at or broadcast.launched_at or timezone.now(),
        "round": round,
    }
    added: dict[UUID, UUID] = dict(prepared.run(_INSERT, values))
    if left := [pk for pk in people if pk not in added]:
        prepared.run(_DOUBLES, values | {"people": uuids(left)})
    if broadcast.schedule == Broadcast.Schedule.LOCAL or (
        broadcast.zone == Broadcast.Zone.CONTACT and broadcast.window
    ):
        _place_in_their_days(broadcast, added)


def _place_in_their_days(broadcast: Broadcast, added: dict[UUID, UUID]) -> None:
    """Everybody's own zone, and the first moment that fits it; by contact the recipient's id."""
    own, window = zone(), Window.of(broadcast.window)
    now = timezone.now()
    begins = broadcast.starts_at or now
    zones, first = [], []
    known = {
        pk: (phone, fields)
        for pk, phone, fields in Contact.objects.filter(pk__in=list(added)).values_list(
            "pk", "phone", "fields"
        )
    }
    by_zone: dict[str, Any] = {}
    for pk in added:
        name = zone_of_contact(*known.get(pk, ("", {})))
        if name not in by_zone:
            theirs = zone_of(name) or own
            moment = begins
            if broadcast.schedule == Broadcast.Schedule.LOCAL:
                moment = at_wall_clock(begins, own, theirs, not_before=now - LATE)
            by_zone[name] = window.next_open(moment, theirs) if window else moment
        zones.append(name)
        first.append(by_zone[name])
    with connection.cursor() as cursor:
        cursor.execute(
            _PLACE,
            {
                "workspace": current_workspace_id(),
                "ids": list(added.values()),
                "zones": list(zones),
                "moments": list(first),
            },
        )


def release_held(broadcast: Broadcast, variant: str) -> int:
    """Give those who waited for the winner its words; returns how many."""
    count: int = trials.held(broadcast).update(variant=variant, next_at=Now())
    return count
