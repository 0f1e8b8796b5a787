"""Contacts that may be one person: found as they appear and change, judged by people."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from contacts.models import Contact, Duplicate
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership

By = Membership | ApiToken | Actor | None
# Of the trigrams of two names; "Пётр Иванов" and "Иванов Петр" have 0.64, one letter of ten costs
# about 0.2.
NEAR: Final = 0.6
_FIND: Final = "select contact_id, other_id, reason from contacts_like(%s)"


def look(contact_ids: Iterable[UUID]) -> int:
    """Suspect anew all that is near these contacts; returns how many pairs are new.

    What was dismissed stays so, what no longer looks alike is forgotten.
    """
    ids = list(contact_ids)
    reasons: dict[tuple[UUID, UUID], set[str]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute("select set_config('pg_trgm.similarity_threshold', %s, true)", [str(NEAR)])
        cursor.execute(_FIND, [ids])
        for one, other, reason in cursor.fetchall():
            reasons[min(one, other), max(one, other)].add(reason)
    known = {(row.first_id, row.second_id): row for row in of_contacts(ids)}
    gone = [row.pk for pair, row in known.items() if pair not in reasons and not row.dismissed_at]
    Duplicate.objects.filter(pk__in=gone).delete()
    new = []
    for (first, second), found in sorted(reasons.items()):
        strength = sum(Duplicate.STRENGTH[reason] for reason in found)
        row = known.get((first, second))
        if row is None:
            new.append(
                Duplicate(
                    first_id=first, second_id=second, reasons=sorted(found), strength=strength
                )
            )
        elif row.reasons != sorted(found):
            row.reasons, row.strength = sorted(found), strength
            row.save(update_fields=["reasons", "strength"])
    Duplicate.objects.bulk_create(new, ignore_conflicts=True)
    for row in new:
        data = {"other": str(row.second_id), "reasons": row.reasons}
        record(types.DUPLICATE_FOUND, subject=("contact", row.first_id), data=data)
    return len(new)


def of_contacts(contact_ids: Iterable[UUID]) -> Any:
    """Pairs with one of these contacts, dismissed ones too."""
    ids = list(contact_ids)
    return Duplicate.objects.filter(Q(first_id__in=ids) | Q(second_id__in=ids))


def open_pairs() -> Any:
    """Pairs that wait for somebody's judgement, the surest first, with both contacts."""
    waiting = Duplicate.objects.filter(dismissed_at=None).select_related("first", "second")
    return waiting.order_by("-strength", "-id")


def others_like(contact: Contact) -> list[tuple[Contact, Duplicate]]:
    """Who may be the same person as a contact, the surest first."""
    found = open_pairs().filter(Q(first=contact) | Q(second=contact))
    return [(row.second if row.first_id == contact.pk else row.first, row) for row in found]


def dismiss(pair: Duplicate, *, by: By) -> None:
    """They are two people. Saying it twice changes nothing."""
    if pair.dismissed_at is not None:
        return
    pair.dismissed_at = timezone.now()
    pair.dismissed_by = by if isinstance(by, Membership) else None
    pair.save(update_fields=["dismissed_at", "dismissed_by"])
    data = {"other": str(pair.second_id), "reasons": pair.reasons}
    record(types.DUPLICATE_DISMISSED, subject=("contact", pair.first_id), by=by, data=data)


def rule_out(one: UUID, other: UUID, *, by: By) -> None:
    """Two contacts are known to be two people, whatever they have in common."""
    first, second = min(one, other), max(one, other)
    pair, _made = Duplicate.objects.get_or_create(first_id=first, second_id=second)
    dismiss(pair, by=by)
