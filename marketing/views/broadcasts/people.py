"""Those behind a figure of a broadcast, and files of them."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from channels_connectors.models import Channel
from core.http import see_other
from crm.models import Deal
from marketing.models import Broadcast, Series
from marketing.reporting import money
from marketing.reporting.exporting import export_recipients
from marketing.reporting.figures import LABELS
from marketing.reporting.people import Narrowed, with_conversations
from marketing.reporting.summary import recipients_of
from marketing.reporting.words import words_of
from marketing.views.broadcasts.report import found
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed

PAGE = 50
FORMATS = ("xlsx", "csv")
OF_DEALS = {"deals": money.opened, "orders": money.won}


@require_safe
@allowed(Verb.READ_BROADCASTS)
def people(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """A page of the people, or of the deals, behind a figure."""
    one = found(request, broadcast_id)
    return people_page(
        request,
        one,
        here=reverse("broadcasts:people", args=[slug, one.pk]),
        back=reverse("broadcasts:broadcast", args=[slug, one.pk]),
        export_url=reverse("broadcasts:people-export", args=[slug, one.pk]),
    )


@require_POST
@allowed(Verb.EXPORT_CONTACTS)
def export(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """Have a file written of them."""
    one = found(request, broadcast_id)
    back = reverse("broadcasts:broadcast", args=[slug, one.pk])
    return start_export(request, one, back)


def people_page(
    request: WorkspaceRequest,
    broadcast: Broadcast,
    *,
    here: str,
    back: str,
    export_url: str,
    series: Series | None = None,
) -> HttpResponse:
    """The table for a broadcast, or for a step of a series."""
    context: dict[str, Any] = {
        "slug": request.workspace.slug,
        "name": broadcast.name,
        "broadcast": broadcast,
        "series": series,
        "here": here,
        "back": back,
        "export_url": export_url,
    }
    if (asked := str(request.GET.get("figure"))) in OF_DEALS:
        return deals_page(request, recipients_of(broadcast), asked, context)
    narrowed = Narrowed.from_address(request.GET)
    recipients = with_conversations(narrowed.of(recipients_of(broadcast))).order_by("pk")
    page = Paginator(recipients, PAGE).get_page(request.GET.get("page"))
    channels = recipients_of(broadcast).exclude(channel=None).values("channel")
    context |= {
        "narrowed": narrowed,
        "page": page,
        "reason_words": words_of(narrowed.reason),
        "figures": [
            (name, label, narrowed.address(figure=name, reason=""))
            for name, label in LABELS.items()
        ],
        "channels": Channel.objects.filter(pk__in=channels).defer("credentials").order_by("name"),
        "variants": [str(variant["key"]) for variant in broadcast.variants],
        "previous": narrowed.address(page=page.number - 1) if page.has_previous() else "",
        "next": narrowed.address(page=page.number + 1) if page.has_next() else "",
        "formats": FORMATS,
        "can_export": can(request.membership, Verb.EXPORT_CONTACTS),
    }
    return render(request, "marketing/broadcasts/people.html", context)


def start_export(request: WorkspaceRequest, broadcast: Broadcast, back: str) -> HttpResponse:
    """A job for what the form asks; the job's page tells how far it is."""
    form = str(request.POST.get("format"))
    job = export_recipients(
        [broadcast],
        Narrowed.from_address(request.POST),
        name=broadcast.name,
        form=form if form in FORMATS else "xlsx",
        back=back,
        by=request.membership,
    )
    return see_other("contacts:job", request.workspace.slug, job.pk)


def deals_page(
    request: WorkspaceRequest, recipients: Any, asked: str, context: dict[str, Any]
) -> HttpResponse:
    """The deals behind `asked`, "deals" or "orders", of those who got messages. The context says
    `name`, `here` and `back`."""
    days = money.window_of(request.GET.get("days"))
    deals = OF_DEALS[asked](recipients, days)
    visible = Deal.objects.visible_to(request.membership)
    rows = deals.select_related("contact", "stage").order_by("-created_at", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    seen = set(
        visible.filter(pk__in=[deal.pk for deal in page.object_list]).values_list("pk", flat=True)
    )
    context |= {
        "page": page,
        "rows": [(deal, deal.pk in seen) for deal in page.object_list],
        "asked": asked,
        "days": days,
    }
    return render(request, "marketing/broadcasts/deals.html", context)
