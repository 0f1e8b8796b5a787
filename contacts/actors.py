"""Who did what, by name."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from events.models import Event
from workspaces.models import ApiToken, Membership


def actors(events: Iterable[Event]) -> dict[int, str]:
    """The names behind facts, by `seq`; empty for the system and the customer. Two queries."""
    events = list(events)
    members = member_names(event.actor_id for event in events if event.actor_type == "member")
    ids = {event.actor_id for event in events if event.actor_type == "api_token"}
    tokens = dict(ApiToken.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}
    return {event.seq: _name(event, members, tokens) for event in events}


def member_names(ids: Iterable[Any]) -> dict[UUID, str]:
    """Members by their ids; ids may be texts, and anything that is none is left out."""
    wanted = set()
    for key in ids:
        try:
            wanted.add(key if isinstance(key, UUID) else UUID(str(key)))
        except ValueError:
            continue
    if not wanted:
        return {}
    rows = Membership.objects.filter(pk__in=wanted).select_related("user")
    return {row.pk: row.name for row in rows}


def _name(event: Event, members: dict[UUID, str], tokens: dict[Any, str]) -> str:
    if event.actor_type == "member":
        return (event.actor_id and members.get(event.actor_id)) or _("a former colleague")
    if event.actor_type == "api_token":
        return str(tokens.get(event.actor_id, ""))
    return ""
