"""Conversations as a table: the third way to see the list, for who looks over many at once."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from contacts.models import Label
from core.conditions.counting import Count, count_rows
from core.http import see_other, turbo_stream
from inbox.filters import Filters
from inbox.models import Conversation, SavedView
from inbox.queues import Queue
from inbox.table import bulk as bulk_actions
from inbox.table import saved
from inbox.table.columns import Column, all_columns, cells_of, choose_columns, chosen_columns
from inbox.views import parts
from workspaces.models import Team
from workspaces.permissions import Verb, can, require

FRAME = "conversations_table"
MOST_LABELS = 300
MOST_REFUSALS = 3


@require_safe
@vary_on_headers("Turbo-Frame", "Accept")
def table(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of the table; for its frame the table alone; `?after=` the rows that follow."""
    require(request.membership, Verb.READ_INBOX)
    context = parts.base(request)
    filters: Filters = context["filters"]
    view = saved.find(request.membership, filters.saved)
    columns = chosen_columns(request.membership, view.columns if view else ())
    if "after" in request.GET:
        context |= parts.more_rows(request, context) | _addresses(slug, filters)
        context["rows"] = cells_of(context["page"].rows, columns, request.membership)
        return turbo_stream(request, "inbox/table/more.html", context)
    context |= parts.queue(request, context) | _addresses(slug, filters)
    context |= {
        "heads": [_head(filters, column, context["table_url"]) for column in columns],
        "rows": cells_of(context["page"].rows, columns, request.membership),
        "columns": _in_order(columns, all_columns(request.membership)),
        "chosen": {column.name for column in columns},
        "more_actions": bulk_actions.offered(request.membership),
        **_saving(request, view),
        "is_changed_view": any(one["is_changed"] for one in context["saved_views"]),
        "can_label": can(request.membership, Verb.WRITE_CONTACTS),
        "kept": filters.keep() | filters.builder.query(),
    }
    if parts.frame_of(request) == FRAME:
        return render(request, "inbox/table/_table.html", context)
    status = 400 if filters.builder.error else 200
    return render(request, "inbox/table/index.html", context, status=status)


@require_safe
def found(request: HttpRequest, slug: str) -> HttpResponse:
    """How many conversations are asked for, as JSON `{words}`, or `{error: {path, words}}`."""
    require(request.membership, Verb.READ_INBOX)
    filters = Filters.from_address(request.GET)
    if error := filters.builder.error:
        return JsonResponse({"error": {"path": error.path, "words": error.messages[0]}})
    asked = Queue(request.membership, filters, parts.visible(request)).found()
    counts = [count_rows(part) for part in asked]
    total = Count(sum(one.number for one in counts), all(one.is_exact for one in counts))
    return JsonResponse({"words": _conversations(total)})


@require_safe
def conditions(request: HttpRequest, slug: str) -> HttpResponse:
    """The filter builder over the list, or with `?at=table` over the table."""
    require(request.membership, Verb.READ_INBOX)
    filters = Filters.from_address(request.GET)
    is_table = request.GET.get("at") == "table"
    kept = filters.address(filter="")
    context = {
        "builder": filters.builder,
        "action": reverse("inbox:table" if is_table else "inbox:index", args=[slug]),
        "count": f"{reverse('inbox:found', args=[slug])}?{kept}",
        "keep": filters.keep(),
        "frame": FRAME if is_table else "queue",
    }
    return render(request, "conditions/panel.html", context)


@require_safe
def bulk_fields(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """Whom conversations can be given to, which labels there are, or what an action of the floors
    above asks for; fetched when somebody opens it."""
    require(request.membership, Verb.WRITE_INBOX)
    context = parts.base(request) | {"name": name}
    action = bulk_actions.find(name, request.membership)
    if action is not None:
        context |= action.context(request) | {"action": action}
    elif name == "label":
        known = Label.objects.order_by("name").values_list("name", flat=True)
        context["labels"] = known[:MOST_LABELS]
    else:
        may_assign = can(request.membership, Verb.ASSIGN_OTHERS)
        context["members"] = parts.writers() if may_assign else [request.membership]
        context["teams"] = Team.objects.order_by("name") if may_assign else []
        context["may_assign"] = may_assign
    return render(request, "inbox/table/_bulk_fields.html", context)


@require_POST
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """Do `action` with the conversations `ids`, or with `all=1` with those that are asked for.

    Without an action they are given to whoever is named, or the field of an action of the floors
    above tells which it is; `take` names one to take.
    """
    require(request.membership, Verb.WRITE_INBOX)
    filters = Filters.from_address(request.POST)
    visible = parts.visible(request)
    action = request.POST.get("action") or bulk_actions.named_by(request.POST)
    if "take" in request.POST:
        action, wanted = "take", Q(pk__in=_ids(request.POST.getlist("take")))
    elif request.POST.get("all") == "1":
        asked = Queue(request.membership, filters, visible).found()
        wanted = Q(pk__in=[])
        for part in asked:
            wanted |= Q(pk__in=part.values("pk"))
    else:
        wanted = Q(pk__in=_ids(request.POST.getlist("ids")))
    done = bulk_actions.carry_out(
        action,
        Conversation.objects.filter(wanted, pk__in=visible.values("pk")),
        request.POST,
        by=request.membership,
    )
    _tell(request, done, is_quiet=action == "take")
    return see_other(f"{reverse('inbox:table', args=[slug])}?{filters.address()}")


def _tell(request: HttpRequest, done: bulk_actions.Done, *, is_quiet: bool) -> None:
    """What was done and what not; of one that is seen on the page only the refusal."""
    words = ngettext(
        "Done with %(count)d conversation", "Done with %(count)d conversations", done.count
    )
    if not is_quiet:
        messages.success(request, words % {"count": done.count})
    for refusal in done.refusals[:MOST_REFUSALS]:
        messages.warning(request, refusal)
    if done.count == bulk_actions.MOST:
        words = _("That many go at a time. Do it again for the rest.")
        messages.warning(request, words)


@require_POST
def columns(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep which columns the member wants, in the order in which they come: in a view that they may
    change for that one, else for themselves."""
    require(request.membership, Verb.READ_INBOX)
    filters = Filters.from_address(request.POST)
    names = None if request.POST.get("reset") == "1" else request.POST.getlist("columns")
    view = saved.find(request.membership, filters.saved)
    if view is not None and saved.may_change(view, request.membership):
        saved.change_view(view, by=request.membership, columns=names or [])
    else:
        choose_columns(request.membership, names)
        filters = replace(filters, saved=None)
    return see_other(f"{reverse('inbox:table', args=[slug])}?{filters.address()}")


def _in_order(chosen: list[Column], known: list[Column]) -> list[Column]:
    """Those that are shown first, from left to right."""
    return [*chosen, *(column for column in known if column not in chosen)]


def _saving(request: HttpRequest, view: SavedView | None) -> dict[str, Any]:
    """What the form that keeps the list as a view is given; `view` is the one that is open."""
    is_changeable = view is not None and saved.may_change(view, request.membership)
    return {
        "open_view": view,
        "may_change_view": is_changeable,
        "teams_to_share_with": saved.teams_to_share_with(request.membership),
        "may_share": can(request.membership, Verb.MANAGE_TEAMS)
        or (view is not None and is_changeable and view.sharing == SavedView.Sharing.EVERYBODY),
    }


def _conversations(found: Count) -> str:
    """ "1,284 conversations", "about 120,000 conversations"."""
    if not found.is_exact:
        return _("%(number)s conversations") % {"number": found.words}
    words = ngettext("%(number)s conversation", "%(number)s conversations", found.number)
    return words % {"number": found.words}


def _ids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[: bulk_actions.MOST]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def _addresses(slug: str, filters: Filters) -> dict[str, Any]:
    address = filters.address()
    url = reverse("inbox:table", args=[slug])
    return {
        "table_url": url,
        "count_url": f"{reverse('inbox:found', args=[slug])}?{address}",
        "conditions_url": f"{reverse('inbox:conditions', args=[slug])}?at=table&{address}",
    }


def _head(filters: Filters, column: Column, url: str) -> dict[str, Any]:
    """A column's head: where a click leads, and which way it is sorted now."""
    key, order = column.sort.removeprefix("-"), filters.sort
    is_sorted = bool(key) and order.removeprefix("-") == key
    wanted = column.sort
    if is_sorted and order == column.sort:
        wanted = key if column.sort.startswith("-") else f"-{key}"
    aria = ""
    if is_sorted:
        # Of moments: whoever has waited longest has the earliest.
        aria = "ascending" if order.startswith("-") else "descending"
        if key == "activity":
            aria = "descending" if order.startswith("-") else "ascending"
    return {
        "column": column,
        "url": f"{url}?{filters.address(sort=wanted)}" if key else "",
        "aria": aria,
    }
