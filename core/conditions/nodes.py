"""Documents of conditions, read and made into a query."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext as _

from . import values
from .errors import InvalidCondition
from .fields import Field, Vocabulary
from .moments import Moments
from .operators import NEGATIONS, operator_of

DEEPEST: Final = 5
MOST_LEAVES: Final = 40

_OF_KIND: Final[dict[str, values.Parse]] = {
    "text": values.text,
    "choice": values.text,
    "many": values.text,
    "number": values.number,
    "money": values.money,
    "moment": values.moment_or_day,
    "day": values.moment_or_day,
    "boolean": values.boolean,
}
_OF_OPERATOR: Final[dict[str, values.Parse]] = {
    "set": values.boolean,
    "last_days": values.days,
    "not_last_days": values.days,
    "next_days": values.days,
}
_OF_VALUES: Final = {"many", "choice", "moment", "day"}
_LISTS: Final = {"in", "not_in", "has_any", "has_all"}


@dataclass(frozen=True)
class Leaf:
    """One question about one field, its value checked."""

    field: Field
    operator: str
    value: Any

    @property
    def on(self) -> str:
        """The column that it asks; none where other tables are asked."""
        return "" if self.field.ask is not None else self.field.path or self.field.name

    @property
    def needs_value(self) -> bool:
        """Whether none is left out for certain. Not of numbers: a count of nothing is zero."""
        if self.operator == "set":
            return bool(self.value)
        return self.field.kind in _OF_VALUES and self.operator not in NEGATIONS

    def q(self, moments: Moments) -> Q:
        if positive := NEGATIONS.get(self.operator):
            return ~self.field.query(positive, self.value, moments)
        if self.operator in {"has_any", "has_all"} and self.field.ask is None:
            parts = [self.field.query("has", value, moments) for value in self.value]
            return _joined(parts, every=self.operator == "has_all")
        return self.field.query(self.operator, self.value, moments)

    def negated(self, moments: Moments) -> Q:
        """As a filter of the others."""
        if positive := NEGATIONS.get(self.operator):
            return self.field.query(positive, self.value, moments)
        return _not(self.q(moments))


@dataclass(frozen=True)
class Condition:
    """All of `every`, at least one of `some` where there are any, and not `none`."""

    every: list[Condition | Leaf] = field(default_factory=list)
    some: list[Condition | Leaf] = field(default_factory=list)
    none: Condition | Leaf | None = None

    def q(self, moments: Moments) -> Q:
        """As a filter of the model whose vocabulary it was read with."""
        if self._contradicts_itself:
            return Q(pk__in=[])
        found = _joined([part.q(moments) for part in self.every], every=True)
        if self.some:
            found &= _joined([part.q(moments) for part in self.some], every=False)
        if self.none is not None:
            found &= self.none.negated(moments)
        return found

    def negated(self, moments: Moments) -> Q:
        """As a filter of the others.

        "Not (one or another)" becomes "not one and not another", each of which PostgreSQL can join.
        """
        if self.is_or:
            return _joined([part.negated(moments) for part in self.some], every=True)
        return _not(self.q(moments))

    @property
    def is_or(self) -> bool:
        """Whether any of its parts is enough, and nothing else is asked."""
        return bool(self.some) and not self.every and self.none is None

    def apart(self, most: int) -> tuple[Condition, list[Condition]]:
        """Conditions that are this one together: the first without the outer "or"s, at most so many
        of which follow."""
        ors = [Condition(some=self.some)] if self.some else []
        ors = [*ors, *(part for part in self.every if isinstance(part, Condition) and part.is_or)]
        ors = ors[:most]
        rest = [part for part in self.every if not any(part is one for one in ors)]
        return Condition(rest, none=self.none), ors

    def on_column(self, name: str) -> Condition:
        """Those of its conditions that every row must fulfil in this column of the model."""
        leaves = [part for part in self.every if isinstance(part, Leaf)]
        return Condition([leaf for leaf in leaves if leaf.on == name])

    @property
    def _contradicts_itself(self) -> bool:
        """Whether it asks for a value where it asks for none, or for two where one can be: to find
        out that nobody is in two large sets takes PostgreSQL long."""
        leaves = [part for part in self.every if isinstance(part, Leaf)]
        without = {leaf.field.name for leaf in leaves if leaf.operator == "set" and not leaf.value}
        equal = {
            (leaf.field.name, leaf.value)
            for leaf in leaves
            if leaf.field.is_single and leaf.operator == "eq"
        }
        return len({name for name, _value in equal}) < len(equal) or any(
            leaf.needs_value and leaf.field.name in without for leaf in leaves
        )

    @property
    def leaves(self) -> list[Leaf]:
        """Every question in it."""
        parts = [*self.every, *self.some, *([self.none] if self.none is not None else [])]
        found: list[Leaf] = []
        for part in parts:
            found += [part] if isinstance(part, Leaf) else part.leaves
        return found


def parse(document: Any, vocabulary: Vocabulary) -> Condition:
    """Read a document. Raises InvalidCondition, whatever it is given."""
    node = _Reader(vocabulary).read(document, "", 1)
    return node if isinstance(node, Condition) else Condition(every=[node])


class _Reader:
    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._leaves = 0

    def read(self, document: Any, path: str, depth: int) -> Condition | Leaf:
        if not isinstance(document, dict):
            raise InvalidCondition(_("an object is needed"), path)
        if depth > DEEPEST:
            raise InvalidCondition(
                _("groups go no deeper than %(count)d") % {"count": DEEPEST}, path
            )
        if "field" in document or "op" in document:
            return self._leaf(document, path)
        for name in document:
            if name not in {"all", "any", "not"}:
                raise InvalidCondition(
                    _("a group has “all”, “any” and “not”, a condition “field”, “op” and “value”"),
                    path,
                )
        excluded = None
        if document.get("not") is not None:
            excluded = self.read(document["not"], _below(path, "not"), depth + 1)
        return Condition(
            every=self._parts(document, "all", path, depth),
            some=self._parts(document, "any", path, depth),
            none=excluded,
        )

    def _parts(self, document: Any, name: str, path: str, depth: int) -> list[Condition | Leaf]:
        parts, place = document.get(name, []), _below(path, name)
        if not isinstance(parts, list):
            raise InvalidCondition(_("a list is needed"), place)
        return [self.read(part, f"{place}[{i}]", depth + 1) for i, part in enumerate(parts)]

    def _leaf(self, document: Any, path: str) -> Leaf:
        self._leaves += 1
        if self._leaves > MOST_LEAVES:
            raise InvalidCondition(
                _("there may be at most %(count)d conditions") % {"count": MOST_LEAVES}, path
            )
        if unknown := set(document) - {"field", "op", "value"}:
            raise InvalidCondition(_("unknown key"), _below(path, str(min(unknown, key=str))[:40]))
        name, word = document.get("field"), document.get("op")
        found = self._vocabulary.get(name) if isinstance(name, str) else None
        if found is None:
            raise InvalidCondition(_("there is no such field"), _below(path, "field"))
        operator = operator_of(found.kind, word) if isinstance(word, str) else None
        if operator is None:
            raise InvalidCondition(
                _("this field can be asked: %(operators)s")
                % {"operators": ", ".join(found.operators)},
                _below(path, "op"),
            )
        try:
            value = _value(
                found, operator, document.get("value", True if operator == "set" else None)
            )
        except InvalidCondition as error:
            raise InvalidCondition(error.messages[0], _below(path, "value")) from None
        return Leaf(found, operator, value)


def _value(found: Field, operator: str, value: Any) -> Any:
    if special := _OF_OPERATOR.get(operator):
        return special(value)
    one = found.parse or _OF_KIND[found.kind]
    if operator in _LISTS:
        return values.many(one)(value)
    if operator == "between":
        return values.pair(one)(value)
    return one(value)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _not(found: Q) -> Q:
    """ "Not (everything)" is nothing, which an empty Q cannot say."""
    return ~found if found else Q(pk__in=[])


def _joined(parts: list[Q], *, every: bool) -> Q:
    """An empty Q means "all rows": it must win an "or", which Django's operator does not let it."""
    if not every and any(not part for part in parts):
        return Q()
    found = Q()
    for part in parts:
        found = (found & part) if every else (found | part)
    return found
