"""Facts into their table, and the buckets that they change marked as dirty."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from analytics.models import Base, Fact
from analytics.models.fact import OF_DEALS
from analytics.rollups import state
from analytics.rollups.cubes import CREDITED
from core.ids import uuid7
from workspaces.scope import current_scope, current_workspace_id

Bucket = tuple[date, str, str]

_MARKED: Final = "analytics marked"

# What tells two versions of one fact apart; the key, its row and its fate do not.
_IDENTITY: Final = {"id", "created_at", "workspace", "natural_key", "voided_at"}
COMPARED: Final = tuple(
    field.attname for field in Fact._meta.concrete_fields if field.name not in _IDENTITY
)
_MARK: Final = """
    insert into analytics_dirtybucket (id, workspace_id, created_at, day, base, kind, is_month,
        mark)
    select new.id, %s, now(), new.day, new.base, new.kind, false, 1
    from unnest(%s::uuid[], %s::date[], %s::text[], %s::text[]) new (id, day, base, kind)
    -- As whoever adds up locks them.
    order by new.day, new.base, new.kind
    on conflict (workspace_id, day, base, kind, is_month)
        do update set mark = analytics_dirtybucket.mark + 1
"""


@contextmanager
def marked_together() -> Iterator[None]:
    """What is marked within is marked at its end: whoever marks twice in one transaction, each time
    in order, waits in a circle with whoever adds up in between. May stand within another."""
    memory = current_scope().memory
    if _MARKED in memory:
        yield
        return
    # Days are those of the version that is in force when they are marked.
    state.hold_version()
    memory[_MARKED] = set()
    try:
        yield
        marked = memory[_MARKED]
    finally:
        del memory[_MARKED]
    _write(marked)


def add(facts: list[Fact]) -> None:
    """Write facts; those whose natural key is there already are there already."""
    if not facts:
        return
    Fact.objects.bulk_create(facts, ignore_conflicts=True, batch_size=1000)
    mark(bucket for fact in facts for bucket in buckets_of(fact))


def void(facts: list[Fact]) -> None:
    """Take facts back: they stay, and count no more."""
    if not facts:
        return
    Fact.objects.filter(pk__in=[fact.pk for fact in facts]).update(voided_at=timezone.now())
    mark(bucket for fact in facts for bucket in buckets_of(fact))


def replace(known: list[Fact], wanted: list[Fact]) -> None:
    """Bring what is known of some things in line with what holds: by kind and values, void what
    holds no more and add what is new. Nothing happens when nothing has changed."""
    kept: dict[tuple[object, ...], list[Fact]] = {}
    for fact in known:
        kept.setdefault(_values(fact), []).append(fact)
    new = []
    for fact in wanted:
        same = kept.get(_values(fact))
        if same:
            same.pop()
        else:
            new.append(fact)
    with marked_together():
        void([fact for facts in kept.values() for fact in facts])
        add(new)


def buckets_of(fact: Fact) -> list[Bucket]:
    """The buckets in which a fact counts."""
    day = fact.on_day or state.local_day(fact.at)
    found: list[Bucket] = [(day, Base.EVENT, fact.kind)]
    if fact.kind in OF_DEALS and fact.born_at is not None:
        found.append((state.local_day(fact.born_at), Base.BIRTH, fact.kind))
    return found


def mark_credit(deal_ids: Iterable[UUID]) -> None:
    """What these deals' touches get is to be computed again: the touches are others now, which no
    fact tells."""
    facts = Fact.objects.filter(deal_id__in=list(deal_ids), kind__in=CREDITED, voided_at=None)
    mark(bucket for fact in facts for bucket in buckets_of(fact))


def mark(buckets: Iterable[Bucket]) -> None:
    """These buckets are to be computed again."""
    with marked_together():
        current_scope().memory[_MARKED].update(buckets)


def _write(marked: set[Bucket]) -> None:
    if not marked:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _MARK,
            [
                current_workspace_id(),
                [uuid7() for _ in marked],
                [day for day, _, _ in marked],
                [str(base) for _, base, _ in marked],
                [str(kind) for _, _, kind in marked],
            ],
        )


def _values(fact: Fact) -> tuple[object, ...]:
    return tuple(getattr(fact, name) for name in COMPARED)
