"""Contacts as a table."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from contacts.bulk import bulk_actions
from contacts.table.asking import Asked
from contacts.table.columns import all_columns, cells_of, choose_columns, chosen_columns
from contacts.table.panels import panels_of
from core.conditions.counting import Count, count_rows
from core.http import see_other
from workspaces.permissions import Verb, can, require

FRAME = "contacts_table"


@require_safe
@vary_on_headers("Turbo-Frame")
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of the table, or, for its frame, the table alone."""
    member = request.membership  # type: ignore[attr-defined]
    require(member, Verb.READ_CONTACTS)
    asked = Asked.from_address(request.GET)
    columns = chosen_columns(member)
    page = asked.page(member)
    address = reverse("contacts:index", args=[slug])
    context: dict[str, Any] = {
        "asked": asked,
        "builder": asked.builder,
        "address": address,
        "keep": asked.keep("filter"),
        "kept": asked.keep().items(),
        "heads": [_head(asked, column, address) for column in columns],
        "page": page,
        "rows": cells_of(page.contacts, columns, member),
        "previous": f"{address}?{asked.address(cursor=page.previous)}" if page.previous else "",
        "next": f"{address}?{asked.address(cursor=page.next)}" if page.next else "",
        "count_url": f"{reverse('contacts:count', args=[slug])}?{asked.address('sort')}",
        "conditions_url": _conditions_url(request, asked),
        "actions": bulk_actions(member),
        "can_edit": can(member, Verb.WRITE_CONTACTS),
        "can_import": can(member, Verb.IMPORT_CONTACTS),
        "chosen": [column.name for column in columns],
        "columns": sorted(
            all_columns(member),
            key=lambda column: (
                [each.name for each in columns].index(column.name)
                if column in columns
                else len(columns)
            ),
        ),
        "panels": panels_of(request),
        "is_empty": not page.contacts and not asked.is_narrowed and asked.cursor is None,
    }
    if request.headers.get("Turbo-Frame") == FRAME:
        return render(request, "contacts/_table.html", context)
    # The page says what is wrong and where to put it right, and is a refusal all the same.
    status = 400 if asked.builder.error else 200
    return render(request, "contacts/index.html", context, status=status)


@require_safe
def conditions(request: HttpRequest, slug: str) -> HttpResponse:
    """The filter builder, fetched when somebody opens it."""
    member = request.membership  # type: ignore[attr-defined]
    require(member, Verb.READ_CONTACTS)
    asked = Asked.from_address(request.GET)
    context = {
        "builder": asked.builder,
        "action": reverse("contacts:index", args=[slug]),
        "count": f"{reverse('contacts:count', args=[slug])}?{asked.address('filter', 'sort')}",
        "keep": asked.keep("filter"),
    }
    return render(request, "conditions/panel.html", context)


@require_safe
def count(request: HttpRequest, slug: str) -> HttpResponse:
    """How many contacts a filter finds, as JSON `{words}`, or `{error: {path, words}}`."""
    member = request.membership  # type: ignore[attr-defined]
    require(member, Verb.READ_CONTACTS)
    asked = Asked.from_address(request.GET)
    if error := asked.builder.error:
        return JsonResponse({"error": {"path": error.path, "words": error.messages[0]}})
    return JsonResponse({"words": customers(count_rows(asked.found(member)))})


@require_POST
def columns(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep which columns the member wants, in the order in which they come."""
    member = request.membership  # type: ignore[attr-defined]
    require(member, Verb.READ_CONTACTS)
    is_reset = request.POST.get("reset") == "1"
    choose_columns(member, [] if is_reset else ["name", *request.POST.getlist("columns")])
    asked = Asked.from_address(request.POST)
    return see_other(f"{reverse('contacts:index', args=[slug])}?{asked.address()}")


def _conditions_url(request: HttpRequest, asked: Asked) -> str:
    """With the filter as it came, so that one that cannot be read can be put right."""
    url = reverse("contacts:conditions", args=[request.workspace.slug])  # type: ignore[attr-defined]
    return f"{url}?{asked.address('filter', filter=request.GET.get('filter', ''))}"


def customers(found: Count) -> str:
    """ "1,284 contacts", "about 120,000 contacts"."""
    if not found.is_exact:
        return _("%(number)s contacts") % {"number": found.words}
    words = ngettext("%(number)s contact", "%(number)s contacts", found.number)
    return words % {"number": found.words}


def _head(asked: Asked, column: Any, address: str) -> dict[str, Any]:
    """A column's head: where a click leads, and which way it is sorted now."""
    is_sorted = column.sort and asked.sort.lstrip("-") == column.sort
    is_descending = asked.sort.startswith("-")
    # Names begin with the first letter, times with the latest.
    first, second = (column.sort, f"-{column.sort}")
    if column.sort != "name":
        first, second = second, first
    wanted = second if is_sorted and asked.sort == first else first
    return {
        "column": column,
        "url": f"{address}?{asked.address('sort', sort=wanted)}" if column.sort else "",
        "aria": ("descending" if is_descending else "ascending") if is_sorted else "",
    }
