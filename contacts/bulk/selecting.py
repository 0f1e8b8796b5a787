"""Which contacts a job is about: ticked ones, or all that a list finds."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from contacts.jobs.registry import Refused
from contacts.models import Contact, Job
from contacts.table.asking import Asked
from core.conditions.builder import LONGEST

MOST_TICKED = 1_000


def selection_of(parameters: Any) -> dict[str, Any]:
    """From an address or a form: `{"ids": [...]}`, or with `all` `{"filter": ..., "q": ...}`."""
    if parameters.get("all") == "1":
        asked = Asked.from_address(parameters)
        # One that cannot be read stays as it is, and is refused: left out, it would mean everybody.
        asking = asked.builder.as_json
        if asked.builder.error is not None:
            asking = str(parameters.get("filter"))[:LONGEST]
        return {"all": True, "filter": asking, "q": asked.query}
    ids = []
    for text in parameters.getlist("ids")[:MOST_TICKED]:
        try:
            ids.append(str(UUID(text)))
        except ValueError:
            continue
    return {"ids": ids}


def selected(selection: Mapping[str, Any], viewer: Any) -> QuerySet[Contact]:
    """The contacts, in no order. Raises `Refused` for conditions that no longer hold together."""
    if selection.get("all"):
        asked = Asked.from_address(selection)
        if asked.builder.error is not None:
            raise Refused(_("The filter can no longer be read: a field of it is gone."))
        return asked.found(viewer)
    ids = [UUID(text) for text in selection.get("ids", [])]
    found: QuerySet[Contact] = Contact.objects.visible_to(viewer).filter(pk__in=ids)
    return found


def contacts_of(job: Job) -> QuerySet[Contact]:
    """What a job has still to do, in the order of ids, which a walk in chunks may rely on.

    Who came after the job was started is no part of it: otherwise it might never end.
    """
    viewer = job.by
    if viewer is None or not viewer.is_active:
        raise Refused(_("Whoever started this is no longer here."))
    found = selected(job.settings["selection"], viewer).filter(created_at__lte=job.created_at)
    if after := job.cursor.get("after"):
        found = found.filter(pk__gt=UUID(after))
    return found.order_by("pk")
