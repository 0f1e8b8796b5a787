"""What the inbox knows of contacts, in conditions on them: any of their conversations is meant."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.vocabulary import CONTACTS
from core.conditions import Field, Moments
from core.conditions.queries import plain
from core.conditions.sets import Among
from inbox.models import Conversation

GROUP: Final = pgettext_lazy("conditions", "Conversations")


def _moment(column: str) -> Any:
    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            found = _talked(Q(**{f"{column}__isnull": False}))
            return found if value else ~found
        return _talked(plain("moment", column, operator, value, moments))

    return ask


def _unanswered(operator: str, value: Any, moments: Moments) -> Q:
    waits = _talked(Q(waiting_since__isnull=False))
    return waits if value else ~waits


def _status(operator: str, value: Any, moments: Moments) -> Q:
    if operator == "set":
        found = _talked(Q())
        return found if value else ~found
    if operator == "has_all":
        every = Q()
        for one in value:
            every &= _talked(Q(status=one))
        return every
    return _talked(Q(status__in=value if operator == "has_any" else [value]))


def _statuses() -> Iterable[tuple[str, Any]]:
    return [(value, label) for value, label in Conversation.Status.choices]


def _talked(condition: Q) -> Q:
    return Q(Among(Conversation.objects.filter(condition), "contact_id"))


CONTACTS.add(
    Field("wrote_at", _("Wrote to us"), "moment", ask=_moment("last_incoming_at"), group=GROUP),
    Field(
        "last_message_at", _("Last message"), "moment", ask=_moment("last_activity_at"), group=GROUP
    ),
    Field("unanswered", _("Waits for a reply"), "boolean", ask=_unanswered, group=GROUP),
    Field(
        "conversation", _("Conversation is"), "many", ask=_status, choices=_statuses, group=GROUP
    ),
)
