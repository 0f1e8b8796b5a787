"""What may be written into a task."""

from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.models import Deal, Task
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, can

LONGEST: Final = 500
PLAIN: Final = frozenset({"kind", "text", "due_at", "has_time", "remind_at", "repeat", "result"})
LINKS: Final = frozenset({"contact", "deal", "conversation"})
KNOWN: Final = PLAIN | LINKS | {"owner"}


def clean_task(values: dict[str, Any]) -> dict[str, Any]:
    """The values as they are stored. Raises `ValidationError` by field, TypeError for a name that
    a task does not have."""
    if unknown := values.keys() - KNOWN:
        raise TypeError(f"A task has no {', '.join(sorted(unknown))} to set.")
    cleaned = dict(values)
    errors: dict[str, Any] = {}
    for name in ("text", "result"):
        if name in cleaned:
            cleaned[name] = " ".join(str(cleaned[name] or "").replace("\0", "").split())
            if len(cleaned[name]) > LONGEST:
                errors[name] = _("At most %(count)d characters, please.") % {"count": LONGEST}
    if "text" in cleaned and not cleaned["text"]:
        errors["text"] = _("Say what is to be done.")
    if "kind" in cleaned and cleaned["kind"] not in Task.Kind.values:
        errors["kind"] = _("There is no such kind of task.")
    if "repeat" in cleaned and cleaned["repeat"] not in Task.Repeat.values:
        errors["repeat"] = _("A task cannot repeat like this.")
    for name in ("due_at", "remind_at"):
        moment = cleaned.get(name)
        if isinstance(moment, datetime) and not 1971 <= moment.year <= 2999:
            errors[name] = _("This date is too far away.")
    if "due_at" in cleaned and cleaned["due_at"] is None:
        errors["due_at"] = _("Say by when.")
    owner = cleaned.get("owner")
    if owner is not None and not _can_work(owner):
        errors["owner"] = _("This member’s role does not work with tasks.")
    if errors:
        raise ValidationError(errors)
    return cleaned


def linked(values: dict[str, Any], task: Task | None = None) -> dict[str, Any]:
    """Contact, deal and conversation that belong together: the contact of a deal or of a
    conversation is the task's. Raises `ValidationError` when they are of different contacts."""
    if not values.keys() & LINKS:
        return {}
    found = {name: values.get(name, getattr(task, name, None)) for name in LINKS}
    deal: Deal | None = found["deal"]
    conversation: Conversation | None = found["conversation"]
    owners = {one.contact_id for one in (deal, conversation) if one is not None}
    if "contact" in values and values["contact"] is not None:
        owners.add(values["contact"].pk)
    if len(owners) > 1:
        raise ValidationError(
            {"contact": _("The deal, the conversation and the contact are not of one customer.")}
        )
    contact_id = next(iter(owners), None)
    if contact_id is None and "contact" not in values and found["contact"] is not None:
        contact_id = found["contact"].pk
    return {"contact_id": contact_id, "deal": deal, "conversation": conversation}


def _can_work(owner: Membership) -> bool:
    return owner.is_active and can(owner, Verb.WRITE_DEALS)
