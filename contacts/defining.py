"""Verbs of a workspace's own fields: made, renamed, ordered, put out of use."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts import custom_fields, indexing
from contacts.models import CustomField
from core import positions
from core.text import slug_of
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

By = Membership | ApiToken | Actor | None
MOST_CHOICES = 500
LONGEST_CHOICE = 200


def create_field(
    *,
    entity: str,
    label: str,
    kind: str,
    by: By,
    key: str = "",
    choices: list[Any] | None = None,
) -> CustomField:
    """Make a field, after those that are there. Without a key it is made from the label.

    Raises ValidationError by field, PermissionDenied.
    """
    _require(by)
    label = _label(label)
    known = custom_fields.definitions(entity, archived=True)
    if len(known) >= custom_fields.MOST_FIELDS:
        most = {"count": custom_fields.MOST_FIELDS}
        raise ValidationError(_("There may be at most %(count)d fields.") % most)
    keys = {field.key for field in known}
    if key and not custom_fields.KEY.fullmatch(key):
        raise ValidationError({"key": _("Letters, digits and _ only, a letter first.")})
    if key in keys:
        raise ValidationError({"key": _("There is a field with this key.")})
    field: CustomField = CustomField(
        entity=entity,
        key=key or _free_key(label, keys),
        label=label,
        kind=kind,
        position=positions.between(known[-1].position if known else None, None),
    )
    field.choices = _choices(field, choices or [])
    field.save(force_insert=True)
    # Rows may have values under this key from before it was a field.
    indexing.begin(field)
    _told(field, by, {"created": True})
    return field


def update_field(
    *,
    field: CustomField,
    by: By,
    label: str | None = None,
    choices: list[Any] | None = None,
    archived: bool | None = None,
) -> CustomField:
    """Rename it, change its choices, put it out of use or back. Its kind and key stay.

    A choice that is left out is no longer offered; rows that have it keep it.
    """
    _require(by)
    changes: dict[str, Any] = {}
    if label is not None and _label(label) != field.label:
        changes["label"] = {"before": field.label, "after": _label(label)}
        field.label = _label(label)
    if choices is not None:
        wanted = _choices(field, choices)
        if wanted != field.choices:
            changes["choices"] = {"before": field.choices, "after": wanted}
            field.choices = wanted
    if archived is not None and archived != (field.archived_at is not None):
        changes["archived"] = {"before": not archived, "after": archived}
        field.archived_at = timezone.now() if archived else None
    if changes:
        field.save(update_fields=["label", "choices", "archived_at"])
        _told(field, by, {"changes": changes})
    return field


def place_field(*, field: CustomField, by: By, before: UUID | None = None) -> CustomField:
    """Put it right before another field of the same entity; at the end without one."""
    _require(by)
    others = [
        one for one in custom_fields.definitions(field.entity, archived=True) if one.pk != field.pk
    ]
    index = next((i for i, one in enumerate(others) if one.pk == before), len(others))
    lower = others[index - 1].position if index else None
    upper = others[index].position if index < len(others) else None
    field.position = positions.between(lower, upper)
    field.save(update_fields=["position"])
    _told(field, by, {"moved": True})
    return field


def _require(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_WORKSPACE)


def _told(field: CustomField, by: By, data: dict[str, Any]) -> None:
    custom_fields.forget_definitions()
    record(
        types.CUSTOM_FIELD_CHANGED,
        subject=field,
        by=by,
        data={"entity": field.entity, "key": field.key, "label": field.label, **data},
    )


def _label(label: str) -> str:
    found = label.replace("\0", "").strip()
    if not found or len(found) > 80:
        raise ValidationError({"label": _("A name of at most 80 letters is needed.")})
    return found


def _free_key(label: str, taken: set[str]) -> str:
    stem = slug_of(label).replace("-", "_").lstrip("_0123456789")[:40] or "field"
    number, key = 1, stem
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    return key


def _choices(field: CustomField, given: list[Any]) -> list[dict[str, str]]:
    """Choices with keys: those that are known by key or label keep theirs."""
    if not field.has_choices:
        return []
    labels = {choice["label"].casefold(): choice["key"] for choice in field.choices or []}
    known = set(labels.values())
    found: dict[str, str] = {}
    for item in given:
        label = item.get("label") if isinstance(item, dict) else item
        key = item.get("key") if isinstance(item, dict) else None
        if not isinstance(label, str) or not (label := label.replace("\0", "").strip()):
            continue
        if len(label) > LONGEST_CHOICE:
            raise ValidationError({"choices": _("A choice is too long.")})
        if not (isinstance(key, str) and (key in known or 0 < len(key) <= LONGEST_CHOICE)):
            key = labels.get(label.casefold(), label)
        if key in found or label.casefold() in {one.casefold() for one in found.values()}:
            raise ValidationError({"choices": _("“%(name)s” is there twice.") % {"name": label}})
        found[key] = label
    if not found or len(found) > MOST_CHOICES:
        most = {"count": MOST_CHOICES}
        raise ValidationError({"choices": _("A list needs 1 to %(count)d choices.") % most})
    return [{"key": key, "label": label} for key, label in found.items()]
