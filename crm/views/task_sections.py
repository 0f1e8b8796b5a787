"""Tasks beside what they are about: on the card of a conversation, of a contact, of a deal."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from contacts.models import Contact
from core.http import see_other
from crm.actions import complete_all
from crm.models import Deal, Task
from crm.views.task_places import editing, shared
from inbox.models import Conversation
from workspaces.permissions import Verb, require
from workspaces.requests import WorkspaceRequest

MOST = 20
MOST_DONE = 3


@require_http_methods(["GET", "HEAD", "POST"])
def of_contact(request: WorkspaceRequest, slug: str, contact_id: UUID) -> HttpResponse:
    """Whatever is to do for a customer. POST completes all of it."""
    contact = get_object_or_404(Contact.objects.visible_to(request.membership), pk=contact_id)
    return _section(
        request,
        "of-contact",
        contact,
        Task.objects.filter(contact=contact),
        about={"contact": contact.pk},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def of_conversation(request: WorkspaceRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Whatever is to do for the customer of a conversation; new ones are of the conversation."""
    found = get_object_or_404(
        Conversation.objects.visible_to(request.membership), pk=conversation_id
    )
    return _section(
        request,
        "of-conversation",
        found,
        Task.objects.filter(contact_id=found.contact_id),
        about={"conversation": found.pk},
        is_closed=found.status == Conversation.Status.CLOSED,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def of_deal(request: WorkspaceRequest, slug: str, deal_id: UUID) -> HttpResponse:
    """What is to do for a deal. A deal that is closed asks what becomes of it."""
    deal = get_object_or_404(Deal.objects.visible_to(request.membership), pk=deal_id)
    return _section(
        request,
        "of-deal",
        deal,
        Task.objects.filter(deal=deal),
        about={"deal": deal.pk},
        is_closed=deal.status != Deal.Status.OPEN,
    )


def _section(
    request: WorkspaceRequest,
    name: str,
    thing: Any,
    tasks: Any,
    *,
    about: dict[str, Any],
    is_closed: bool = False,
) -> HttpResponse:
    require(request.membership, Verb.READ_DEALS)
    here = reverse(f"tasks:{name}", args=[request.workspace.slug, thing.pk])
    seen = tasks.visible_to(request.membership)
    if request.method == "POST":
        require(request.membership, Verb.WRITE_DEALS)
        complete_all(seen, by=request.membership)
        return see_other(here)
    open_tasks = list(seen.to_do().by_due().for_list()[:MOST])
    context = {
        "name": name,
        "frame": "card_tasks" if name == "of-conversation" else f"tasks_{thing.pk}",
        "open_tasks": open_tasks,
        "done_tasks": list(seen.done().latest_done().for_list()[:MOST_DONE]),
        "about": about,
        "is_closed": is_closed,
        **shared(request, here),
        **editing(request, open_tasks),
    }
    return render(request, "crm/tasks/_section.html", context)
