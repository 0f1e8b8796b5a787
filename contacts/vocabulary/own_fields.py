"""A workspace's own fields in conditions, of contacts, companies and deals alike."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db.models import Q, UUIDField
from django.db.models.expressions import RawSQL
from django.utils.translation import pgettext_lazy

from contacts import custom_fields
from contacts.field_kinds import CLEANERS, Refused
from contacts.models import CustomField, FieldValue
from contacts.phones import sought
from core.conditions import Field, Moments, values
from core.conditions.operators import Kind
from core.conditions.queries import plain
from core.conditions.sets import Among
from core.text import like_literal

GROUP: Final = pgettext_lazy("conditions", "Own fields")
KINDS: Final[dict[str, Kind]] = {
    "text": "text", "phone": "text", "link": "text", "number": "number", "money": "money",
    "date": "day", "list": "choice", "multi": "many", "boolean": "boolean",
}  # fmt: skip
# Behind every character that a text may have.
_LAST: Final = "\U0010ffff"


def finder(entity: str) -> Callable[[str], Field | None]:
    """How a vocabulary finds `fields.<key>` of an entity."""

    def find(key: str) -> Field | None:
        field = custom_fields.definition(entity, key)
        return _asked(field) if field else None

    return find


def members(entity: str) -> Callable[[], Iterable[Field]]:
    """How a vocabulary lists them: those in use."""
    return lambda: [_asked(field) for field in custom_fields.definitions(entity)]


def _asked(field: CustomField) -> Field:
    kind = KINDS[field.kind]

    def ask(operator: str, value: Any, moments: Moments) -> Q:
        if operator == "set":
            found = _has(field, Q())
            return found if value else ~found
        if kind == "boolean":
            # What nobody has ticked is no.
            found = _has(field, Q(number_value=1.0))
            return found if value else ~found
        if kind == "text":
            return _text(field, operator, value)
        if kind in {"choice", "many"}:
            return _chosen(field, operator, value)
        column = "day_value" if kind == "day" else "number_value"
        return _has(field, plain(kind, column, operator, _floats(value, kind), moments))

    choices = None
    if field.has_choices:
        choices = lambda: [(one["key"], one["label"]) for one in field.choices]  # noqa: E731
    return Field(
        f"fields.{field.key}",
        field.label,
        kind,
        ask=ask,
        parse=_choice_parser(field) if field.has_choices else None,
        choices=choices,
        group=GROUP,
    )


def _has(field: CustomField, condition: Q) -> Q:
    return Q(Among(FieldValue.objects.filter(condition, field_id=field.pk), "entity_id"))


def _text(field: CustomField, operator: str, value: Any) -> Q:
    if operator in {"eq", "in"}:
        asked = value if operator == "in" else [value]
        return _has(field, Q(text_value__in=[_normal(field, text) for text in asked]))
    value = _part(field, operator, value)
    if operator == "starts_with":
        start = value.lower()
        return _has(field, Q(text_value__gte=start, text_value__lt=start + _LAST))
    ids = RawSQL(
        "select entity_id from rows_with_field_text(%s, %s)",
        [field.pk, f"%{like_literal(value.lower())}%"],
        output_field=UUIDField(),
    )
    return Q(pk__in=ids)


def _chosen(field: CustomField, operator: str, value: Any) -> Q:
    if operator == "has_all":
        every = Q()
        for one in value:
            every &= _has(field, Q(text_value=one))
        return every
    asked = value if operator in {"in", "has_any"} else [value]
    return _has(field, Q(text_value__in=asked))


def _normal(field: CustomField, text: str) -> str:
    """As the index has it; a phone or a link that cannot be one is compared as it is."""
    try:
        return str(CLEANERS[field.kind](text, field)).lower()
    except Refused:
        return text.lower()


def _part(field: CustomField, operator: str, text: str) -> str:
    """A part of a text as the index has it: of a phone its digits."""
    is_start = operator == "starts_with"
    digits = sought(text, from_start=is_start) if field.kind == CustomField.Kind.PHONE else ""
    if not digits:
        return text
    return f"+{digits}" if is_start else digits


def _choice_parser(field: CustomField) -> values.Parse:
    """A choice by key or label; one that is gone is asked for by its key."""

    def parse(value: Any) -> str:
        asked = values.text(value)
        try:
            return str(CLEANERS["list"](asked, field)) or asked
        except Refused:
            return asked

    return parse


def _floats(value: Any, kind: str) -> Any:
    if kind == "day":
        return value
    return [float(one) for one in value] if isinstance(value, list) else float(value)
