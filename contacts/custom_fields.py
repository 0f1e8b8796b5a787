"""A workspace's own fields of contacts, companies and deals: what may stand in them, and where it
is found again.

Everybody who writes `fields` of a row does two things in one transaction: `clean` before, `store`
after. What nobody has defined becomes a field of its own when it is a text, a number or a yes or
no, so that programs need no preparation; anything else is kept as it is and cannot be asked for.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import formats, translation
from django.utils.translation import gettext as _

from contacts import phones
from contacts.field_kinds import CLEANERS, Refused
from contacts.models import CustomField, FieldValue
from core import money, positions
from core.ids import uuid7
from core.postgresql.arrays import floats, texts, uuids
from core.postgresql.inserting import insert_columns
from workspaces.scope import current_scope, current_workspace_id

KEY: Final = re.compile(r"[^\W\d_]\w{0,49}")
MOST_FIELDS: Final = 200
EMPTY: Final[tuple[Any, ...]] = (None, "", [], {})
_MEMORY: Final = "custom_fields"


class Indexed(NamedTuple):
    """A row of the index, by which one is told from another."""

    field_id: UUID
    entity_id: UUID
    text_value: str | None = None
    number_value: float | None = None
    day_value: date | None = None


def definitions(entity: str, *, archived: bool = False) -> list[CustomField]:
    """The fields of an entity in their order; with `archived` those out of use too."""
    return [
        field
        for field in _all().values()
        if field.entity == entity and (archived or field.archived_at is None)
    ]


def definition(entity: str, key: str) -> CustomField | None:
    """The field of a key, archived or not; None when there is none."""
    return _all().get((entity, key))


def forget_definitions() -> None:
    """After a definition changed: read them anew in this scope."""
    current_scope().memory.pop(_MEMORY, None)


def clean(entity: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they are stored; empty ones are left out.

    Raises ValidationError with words for each field that does not fit, under `fields.<key>`.
    """
    cleaned: dict[str, Any] = {}
    errors: dict[str, str] = {}
    _define_unknown(entity, values)
    for key, value in values.items():
        field = definition(entity, key)
        if value in EMPTY:
            continue
        if field is None:
            cleaned[key] = value
            continue
        try:
            found = CLEANERS[field.kind](value, field)
        except Refused as refusal:
            errors[f"fields.{key}"] = f"{field.label}: {refusal}"
        else:
            if found not in EMPTY:
                cleaned[key] = found
    if errors:
        raise ValidationError(errors)
    return cleaned


def store(entity: str, entity_id: UUID, values: Mapping[str, Any]) -> None:
    """Bring the index in line with cleaned values of one row, which are its whole `fields`."""
    store_many(entity, {entity_id: values})


def store_many(entity: str, rows: Mapping[UUID, Mapping[str, Any]]) -> None:
    """`store` for many rows at once, in a handful of queries."""
    wanted: set[Indexed] = set()
    with translation.override(None):
        for entity_id, values in rows.items():
            for key, value in values.items():
                if field := definition(entity, key):
                    wanted.update(_index_rows(field, entity_id, value))
    ours = [field.pk for field in definitions(entity, archived=True)]
    _bring_in_line(wanted, FieldValue.objects.filter(entity_id__in=list(rows), field_id__in=ours))


def store_field(field: CustomField, values: Mapping[UUID, Any]) -> int:
    """Bring the index of one field in line with its values by row; how many values are found by
    now. Rows that are not given are left alone."""
    with translation.override(None):
        wanted = {
            row
            for entity_id, value in values.items()
            for row in _index_rows(field, entity_id, value)
        }
    stored = FieldValue.objects.filter(field_id=field.pk, entity_id__in=list(values))
    _bring_in_line(wanted, stored)
    return len(wanted)


def _bring_in_line(wanted: set[Indexed], stored: Any) -> None:
    """Delete of the rows that are stored what is not wanted, and write what is missing."""
    known = {Indexed(*row): pk for pk, *row in stored.values_list("pk", *Indexed._fields)}
    gone = [pk for row, pk in known.items() if row not in wanted]
    if gone:
        FieldValue.objects.filter(pk__in=gone).delete()
    if new := list(wanted.difference(known)):
        insert_columns(
            FieldValue,
            current_workspace_id(),
            {
                "id": uuids([uuid7() for _row in new]),
                "field_id": uuids([row.field_id for row in new]),
                "entity_id": uuids([row.entity_id for row in new]),
                "text_value": texts([row.text_value for row in new]),
                "number_value": floats([row.number_value for row in new]),
                "day_value": texts([str(row.day_value) if row.day_value else None for row in new]),
            },
        )


def forget(entity_ids: Iterable[UUID]) -> None:
    """Take rows that are deleted out of the index."""
    FieldValue.objects.filter(entity_id__in=list(entity_ids)).delete()


def words(field: CustomField, value: Any) -> str:
    """A stored value as people read it, in the language in force; empty for none."""
    if value in EMPTY:
        return ""
    kind = CustomField.Kind
    if field.kind == kind.BOOLEAN:
        return _("Yes") if value else _("No")
    if field.kind == kind.MULTI and isinstance(value, list):
        return ", ".join(field.choice_label(str(key)) for key in value)
    if field.kind == kind.LIST:
        return field.choice_label(str(value))
    if field.kind == kind.MONEY and isinstance(value, dict):
        return money.words(Decimal(str(value.get("amount"))), str(value.get("currency")))
    if field.kind == kind.DATE:
        return formats.date_format(date.fromisoformat(str(value)), "j E Y")
    if field.kind == kind.NUMBER:
        return formats.localize(value) if isinstance(value, int | float) else str(value)
    if field.kind == kind.PHONE:
        return phones.in_words(str(value))
    return str(value)


def as_text(field: CustomField, value: Any) -> str:
    """A stored value for a spreadsheet: what `clean` reads back."""
    if value in EMPTY:
        return ""
    kind = CustomField.Kind
    if field.kind == kind.MULTI and isinstance(value, list):
        return "; ".join(field.choice_label(str(key)) for key in value)
    if field.kind == kind.LIST:
        return field.choice_label(str(value))
    if field.kind == kind.MONEY and isinstance(value, dict):
        return f"{value.get('amount')} {value.get('currency')}"
    if field.kind == kind.BOOLEAN:
        return "yes" if value else "no"
    return str(value)


def as_typed(field: CustomField, value: Any) -> str:
    """A stored value for a line to type in: as people read it where `clean` reads that back."""
    shown = words(field, value)
    try:
        is_read_back = CLEANERS[field.kind](shown, field) == value
    except Refused:
        is_read_back = False
    return shown if is_read_back else as_text(field, value)


def _all() -> dict[tuple[str, str], CustomField]:
    memory = current_scope().memory
    if _MEMORY not in memory:
        rows = CustomField.objects.order_by("entity", "position", "id")
        memory[_MEMORY] = {(row.entity, row.key): row for row in rows}
    found: dict[tuple[str, str], CustomField] = memory[_MEMORY]
    return found


def _define_unknown(entity: str, values: Mapping[str, Any]) -> None:
    """Make fields of plain values under keys that nobody has defined."""
    known = definitions(entity, archived=True)
    strange = {
        key: kind
        for key, value in values.items()
        if value not in EMPTY
        and (entity, key) not in _all()
        and KEY.fullmatch(key)
        and (kind := _kind_of(value))
    }
    if not strange or len(known) + len(strange) > MOST_FIELDS:
        return
    last = known[-1].position if known else None
    places = positions.several(len(strange), last)
    CustomField.objects.bulk_create(
        [
            CustomField(entity=entity, key=key, label=key, kind=kind, position=place)
            for (key, kind), place in zip(strange.items(), places, strict=True)
        ],
        ignore_conflicts=True,
    )
    forget_definitions()


def _kind_of(value: Any) -> str:
    kind = CustomField.Kind
    if isinstance(value, bool):
        return kind.BOOLEAN
    if isinstance(value, int | float):
        return kind.NUMBER if abs(value) < 10**15 else ""
    return kind.TEXT if isinstance(value, str) and len(value) <= 500 else ""


def _index_rows(field: CustomField, entity_id: UUID, value: Any) -> list[Indexed]:
    """What the index holds of one value. Values older than the field's kind may not fit: none."""
    try:
        value = CLEANERS[field.kind](value, field)
    except Refused:
        return []
    kind, row = CustomField.Kind, Indexed(field.pk, entity_id)
    if value in EMPTY:
        return []
    if field.kind == kind.MULTI:
        return [row._replace(text_value=key) for key in value]
    if field.kind == kind.LIST:
        return [row._replace(text_value=value)]
    if field.kind == kind.NUMBER:
        return [row._replace(number_value=float(value))]
    if field.kind == kind.BOOLEAN:
        return [row._replace(number_value=1.0 if value else 0.0)]
    if field.kind == kind.DATE:
        return [row._replace(day_value=date.fromisoformat(value))]
    if field.kind == kind.MONEY:
        amount, currency = float(value["amount"]), value["currency"]
        return [row._replace(number_value=amount, text_value=currency)]
    return [row._replace(text_value=value.lower())]
