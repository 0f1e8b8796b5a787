"""What a table of contacts can show. Upper floors add what they know of a contact.

    register_column(Column("deals_sum", _("Deals"), load=sums_of, cell="crm/_deals_sum_cell.html"))

`load` gets the contacts of one page and gives what each of them has there, in one query: a column
that nobody chose costs nothing.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contacts.models import Contact, TablePreference
from core.conditions.fields import Words
from workspaces.models import Membership
from workspaces.permissions import can

Load = Callable[[Sequence[Contact], Membership], Mapping[UUID, Any]]
# For a spreadsheet: a text, a number, a moment.
Plain = Callable[[Contact, Any], Any]
Shows = Callable[[Contact, Any], Hashable]
TABLE = "contacts"
FIRST = "name"


def _as_it_is(_contact: Contact, value: Any) -> Any:
    return value


def itself(_contact: Contact, value: Any) -> Hashable:
    """A cell that shows its value, which is a text, a number or a moment."""
    return value  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Column:
    """One column. `cell` is the template of its cell, with `contact`, `value` and `slug`.

    `sort` names the orders behind its head, ascending and descending. `verb` is the right that it
    takes to see it; `is_usual` columns are shown until a member chooses. `shows` tells all that a
    cell says beside its language and its day: cells that say the same are drawn once. It may leave
    out nothing that the template names.
    """

    name: str
    label: Words
    load: Load
    cell: str
    plain: Plain = _as_it_is
    shows: Shows | None = None
    sort: str = ""
    verb: str = ""
    is_usual: bool = False
    is_number: bool = False


Family = Callable[[], Iterable[Column]]
_columns: dict[str, Column] = {}
_families: list[Family] = []


def register_column(column: Column) -> None:
    """Offer a column to all members who may see it."""
    if _columns.setdefault(column.name, column) is not column:
        raise ValueError(f"two columns are called {column.name!r}")


def register_columns(family: Family) -> None:
    """Offer columns that are known only at run time, such as a workspace's own fields."""
    _families.append(family)


def all_columns(viewer: Membership) -> list[Column]:
    """Every column that the viewer may choose, in the usual order."""
    return [column for column in _each() if not column.verb or can(viewer, column.verb)]  # type: ignore[arg-type]


def _each() -> Iterator[Column]:
    yield from _columns.values()
    for family in _families:
        yield from family()


def chosen_columns(viewer: Membership) -> list[Column]:
    """What the viewer's table shows; the name is always the first."""
    known = {column.name: column for column in all_columns(viewer)}
    preference = TablePreference.objects.filter(membership=viewer, table=TABLE).first()
    names = (
        preference.columns
        if preference
        else [column.name for column in known.values() if column.is_usual]
    )
    rest = [known[name] for name in dict.fromkeys(names) if name in known and name != FIRST]
    return [known[FIRST], *rest]


def choose_columns(viewer: Membership, names: Sequence[str]) -> None:
    """Keep the viewer's choice; unknown names are left out, none at all means the usual ones."""
    known = {column.name for column in all_columns(viewer)}
    wanted = [name for name in dict.fromkeys(names) if name in known and name != FIRST]
    if not names:
        TablePreference.objects.filter(membership=viewer, table=TABLE).delete()
        return
    TablePreference.objects.update_or_create(
        membership=viewer, table=TABLE, defaults={"columns": wanted}
    )


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any


def cells_of(
    contacts: Sequence[Contact], columns: Sequence[Column], viewer: Membership
) -> list[tuple[Contact, list[Cell]]]:
    """The rows of a page: each contact with its cells."""
    loaded = [(column, column.load(contacts, viewer)) for column in columns]
    return [
        (contact, [Cell(column, values.get(contact.pk)) for column, values in loaded])
        for contact in contacts
    ]
