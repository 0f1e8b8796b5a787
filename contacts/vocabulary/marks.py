"""Who looks after a contact, where they work, what is put on them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from contacts import languages as spoken
from contacts.models import Company, Contact, ContactLabel, Label
from core.conditions import InvalidCondition, Moments
from core.conditions.queries import plain
from core.conditions.sets import Among
from core.conditions.values import text
from workspaces.models import Membership

MOST_OFFERED = 500


def member(value: Any) -> UUID:
    """A member's id. Raises InvalidCondition."""
    try:
        return UUID(text(value))
    except ValueError:
        raise InvalidCondition(_("a member’s id is needed")) from None


def members() -> Iterable[tuple[str, str]]:
    """Those who work here."""
    rows = Membership.objects.active().with_user().order_by("user__name", "user__email")
    return [(str(row.pk), row.name) for row in rows]


def company(operator: str, value: Any, moments: Moments) -> Q:
    """Works for a company, named by its id or by its name."""
    if operator == "set":
        return Q(company__isnull=not value)
    asked = value if operator == "in" else [value]
    return Q(company_id__in=_ids(Company, asked))


def companies() -> Iterable[tuple[str, str]]:
    """The first of them by name; the others are found by typing."""
    rows = Company.objects.order_by("name", "id").values_list("pk", "name")[:MOST_OFFERED]
    return [(str(pk), name) for pk, name in rows]


def labels(operator: str, value: Any, moments: Moments) -> Q:
    """Has a label, named by its id or by its name."""
    if operator == "set":
        found = Q(Among(ContactLabel.objects.all(), "contact_id"))
        return found if value else ~found
    if operator == "has_all":
        every = Q()
        for one in value:
            every &= labels("has", one, moments)
        return every
    asked = value if operator == "has_any" else [value]
    ids = _ids(Label, asked)
    if not ids:
        return Q(pk__in=[])
    return Q(Among(ContactLabel.objects.filter(label_id__in=ids), "contact_id"))


def label_names() -> Iterable[tuple[str, str]]:
    """Labels by their ids."""
    rows = Label.objects.order_by("name").values_list("pk", "name")[:MOST_OFFERED]
    return [(str(pk), name) for pk, name in rows]


def language(operator: str, value: Any, moments: Moments) -> Q:
    """By the language's code; nobody's language is unknown and counts as none."""
    if operator == "set":
        return ~Q(language="") if value else Q(language="")
    return Q(language__in=value if operator == "in" else [value]) & ~Q(language="")


def languages() -> Iterable[tuple[str, str]]:
    """Those that the newest contacts have: no index knows them all."""
    newest = Contact.objects.order_by("-created_at", "-id").values_list("language", flat=True)
    return spoken.in_order(set(newest[:5_000]) - {""})[:100]


def note(operator: str, value: Any, moments: Moments) -> Q:
    """By what is written about them; whoever has nothing written fits nothing."""
    if operator == "set":
        return ~Q(note="") if value else Q(note="")
    return plain("text", "note", operator, value, moments) & ~Q(note="")


def blocked(operator: str, value: Any, moments: Moments) -> Q:
    """Whether they are on the block list."""
    return Q(blocked_at__isnull=not value)


def _ids(model: Any, asked: Iterable[str]) -> list[UUID]:
    """Of rows that are named by id or, in any case, by name."""
    found = Q(pk__in=[])
    for value in asked:
        found |= Q(name__iexact=value)
        try:
            found |= Q(pk=UUID(value))
        except ValueError:
            continue
    return list(model.objects.filter(found).values_list("pk", flat=True))
