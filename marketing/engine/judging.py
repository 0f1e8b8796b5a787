"""Whether a leased recipient may still be written to, and where else if not here."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection

from core.postgresql import prepared
from core.postgresql.arrays import uuids
from marketing import limits, reach
from marketing.engine.claims import Leased
from marketing.models import Broadcast, BroadcastRecipient, State
from workspaces.scope import current_workspace_id

_HERE: Final = f"""
    with {reach.RULES}, people as (select id from unnest(%(people)s::uuid[]) p (id))
    select c.id, there.address, verdict.word from people
    join contacts_contact c on c.workspace_id = %(workspace)s and c.id = people.id
    {reach.JUDGED}
"""  # noqa: S608  our own words
_MISSES: Final = ", ".join(f"'{word}'" for word in reach.MISSES)
_ELSEWHERE: Final = f"""
    with {reach.RULES}, people as (select id from unnest(%(people)s::uuid[]) p (id)),
    chosen as (
        select distinct on (c.id) c.id, r.channel_id, there.address, verdict.word
        from people join contacts_contact c
            on c.workspace_id = %(workspace)s and c.id = people.id
        {reach.JUDGED}
        order by c.id, array_position(array['ok', {_MISSES}], verdict.word), r.place
    )
    update marketing_broadcastrecipient r set channel_id = chosen.channel_id,
        address = chosen.address, state = 'queued', reason = '', error_class = '',
        lease_token = null, lease_until = null, attempts = 0
    from chosen
    where r.workspace_id = %(workspace)s and r.broadcast_id = %(broadcast)s
        and r.contact_id = chosen.id and r.id = any(%(ids)s::uuid[]) and chosen.word = 'ok'
        and not exists (
            select from marketing_broadcastrecipient o where o.workspace_id = %(workspace)s
                and o.broadcast_id = %(broadcast)s and o.channel_id = chosen.channel_id
                and o.address = chosen.address and o.round = r.round
        )
    returning r.id
"""  # noqa: S608
_LEAVE_OUT: Final = """
    update marketing_broadcastrecipient r set state = %(state)s, reason = u.reason,
        error_class = u.error_class, lease_token = null, lease_until = null
    from unnest(%(ids)s::uuid[], %(reasons)s::text[], %(classes)s::text[])
        u (id, reason, error_class)
    where r.workspace_id = %(workspace)s and r.id = u.id
"""


def judge(broadcast: Broadcast, channel_id: UUID, found: Sequence[Leased]) -> list[Leased]:
    """Those who may be written to here and now, by their address as it is by now.

    The others go to the next channel of the order where they can be written to, or are left out
    with the reason.
    """
    if not found:
        return []
    words = _verdicts(broadcast, channel_id, [one.contact_id for one in found])
    tired = limits.tired(broadcast, [one.contact_id for one in found])
    fit, unfit, enough = [], {}, {}
    for one in found:
        address, word = words.get(one.contact_id, ("", "gone"))
        if one.contact_id in tired:
            enough[one.id] = "too_often"
        elif word == reach.OK and address == one.address:
            fit.append(one)
        elif word == reach.OK:
            fit += _moved(one, address)
        else:
            unfit[one.id] = word
    if unfit:
        by_id = {one.id: one for one in found}
        gone = {pk: by_id[pk].contact_id for pk in unfit}
        elsewhere = move_on(broadcast, channel_id, gone)
        enough |= {pk: word for pk, word in unfit.items() if pk not in elsewhere}
    leave_out(enough)
    return fit


def move_on(broadcast: Broadcast, channel_id: UUID, contacts: dict[UUID, UUID]) -> set[UUID]:
    """Queue recipients (id -> contact) on a channel that comes after this one in the order; returns
    the ids of those for whom there is one."""
    rules = reach.rules_of(broadcast)
    place = next((rule.place for rule in rules if rule.channel_id == channel_id), len(rules))
    further = [rule for rule in rules if rule.place > place]
    if not further or not contacts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            _ELSEWHERE,
            {
                **reach.parameters(further, broadcast.consent_policy),
                "people": list(contacts.values()),
                "ids": list(contacts),
                "broadcast": broadcast.pk,
            },
        )
        return {row[0] for row in cursor.fetchall()}


def leave_out(
    reasons: dict[UUID, str], *, state: str = State.SKIPPED, error_class: str = ""
) -> None:
    """Settle recipients to whom nothing goes."""
    if not reasons:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _LEAVE_OUT,
            {
                "workspace": current_workspace_id(),
                "state": str(state),
                "ids": list(reasons),
                "reasons": [reason[:250] for reason in reasons.values()],
                "classes": [error_class for _ in reasons],
            },
        )


def _verdicts(
    broadcast: Broadcast, channel_id: UUID, people: Sequence[UUID]
) -> dict[UUID, tuple[str, str]]:
    rules = [rule for rule in reach.rules_of(broadcast) if rule.channel_id == channel_id]
    values = reach.parameters(rules, broadcast.consent_policy)
    rows = prepared.run(_HERE, {**values, "people": uuids(people)})
    return {pk: (address, word) for pk, address, word in rows}


def _moved(one: Leased, address: str) -> list[Leased]:
    """The same person under the chat's new id; nobody, when that one is on the list already."""
    same = BroadcastRecipient.objects.filter(pk=one.id)
    mine = same.values_list("broadcast_id", "channel_id", "round").first()
    assert mine is not None
    taken = BroadcastRecipient.objects.filter(
        broadcast_id=mine[0], channel_id=mine[1], round=mine[2], address=address
    ).exclude(pk=one.id)
    if taken.exists():
        leave_out({one.id: "duplicate"})
        return []
    same.update(address=address)
    return [Leased(one.id, one.contact_id, address, one.variant, one.zone, one.attempts)]
