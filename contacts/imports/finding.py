"""Which contact a row is about: the one with its phone, else with its e-mail.

A row with neither is about the contact of its name that has neither: so the same file twice finds
again what it made.
"""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from contacts.imports.rows import Values
from contacts.models import Contact
from core.postgresql.arrays import texts
from core.postgresql.inserting import select
from workspaces.scope import current_workspace_id

Key = tuple[str, str]

# One array instead of a parameter for each value: a fifth of an import's time went into those.
_OWN: Final = """
    select {column}, id from contacts_contact
    where workspace_id = %(workspace)s and {column} = any(%(asked)s) and {column} <> ''
"""
_FURTHER: Final = """
    select value, contact_id from contacts_contactpoint
    where workspace_id = %(workspace)s and kind = %(kind)s and value = any(%(asked)s)
"""


def keys_of(values: Values) -> list[Key]:
    """What a row can be found by, the surest first."""
    pairs = [("phone", values.phone), ("email", values.email)]
    return [pair for pair in pairs if pair[1]] or [("name", values.name)]


class Known:
    """Contacts by their phones, e-mails and names: those of the rows of one chunk.

    The oldest of several counts. What is written meanwhile is added with `learn`.
    """

    def __init__(self, rows: Sequence[Values]) -> None:
        self._ids: dict[Key, UUID] = {}
        wanted: dict[str, set[str]] = {"phone": set(), "email": set(), "name": set()}
        for values in rows:
            for kind, value in keys_of(values):
                wanted[kind].add(value)
        for kind in ("phone", "email"):
            if wanted[kind]:
                asked = {"asked": texts(list(wanted[kind])), "workspace": current_workspace_id()}
                self._learn_all(kind, select(_OWN.format(column=kind), asked))
                self._learn_all(kind, select(_FURTHER, {**asked, "kind": kind}))
        if wanted["name"]:
            bare = Contact.objects.filter(name__in=wanted["name"], phone="", email="")
            self._learn_all("name", bare.values_list("name", "pk"))

    def _learn_all(self, kind: str, pairs: Iterable[tuple[str, UUID]]) -> None:
        for value, pk in pairs:
            known = self._ids.get((kind, value))
            self._ids[kind, value] = min(known, pk) if known else pk

    def find(self, values: Values) -> UUID | None:
        """The contact that a row is about; None for somebody new."""
        return next((self._ids[key] for key in keys_of(values) if key in self._ids), None)

    def learn(self, values: Values, pk: UUID) -> None:
        """A row has become this contact."""
        for key in keys_of(values):
            self._ids.setdefault(key, pk)

    @property
    def ids(self) -> set[UUID]:
        return set(self._ids.values())
