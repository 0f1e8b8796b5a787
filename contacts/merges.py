"""Two contacts are brought together by a person, who may change their mind within 30 days."""

from collections.abc import Callable, Mapping
from typing import Any, Final, cast
from uuid import UUID

import orjson
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import Connection

from contacts import custom_fields, duplicates
from contacts.merging import absorb
from contacts.models import Consent, Contact, ContactPoint, MergeRecord
from events import types
from events.journal import Actor, record
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.repointing import references
from workspaces.scope import current_workspace_id, workspace_scope

By = Membership | ApiToken | Actor | None
# Called before contacts are merged: hold off whoever writes for them at this moment.
Hold = Callable[[Connection[Any], UUID, list[UUID]], None]

COLUMNS: Final = ("name", "phone", "email", "language", "note", "owner_id", "company_id")
# Whoever writes a row for a contact at the very moment that it is absorbed is seen the next time.
_ATTEMPTS: Final = 3
_MOST_FORGOTTEN: Final = 500
_holds: list[Hold] = []


def hold_with(hold: Hold) -> None:
    """Have this called before each merge, in its transaction."""
    if hold not in _holds:
        _holds.append(hold)


def hold_contacts(contact_ids: list[UUID]) -> None:
    """Hold off whoever writes for these contacts until this transaction ends."""
    _hold(_raw(), contact_ids)


def merge_contacts(
    *,
    kept: Contact,
    absorbed: Contact,
    by: By,
    choices: Mapping[str, str] | None = None,
) -> MergeRecord:
    """Make one of two contacts and keep what is needed to undo it.

    `choices` names columns, and own fields as `fields.<key>`, whose value is to be that of
    `absorbed`: `{"name": "absorbed"}`. Otherwise what `kept` has stays and what it lacks is filled.
    Raises ValidationError, PermissionDenied.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_CONTACTS)
    if kept.pk == absorbed.pk:
        raise ValidationError(_("A contact cannot be merged with itself."))
    for attempt in range(_ATTEMPTS):
        try:
            with transaction.atomic():
                made = _merge(kept.pk, absorbed.pk, by, dict(choices or {}))
                with connection.cursor() as cursor:
                    cursor.execute("set constraints all immediate")
                    cursor.execute("set constraints all deferred")
        except IntegrityError:
            if attempt + 1 == _ATTEMPTS:
                raise
        else:
            break
    data = {"absorbed": str(absorbed.pk), "merge": str(made.pk), "name": made.absorbed_name}
    record(types.CONTACT_MERGED, subject=kept, by=by, data=data)
    return made


def undo_merge(*, merge: MergeRecord, by: By) -> Contact:
    """Bring the absorbed contact back, with all that came from it. What was added since stays.

    Values that were changed after the merge are left as they are. Raises ValidationError when it is
    too late or was done already.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_CONTACTS)
    raw = _raw()
    _hold(raw, [merge.kept_id])
    found = MergeRecord.objects.select_for_update().get(pk=merge.pk)
    if not found.can_be_undone:
        raise ValidationError(_("This merge can no longer be undone."))
    kept = Contact.objects.select_for_update().get(pk=found.kept_id)
    _restore_rows(raw, found)
    _restore_values(kept, found)
    restored: Contact = Contact.objects.get(pk=found.absorbed_id)
    custom_fields.store("contact", restored.pk, restored.fields)
    custom_fields.store("contact", kept.pk, kept.fields)
    found.undone_at = timezone.now()
    found.rows, found.moved = {}, {}
    found.save(update_fields=["undone_at", "rows", "moved"])
    duplicates.rule_out(kept.pk, restored.pk, by=by)
    record(types.CONTACT_UNMERGED, subject=kept, by=by, data={"restored": str(restored.pk)})
    return restored


def forget_merged() -> int:
    """Drop what merges keep that can no longer be undone; returns of how many."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, merge_id from settled_merges(%s)", [_MOST_FORGOTTEN])
        found = cursor.fetchall()
    for workspace_id, merge_id in found:
        with workspace_scope(workspace_id):
            MergeRecord.objects.filter(pk=merge_id).update(
                kept_before={}, kept_after={}, rows={}, moved={}
            )
    return len(found)


def _merge(kept_id: UUID, absorbed_id: UUID, by: By, choices: dict[str, str]) -> MergeRecord:
    raw, workspace_id = _raw(), current_workspace_id()
    _hold(raw, [kept_id, absorbed_id])
    rows = {
        row.pk: row
        for row in Contact.objects.select_for_update()
        .filter(pk__in=[kept_id, absorbed_id])
        .order_by("pk")
    }
    if len(rows) < 2:
        raise ValidationError(_("One of the contacts is no longer there."))
    before, other = rows[kept_id], rows[absorbed_id]
    snapshot = _snapshot(raw, kept_id, absorbed_id)
    absorb(raw, workspace_id, absorbed=absorbed_id, kept=kept_id)
    kept: Contact = Contact.objects.get(pk=kept_id)
    _choose(kept, before, other, choices)
    gone, moved = _what_became(raw, snapshot)
    made: MergeRecord = MergeRecord.objects.create(
        kept_id=kept_id,
        absorbed_id=absorbed_id,
        absorbed_name=other.display_name[:200],
        kept_before=_values(before),
        kept_after=_values(kept),
        rows=gone,
        moved=moved,
        merged_by=by if isinstance(by, Membership) else None,
    )
    return made


def _choose(kept: Contact, before: Contact, other: Contact, choices: dict[str, str]) -> None:
    """Let the absorbed one's values win where that was asked for."""
    wanted = {name for name, side in choices.items() if side == "absorbed"}
    for name in ("owner", "company"):
        if name in wanted:
            wanted = (wanted - {name}) | {f"{name}_id"}
    for name in wanted & set(COLUMNS):
        setattr(kept, name, getattr(other, name))
    own = {key.removeprefix("fields.") for key in wanted if key.startswith("fields.")}
    kept.fields = {
        **{key: value for key, value in kept.fields.items() if key not in own},
        **{key: other.fields[key] for key in own if key in other.fields},
    }
    kept.save(update_fields=[*COLUMNS, "fields", "updated_at"])
    custom_fields.store("contact", kept.pk, kept.fields)
    for kind in ("phone", "email"):
        main, replaced = getattr(kept, kind), getattr(before, kind)
        ContactPoint.objects.filter(contact=kept, kind=kind, value=main).delete()
        if replaced and replaced != main:
            ContactPoint.objects.get_or_create(contact=kept, kind=kind, value=replaced)


def _snapshot(raw: Connection[Any], kept_id: UUID, absorbed_id: UUID) -> dict[str, Any]:
    """Every row that refers to the absorbed contact, and what of the other one may be deleted."""
    workspace_id = current_workspace_id()
    rows: dict[str, dict[str, Any]] = {}
    moved: dict[str, list[str]] = {}
    for reference in references(Contact):
        table, column = reference.model._meta.db_table, reference.column
        sides = [kept_id, absorbed_id] if reference.model is Consent else [absorbed_id]
        found = raw.execute(
            f"select id, {column}, to_jsonb(t)::text from {table} t"  # noqa: S608  our own names
            f" where workspace_id = %s and {column} = any(%s)",
            [workspace_id, sides],
        ).fetchall()
        rows.setdefault(table, {}).update({str(row[0]): orjson.loads(row[2]) for row in found})
        moved[f"{table}.{column}"] = [str(row[0]) for row in found if row[1] == absorbed_id]
    own = raw.execute(
        "select to_jsonb(t)::text from contacts_contact t where workspace_id = %s and id = %s",
        [workspace_id, absorbed_id],
    ).fetchone()
    points = ContactPoint.objects.filter(contact_id=kept_id).values_list("pk", flat=True)
    return {
        "rows": rows,
        "moved": moved,
        "contact": orjson.loads(own[0]) if own else {},
        "points": {str(pk) for pk in points} | rows.get("contacts_contactpoint", {}).keys(),
        "kept": kept_id,
    }


def _what_became(
    raw: Connection[Any], snapshot: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(rows that were deleted by table, ids that were moved by table and column)."""
    gone: dict[str, Any] = {"contacts_contact": [snapshot["contact"]]}
    for table, rows in snapshot["rows"].items():
        if table == "contacts_duplicate" or not rows:
            continue
        there = raw.execute(
            f"select id from {table} where workspace_id = %s and id = any(%s::uuid[])",  # noqa: S608
            [current_workspace_id(), list(rows)],
        ).fetchall()
        left = {str(row[0]) for row in there}
        if lost := [row for key, row in rows.items() if key not in left]:
            gone[table] = lost
    moved = {place: ids for place, ids in snapshot["moved"].items() if ids}
    points = ContactPoint.objects.filter(contact_id=snapshot["kept"]).values_list("pk", flat=True)
    moved["new points"] = sorted({str(pk) for pk in points} - snapshot["points"])
    return gone, moved


def _restore_rows(raw: Connection[Any], found: MergeRecord) -> None:
    workspace_id = current_workspace_id()
    moved = dict(found.moved)
    ContactPoint.objects.filter(pk__in=moved.pop("new points", [])).delete()
    _insert(raw, "contacts_contact", found.rows["contacts_contact"])
    places = {
        f"{reference.model._meta.db_table}.{reference.column}": reference
        for reference in references(Contact)
    }
    for place, ids in moved.items():
        if place not in places:
            continue
        table, _dot, column = place.partition(".")
        raw.execute(
            f"update {table} set {column} = %s"  # noqa: S608  names of our own models
            f" where workspace_id = %s and {column} = %s and id = any(%s::uuid[])",
            [found.absorbed_id, workspace_id, found.kept_id, ids],
        )
    for table, rows in found.rows.items():
        if table != "contacts_contact" and any(place.startswith(f"{table}.") for place in places):
            _insert(raw, table, rows)


def _insert(raw: Connection[Any], table: str, rows: list[Any]) -> None:
    for row in rows:
        raw.execute(
            f"insert into {table}"  # noqa: S608  names of our own models
            f" select * from jsonb_populate_record(null::{table}, %s::jsonb)"
            " on conflict do nothing",
            [orjson.dumps(row).decode()],
        )


def _restore_values(kept: Contact, found: MergeRecord) -> None:
    """Undo what the merge changed of the kept one and nobody has changed since."""
    now, before, after = _values(kept), found.kept_before, found.kept_after
    for name in (*COLUMNS, "created_at"):
        if now[name] == after[name] != before[name]:
            setattr(kept, name, before[name])
    fields = dict(kept.fields)
    for key in {*before["fields"], *after["fields"]}:
        old, new = before["fields"].get(key), after["fields"].get(key)
        if fields.get(key) == new != old:
            fields.pop(key, None)
            if old is not None:
                fields[key] = old
    kept.fields = fields
    kept.save(update_fields=[*COLUMNS, "created_at", "fields", "updated_at"])


def _values(contact: Contact) -> dict[str, Any]:
    """As JSON keeps them, so that they can be compared with what was kept."""
    values: dict[str, Any] = {name: getattr(contact, name) for name in COLUMNS}
    ids = ("owner_id", "company_id")
    values |= {name: str(values[name]) if values[name] else None for name in ids}
    return values | {"created_at": contact.created_at.isoformat(), "fields": dict(contact.fields)}


def _hold(raw: Connection[Any], contact_ids: list[UUID]) -> None:
    for hold in _holds:
        hold(raw, current_workspace_id(), contact_ids)


def _raw() -> Connection[Any]:
    """Django's own connection, in the transaction of the scope."""
    connection.ensure_connection()
    return cast(Connection[Any], connection.connection)
