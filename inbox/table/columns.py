"""What a table of conversations can show. Upper floors add what they know of a conversation.

    register_column(Column("stage", _("Stage"), load=stages_of, cell="crm/_stage_cell.html"))

`load` gets the rows that are shown and gives what each of them has there, in one query or, with
`memory`, with what another column has read: a column that nobody chose costs nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from contacts.models import TablePreference
from core.conditions.fields import Words
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, can

TABLE: Final = "conversations"


@dataclass
class Rows:
    """The rows of a page, who looks at them, and what columns have read for each other."""

    conversations: Sequence[Conversation]
    viewer: Membership
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def ids(self) -> list[UUID]:
        return [row.pk for row in self.conversations]


Load = Callable[[Rows], Mapping[UUID, Any]]


@dataclass(frozen=True)
class Column:
    """One column. `cell` is the template of its cell, with `row` and `value`.

    `sort` is the order behind its head, and `-sort` the other way round; `order` its usual place
    from the left. `verb` is the right that it takes to see it; `is_usual` columns are shown until
    a member chooses.
    """

    name: str
    label: Words
    load: Load
    cell: str
    order: int
    sort: str = ""
    verb: Verb | None = None
    is_usual: bool = True
    is_number: bool = False


@dataclass(frozen=True)
class Cell:
    column: Column
    value: Any


_columns: dict[str, Column] = {}


def register_column(column: Column) -> None:
    """Offer a column to all members who may see it. Raises ValueError for a name that is taken."""
    if _columns.setdefault(column.name, column) is not column:
        raise ValueError(f"two columns are called {column.name!r}")


def all_columns(viewer: Membership) -> list[Column]:
    """Every column that the viewer may choose, from left to right."""
    known = [one for one in _columns.values() if one.verb is None or can(viewer, one.verb)]
    return sorted(known, key=lambda column: column.order)


def chosen_columns(viewer: Membership, names: Sequence[str] = ()) -> list[Column]:
    """What the viewer's table shows, beside the customer's name: these columns, else their own
    choice, from left to right."""
    known = {column.name: column for column in all_columns(viewer)}
    if not names:
        preference = TablePreference.objects.filter(membership=viewer, table=TABLE).first()
        if preference is None:
            return [column for column in known.values() if column.is_usual]
        names = preference.columns
    return [known[name] for name in dict.fromkeys(names) if name in known]


def choose_columns(viewer: Membership, names: Sequence[str] | None) -> None:
    """Keep the viewer's choice; None goes back to the usual ones, unknown names are left out."""
    if names is None:
        TablePreference.objects.filter(membership=viewer, table=TABLE).delete()
        return
    known = {column.name for column in all_columns(viewer)}
    wanted = [name for name in dict.fromkeys(names) if name in known]
    TablePreference.objects.update_or_create(
        membership=viewer, table=TABLE, defaults={"columns": wanted}
    )


def cells_of(
    conversations: Sequence[Conversation], columns: Sequence[Column], viewer: Membership
) -> list[tuple[Conversation, list[Cell]]]:
    """The rows of a page: each conversation with its cells."""
    rows = Rows(conversations, viewer)
    loaded = [(column, column.load(rows)) for column in columns] if conversations else []
    return [
        (row, [Cell(column, values.get(row.pk)) for column, values in loaded])
        for row in conversations
    ]
