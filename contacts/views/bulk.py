"""One action on many contacts: what it needs is asked for, then it is a job."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from contacts import jobs
from contacts.bulk import bulk_action
from contacts.bulk.registry import BulkAction
from contacts.bulk.selecting import selected, selection_of
from contacts.models import Job
from contacts.views.table import customers
from core.conditions.counting import count_rows
from core.http import invalid, see_other
from workspaces.permissions import require


@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("Turbo-Frame")
def bulk(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """GET: the form of an action for the contacts that the address names. POST: have it done."""
    member = request.membership  # type: ignore[attr-defined]
    action = bulk_action(name)
    if action is None:
        raise Http404
    require(member, action.verb)
    parameters = request.POST if request.method == "POST" else request.GET
    selection = selection_of(parameters)
    try:
        count = count_rows(selected(selection, member))
    except jobs.Refused as error:
        return invalid(request, "contacts/bulk.html", {"action": action, "error": str(error)})
    form = action.form(request.POST if request.method == "POST" else None, viewer=member)
    context = _context(action, form, selection, customers(count), count.number)
    if request.method != "POST":
        return render(request, "contacts/bulk.html", context)
    if not form.is_valid() or not count.number:
        return invalid(request, "contacts/bulk.html", context)
    job = Job(
        kind=action.kind,
        settings={**form.settings(), "selection": selection},
        name=str(action.label)[:200],
        total=count.number,
    )
    jobs.start(job, by=member)
    return see_other("contacts:job", slug, job.pk)


def _context(
    action: BulkAction, form: Any, selection: dict[str, Any], words: str, number: int
) -> dict[str, Any]:
    hidden = (
        [("all", "1"), ("filter", selection["filter"]), ("q", selection["q"])]
        if selection.get("all")
        else [("ids", pk) for pk in selection["ids"]]
    )
    return {
        "action": action,
        "form": form,
        "hidden": hidden,
        "count_words": words,
        "is_nobody": not number,
    }
