"""{% contact_rows rows %}: the body of the table of contacts.

Fifty rows of eight cells are most of what its page takes; so the frame of a cell is made once for
its column, templates are asked only for cells that say something, and what a cell says is drawn
once and kept.
"""

from collections.abc import Iterable
from typing import Any, Final

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from contacts.models import Contact
from contacts.table.columns import FIRST, Cell, Column
from core.fragment_cache import FragmentCache, locale

register = template.Library()

NOTHING: Final = '<span class="faint">—</span></td>'
ROW: Final = (
    '<tr data-selection-target="row"><td class="contacts-table__tick table__sticky">'
    '<label class="choice"><input type="checkbox" name="ids" value="{}"'
    ' data-selection-target="tick" data-action="click->selection#tick" aria-label="{}">'
    "</label></td>"
)

fragments: Final = FragmentCache(20_000)


@register.simple_tag(takes_context=True)
def contact_rows(
    context: template.Context, rows: Iterable[tuple[Contact, list[Cell]]]
) -> SafeString:
    """Each contact with a tick and its cells; templates of cells get `contact`, `value`, `slug`."""
    select = _("Select: %(name)s")
    slug = context["request"].workspace.slug
    place = f"{slug} {locale()}"
    frames: dict[str, tuple[str, Any]] = {}
    parts: list[str] = []
    for contact, cells in rows:
        words = select % {"name": contact.display_name}
        parts.append(ROW.format(contact.pk, conditional_escape(words)))
        with context.push(contact=contact, slug=slug, files_url=""):
            for cell in cells:
                column = cell.column
                if column.name not in frames:
                    frames[column.name] = _frame(context, column)
                opening, nodes = frames[column.name]
                parts.append(opening)
                if not cell.value and column.name != FIRST:
                    parts.append(NOTHING)
                    continue
                parts.append(_cell(context, contact, cell, nodes, place))
                parts.append("</td>")
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308  of escaped parts


def _cell(context: template.Context, contact: Contact, cell: Cell, nodes: Any, place: str) -> str:
    """What a cell says."""
    if cell.column.shows is None:
        return _draw(context, cell, nodes)
    shows = cell.column.cell, cell.column.shows(contact, cell.value), place
    return fragments.get(shows, _draw, context, cell, nodes)


def _draw(context: template.Context, cell: Cell, nodes: Any) -> str:
    context["value"] = cell.value
    drawn: str = nodes.render(context)
    return drawn


def _frame(context: template.Context, column: Column) -> tuple[str, Any]:
    """How a column's cells begin, and the nodes of their template."""
    css = "is-number" if column.is_number else ""
    if column.name == FIRST:
        css = "table__sticky contacts-table__first"
    opening = format_html('<td class="{}" data-label="{}">', css, column.label)
    found = context.template.engine.get_template(column.cell)  # type: ignore[union-attr]
    return opening, found.nodelist
