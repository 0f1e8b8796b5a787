"""What the journal tells of the contact itself: visits, changes, consents, merges."""

from collections.abc import Callable
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from contacts import custom_fields
from contacts.actors import actors
from contacts.models import Consent, Touch
from contacts.timeline import Kind, Line, Place, tell_of
from events import types
from events.models import Event

_MOST_NAMED: Final = 6
NAMES: Final = {
    "name": gettext_lazy("name"),
    "phone": gettext_lazy("phone"),
    "email": gettext_lazy("e-mail"),
    "other_phones": gettext_lazy("further phones"),
    "other_emails": gettext_lazy("further e-mails"),
    "language": gettext_lazy("language"),
    "note": gettext_lazy("note"),
    "owner_id": gettext_lazy("owner"),
    "company_id": gettext_lazy("company"),
    "labels": gettext_lazy("labels"),
    "consent": gettext_lazy("consent"),
}


def _at_subject(events: list[Event]) -> dict[int, Place]:
    return {event.seq: Place(event.subject_id, event.at) for event in events}


def _at_touches(events: list[Event]) -> dict[int, Place]:
    touches = Touch.objects.in_bulk([event.subject_id for event in events])
    return {
        event.seq: Place(touch.contact_id, touch.at)
        for event in events
        if (touch := touches.get(event.subject_id))
    }


def _of_touches(events: list[Event]) -> dict[int, Line]:
    touches = Touch.objects.in_bulk([event.subject_id for event in events])
    lines = {}
    for event in events:
        if touch := touches.get(event.subject_id):
            names = " · ".join(touch.names)
            page = touch.landing_page or touch.referrer
            lines[event.seq] = Line(str(touch.get_kind_display()), "", None, names or page)
    return lines


def _of_contacts(events: list[Event]) -> dict[int, Line]:
    who = actors(events)
    return {
        event.seq: Line(words, who[event.seq])
        for event in events
        if (words := _SENTENCES[event.action](event.data))
    }


def _created(data: dict[str, Any]) -> str:
    return _("Contact created: wrote to us") if data.get("channel") else _("Contact created")


def _updated(data: dict[str, Any]) -> str:
    changes = data.get("changes", {})
    names = [str(NAMES[name]) for name in changes if name in NAMES]
    if "fields" in changes:
        before, after = (changes["fields"].get(side) or {} for side in ("before", "after"))
        changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        fields = [custom_fields.definition("contact", key) for key in changed]
        names += [field.label for field in fields if field]
    if not names:
        return ""
    return _("Changed: %(names)s") % {"names": ", ".join(names[:_MOST_NAMED])}


def _merged(data: dict[str, Any]) -> str:
    if name := data.get("name"):
        return _("Merged with “%(name)s”") % {"name": name}
    return _("Merged with another contact")


def _unmerged(data: dict[str, Any]) -> str:
    return _("A merge was undone")


def _blocked(data: dict[str, Any]) -> str:
    reason = data.get("reason")
    return _("Blocked: %(reason)s") % {"reason": reason} if reason else pgettext("fact", "Blocked")


def _unblocked(data: dict[str, Any]) -> str:
    return _("No longer blocked")


def _consent(data: dict[str, Any]) -> str:
    purpose = str(Consent.Purpose(data["purpose"]).label) if data.get("purpose") else ""
    if data.get("granted"):
        return _("Consent given: %(purpose)s") % {"purpose": purpose}
    return _("Consent withdrawn: %(purpose)s") % {"purpose": purpose}


_SENTENCES: Final[dict[str, Callable[[dict[str, Any]], str]]] = {
    types.CONTACT_CREATED: _created,
    types.CONTACT_UPDATED: _updated,
    types.CONTACT_MERGED: _merged,
    types.CONTACT_UNMERGED: _unmerged,
    types.CONTACT_BLOCKED: _blocked,
    types.CONTACT_UNBLOCKED: _unblocked,
    types.CONTACT_CONSENT_CHANGED: _consent,
}

tell_of(
    Kind.CONTACT,
    _SENTENCES.keys() - {types.CONTACT_CONSENT_CHANGED},
    locate=_at_subject,
    tell=_of_contacts,
)
tell_of(Kind.CONSENT, [types.CONTACT_CONSENT_CHANGED], locate=_at_subject, tell=_of_contacts)
tell_of(Kind.TOUCH, [types.TOUCH_RECORDED], locate=_at_touches, tell=_of_touches)
