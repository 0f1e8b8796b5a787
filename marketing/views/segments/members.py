"""Who is in a segment, and what can be done with it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contacts.table.asking import Asked
from contacts.table.columns import cells_of, chosen_columns
from core.conditions import InvalidCondition, Moments
from core.http import see_other
from inbox.models import Conversation
from marketing.actions import delete_segment, update_segment
from marketing.actions.segments import count_segment
from marketing.audience import members_of
from marketing.forms.segments import builder_of
from marketing.membership import segments_of
from marketing.models import Segment
from marketing.views.segments.editing import find
from workspaces.permissions import Verb, can, require
from workspaces.requests import WorkspaceRequest, allowed


@dataclass
class AskedMembers(Asked):
    """The table of contacts, of one segment's people."""

    segment: Segment | None = None

    def condition(self, moments: Moments) -> Q:
        """Of the segment besides. Raises InvalidCondition for one that cannot be read any more."""
        asked = super().condition(moments)
        return asked & members_of(self.segment) if self.segment else asked


@require_safe
@allowed(Verb.READ_SEGMENTS)
def segment(request: WorkspaceRequest, slug: str, segment_id: UUID) -> HttpResponse:
    """What it asks, how many there are, and a page of them."""
    found = find(request, segment_id)
    member = request.membership
    require(member, Verb.READ_CONTACTS)
    asked = AskedMembers.from_address(request.GET)
    asked.segment = found
    columns = chosen_columns(member)
    address = reverse("segments:segment", args=[slug, found.pk])
    context: dict[str, Any] = {
        "slug": slug,
        "segment": found,
        "asked": asked,
        "address": address,
        "columns": columns,
        "builder": builder_of(found.conditions),
        "uses": list(found.broadcasts.order_by("-created_at")[:10]),
        "can_write": can(member, Verb.WRITE_SEGMENTS),
        "can_broadcast": can(member, Verb.WRITE_BROADCASTS),
    }
    try:
        page = asked.page(member)
    except InvalidCondition as error:
        return render(request, "marketing/segments/segment.html", context | {"error": error})
    if found.count is None and not asked.query:
        count_segment(found)
    context |= {
        "rows": cells_of(page.contacts, columns, member),
        "previous": f"{address}?{asked.address(cursor=page.previous)}" if page.previous else "",
        "next": f"{address}?{asked.address(cursor=page.next)}" if page.next else "",
    }
    return render(request, "marketing/segments/segment.html", context)


@require_POST
@allowed(Verb.READ_SEGMENTS)
def recount(request: WorkspaceRequest, slug: str, segment_id: UUID) -> HttpResponse:
    """Count it now."""
    count_segment(find(request, segment_id))
    return see_other("segments:segment", slug, segment_id)


@require_POST
@allowed(Verb.WRITE_SEGMENTS)
def freezing(request: WorkspaceRequest, slug: str, segment_id: UUID) -> HttpResponse:
    """Make it a list of whoever is in it now."""
    update_segment(find(request, segment_id), by=request.membership, is_frozen=True)
    messages.success(request, _("The list stays as it is now"))
    return see_other("segments:segment", slug, segment_id)


@require_POST
@allowed(Verb.WRITE_SEGMENTS)
def deletion(request: WorkspaceRequest, slug: str, segment_id: UUID) -> HttpResponse:
    """Delete it, unless something goes by it."""
    found = find(request, segment_id)
    try:
        delete_segment(found, by=request.membership)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return see_other("segments:segment", slug, segment_id)
    messages.success(request, _("The segment is deleted"))
    return see_other("segments:index", slug)


@require_safe
@allowed(Verb.READ_SEGMENTS)
def of_conversation(request: WorkspaceRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """The segments of a conversation's customer, for its card."""
    seen = Conversation.objects.visible_to(request.membership).select_related("contact")
    conversation = get_object_or_404(seen, pk=conversation_id)
    context = {"slug": slug, "segments": segments_of(conversation.contact)}
    return render(request, "marketing/segments/card.html", context)
