"""Verbs on segments."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.conditions import InvalidCondition
from events import types
from events.journal import record
from inbox.models.conversation import By
from marketing.audience import contacts_in, count_in, fulfilling
from marketing.lists import Matched, match
from marketing.models import Segment, SegmentMember
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require

AT_ONCE = 5_000


def create_segment(
    *, name: str, conditions: dict[str, Any], by: By, is_frozen: bool = False
) -> Segment:
    """A segment by conditions; frozen, it is the list of whoever fulfils them now.

    Raises InvalidCondition, `PermissionDenied`.
    """
    _require(by)
    fulfilling(conditions)
    segment: Segment = Segment.objects.create(name=name, conditions=conditions, author=_member(by))
    if is_frozen:
        _freeze(segment)
    count_segment(segment)
    _record(types.SEGMENT_CREATED, segment, by)
    return segment


def update_segment(segment: Segment, *, by: By, **values: Any) -> Segment:
    """Change the name, the conditions, or freeze it; a list stays a list. Raises as above."""
    _require(by)
    segment = Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
    is_frozen = values.pop("is_frozen", segment.is_frozen)
    if segment.is_frozen and (not is_frozen or "conditions" in values):
        raise ValidationError(_("A frozen segment stays as it is."), code="frozen")
    changed = [name for name, value in values.items() if getattr(segment, name) != value]
    for name in changed:
        setattr(segment, name, values[name])
    if "conditions" in changed:
        fulfilling(segment.conditions)
    if changed:
        segment.save(update_fields=[*changed, "updated_at"])
        # Only now could it ask for itself.
        contacts_in(segment)
    if is_frozen and not segment.is_frozen:
        _freeze(segment)
        changed.append("is_frozen")
    if changed:
        count_segment(segment)
        _record(types.SEGMENT_UPDATED, segment, by, changed=sorted(changed))
    return segment


def delete_segment(segment: Segment, *, by: By) -> None:
    """Delete it, unless a broadcast or a series goes by it, or another segment asks for it."""
    _require(by)
    if segment.broadcasts.exists():
        raise ValidationError(_("A broadcast goes to this segment."), code="in_use")
    if segment.series.exists():
        raise ValidationError(_("A series takes its people from this segment."), code="in_use")
    if asking := segments_asking_for(segment):
        raise ValidationError(
            _("The segment “%(name)s” asks for this one."),
            code="in_use",
            params={"name": asking[0].name},
        )
    _record(types.SEGMENT_DELETED, segment, by)
    segment.delete()


def segments_asking_for(segment: Segment) -> list[Segment]:
    """Those whose conditions name it, by its id or its name."""
    names = {str(segment.pk), segment.name.lower()}
    others = Segment.objects.filter(is_frozen=False).exclude(pk=segment.pk)
    return [other for other in others if _names_in(other.conditions) & names]


def set_ad_hoc(
    segment: Segment | None, *, name: str, conditions: dict[str, Any], by: By
) -> Segment:
    """The audience of one broadcast, which stands in no list: a new one, or this one changed.

    Raises InvalidCondition, `PermissionDenied`.
    """
    _require(by)
    fulfilling(conditions)
    if segment is None or not segment.is_ad_hoc:
        segment = Segment(is_ad_hoc=True, author=_member(by))
    segment.name, segment.conditions = name, conditions
    segment.save()
    count_segment(segment)
    return segment


def list_from_file(*, name: str, content: bytes, by: By) -> tuple[Segment, Matched]:
    """A frozen segment of the contacts whose phones, e-mails or ids a CSV file names.

    Raises `ValidationError` for what is no such file, and for one that names nobody.
    """
    _require(by)
    matched = match(content)
    if not matched.contacts:
        raise ValidationError(
            _(
                "None of your contacts has a phone, an e-mail or an id of this file: “%(line)s” "
                "names nobody. Import the people first."
            ),
            code="nobody",
            params={"line": matched.unmatched[0] if matched.unmatched else "…"},
        )
    segment: Segment = Segment.objects.create(name=name, is_frozen=True, author=_member(by))
    _add(segment, matched.contacts)
    count_segment(segment)
    _record(types.SEGMENT_CREATED, segment, by, unmatched=matched.unmatched_count)
    return segment, matched


def count_segment(segment: Segment) -> int:
    """Count it now, and remember."""
    try:
        count = count_in(segment)
    except InvalidCondition:
        # A field or a label that it asks for is gone.
        count = 0
    segment.remember(count)
    return count


def _freeze(segment: Segment) -> None:
    ids = contacts_in(segment).order_by("pk").values_list("pk", flat=True).iterator(AT_ONCE)
    _add(segment, ids)
    segment.is_frozen = True
    segment.save(update_fields=["is_frozen"])


def _add(segment: Segment, contact_ids: Iterable[UUID]) -> None:
    batch: list[SegmentMember] = []
    for contact_id in contact_ids:
        batch.append(SegmentMember(segment=segment, contact_id=contact_id))
        if len(batch) >= AT_ONCE:
            SegmentMember.objects.bulk_create(batch, ignore_conflicts=True)
            batch = []
    SegmentMember.objects.bulk_create(batch, ignore_conflicts=True)


def _record(action: str, segment: Segment, by: By, **data: Any) -> None:
    record(
        action,
        subject=segment,
        by=by,
        data={"name": segment.name, "frozen": segment.is_frozen, "count": segment.count, **data},
    )


def _names_in(node: Any) -> set[str]:
    """What a document asks of the field "segment", in small letters."""
    if isinstance(node, list):
        return {name for part in node for name in _names_in(part)}
    if not isinstance(node, dict):
        return set()
    if node.get("field") == "segment":
        value = node.get("value")
        return {str(one).lower() for one in (value if isinstance(value, list) else [value])}
    return {name for part in node.values() for name in _names_in(part)}


def _require(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_SEGMENTS)


def _member(by: By) -> Membership | None:
    return by if isinstance(by, Membership) else None
