"""What conditions may speak of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from . import values
from .moments import Moments
from .operators import OF_KIND, Kind
from .queries import plain

Words = str | Promise
Choices = Callable[[], Iterable[tuple[str, Words]]]
# (operator, value, moments) -> the rows for which it holds. Never a negation: those are derived.
Ask = Callable[[str, Any, Moments], Q]


@dataclass(frozen=True)
class Field:
    """One thing that can be asked.

    A plain field names a `path` of the model; another brings `ask`, which gets only positive
    operators (see `operators.NEGATIONS`) and should ask by `Exists`: a join would double the rows,
    so a field of kind "many" must bring it. `parse` checks one value beyond what the kind asks;
    `choices` lists the values that a form offers. `group` is its heading in the builder; what is
    not `is_offered` there, such as an id that nobody can type, is for programs. One that
    `is_single` has one value at most, spelt in one way, so that no row equals two.
    """

    name: str
    label: Words
    kind: Kind
    path: str = ""
    ask: Ask | None = None
    parse: values.Parse | None = None
    choices: Choices | None = None
    group: Words = ""
    is_offered: bool = True
    is_single: bool = False

    @property
    def operators(self) -> tuple[str, ...]:
        return OF_KIND[self.kind]

    def query(self, operator: str, value: Any, moments: Moments) -> Q:
        """The rows for which a positive operator holds."""
        if self.ask is not None:
            return self.ask(operator, value, moments)
        return plain(self.kind, self.path or self.name, operator, value, moments)


Family = Callable[[str], Field | None]
FamilyMembers = Callable[[], Iterable[Field]]


class Vocabulary:
    """The fields of one kind of thing.

    Upper floors add to it what they know of that thing. A family is a set of fields that is known
    only at run time, such as a workspace's own: `fields.city`.
    """

    def __init__(self, *fields: Field) -> None:
        self._fields = {field.name: field for field in fields}
        self._families: dict[str, tuple[Family, FamilyMembers]] = {}

    def add(self, *fields: Field) -> None:
        """Know further fields. Raises ValueError for a name that is taken."""
        for field in fields:
            if self._fields.setdefault(field.name, field) is not field:
                raise ValueError(f"two fields are called {field.name!r}")

    def add_family(self, prefix: str, find: Family, members: FamilyMembers) -> None:
        """Know the fields whose names begin with `prefix` and a dot."""
        self._families[prefix] = (find, members)

    def get(self, name: str) -> Field | None:
        """The field of a name, or None."""
        if field := self._fields.get(name):
            return field
        prefix, dot, rest = name.partition(".")
        if dot and prefix in self._families:
            return self._families[prefix][0](rest)
        return None

    @property
    def plain(self) -> tuple[Field, ...]:
        """The fields that are the same in every workspace: all but those of families."""
        return tuple(self._fields.values())

    def __iter__(self) -> Iterator[Field]:
        yield from self._fields.values()
        for _, members in self._families.values():
            yield from members()
