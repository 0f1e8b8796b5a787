"""Verbs on broadcasts that have not begun."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from events import types
from inbox.models.conversation import By
from inbox.uploads import start_upload
from marketing.actions.segments import set_ad_hoc
from marketing.checks import check_stored
from marketing.formatting import reset
from marketing.models import Broadcast
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

EDITABLE: Final = frozenset(
    {
        *("name", "segment", "exclusions", "channels", "text", "entities", "texts"),
        *("texts_entities", "subject", "buttons"),
        *("template", "variants", "winner", "tracks_links", "schedule", "starts_at", "window"),
        "adds_stop_line",
        *("zone", "frequency_cap", "unknown_policy", "consent_policy"),
        *("reply_team", "reply_assignee"),
    }
)
MOST_FILES: Final = 10


def create_broadcast(*, by: By, **values: Any) -> Broadcast:
    """A draft. Raises `ValidationError`, `PermissionDenied`."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    broadcast = Broadcast(author=by if isinstance(by, Membership) else None)
    _set(broadcast, values)
    check_stored(broadcast)
    broadcast.save()
    broadcast.record(types.BROADCAST_CREATED, by=by)
    return broadcast


def update_broadcast(broadcast: Broadcast, *, by: By, **values: Any) -> Broadcast:
    """Change a draft. Raises `ValidationError` for one that has begun."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    broadcast = broadcast.lock()
    _require_draft(broadcast)
    changed = _set(broadcast, values)
    if changed:
        check_stored(broadcast)
        broadcast.save()
        broadcast.record(types.BROADCAST_UPDATED, by=by, changed=changed)
    return broadcast


def delete_broadcast(broadcast: Broadcast, *, by: By) -> None:
    """Delete a draft; what was sent stays."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    broadcast = broadcast.lock()
    _require_draft(broadcast)
    broadcast.record(types.BROADCAST_DELETED, by=by)
    segment = broadcast.segment
    broadcast.delete()
    if segment is not None and segment.is_ad_hoc and not segment.broadcasts.exists():
        segment.delete()


def add_file(broadcast: Broadcast, upload: "UploadedFile[bytes]", *, by: By) -> Broadcast:
    """Put a file beside the text. Raises `ValidationError` for an empty or too large one."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    broadcast = broadcast.lock()
    _require_draft(broadcast)
    if len(broadcast.files) >= MOST_FILES:
        raise ValidationError(
            _("At most %(count)d files."), code="too_many_files", params={"count": MOST_FILES}
        )
    # The file is the broadcast's from now on; as somebody's draft it would be forgotten.
    draft = start_upload(upload, by=None)
    described = {
        name: getattr(draft, name)
        for name in ("kind", "name", "mime", "size", "width", "height", "path")
    }
    draft.delete()
    broadcast.files = [*broadcast.files, described]
    broadcast.save(update_fields=["files", "updated_at"])
    broadcast.record(types.BROADCAST_UPDATED, by=by, changed=["files"])
    return broadcast


def remove_file(broadcast: Broadcast, place: int, *, by: By) -> Broadcast:
    """Take one file away; a place where there is none changes nothing."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    broadcast = broadcast.lock()
    _require_draft(broadcast)
    if 0 <= place < len(broadcast.files):
        broadcast.files = [one for number, one in enumerate(broadcast.files) if number != place]
        broadcast.save(update_fields=["files", "updated_at"])
        broadcast.record(types.BROADCAST_UPDATED, by=by, changed=["files"])
    return broadcast


def copy_broadcast(broadcast: Broadcast, *, by: By) -> Broadcast:
    """A draft that is like it, to be sent when its time has not been said anew."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    segment = broadcast.segment
    if segment.is_ad_hoc:
        segment = set_ad_hoc(None, name=segment.name, conditions=segment.conditions, by=by)
    values = {name: getattr(broadcast, name) for name in EDITABLE - {"segment", "name"}}
    if values["schedule"] != Broadcast.Schedule.NOW:
        values |= {"schedule": Broadcast.Schedule.NOW, "starts_at": None}
    known = set(map(str, Channel.objects.values_list("pk", flat=True)))
    values["channels"] = [pk for pk in broadcast.channels if pk in known]
    name = _("%(name)s (copy)") % {"name": broadcast.name}
    made = create_broadcast(by=by, name=name[:120], segment=segment, **values)
    made.files = broadcast.files
    made.save(update_fields=["files", "updated_at"])
    return made


def remove_files(broadcast: Broadcast, *, by: By) -> Broadcast:
    """Take all files away."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    broadcast = broadcast.lock()
    _require_draft(broadcast)
    if broadcast.files:
        broadcast.files = []
        broadcast.save(update_fields=["files", "updated_at"])
        broadcast.record(types.BROADCAST_UPDATED, by=by, changed=["files"])
    return broadcast


def require_verb(by: By, verb: Verb) -> None:
    """Raise `PermissionDenied` unless a person or a program may."""
    if isinstance(by, Membership | ApiToken):
        require(by, verb)


def _require_draft(broadcast: Broadcast) -> None:
    if not broadcast.is_editable:
        raise ValidationError(_("A broadcast that was launched stays as it is."), code="launched")


def _set(broadcast: Broadcast, values: dict[str, Any]) -> list[str]:
    if unknown := set(values) - EDITABLE:
        raise TypeError(f"A broadcast has no {min(unknown)} to set.")
    values = reset(broadcast, values)
    changed = sorted(name for name, value in values.items() if _now(broadcast, name) != value)
    for name in changed:
        setattr(broadcast, name, values[name])
    return changed


def _now(broadcast: Broadcast, name: str) -> Any:
    if name in {"segment", "reply_team", "reply_assignee"}:
        return getattr(broadcast, name) if getattr(broadcast, f"{name}_id") else None
    return getattr(broadcast, name)
