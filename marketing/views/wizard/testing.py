"""Sending the message to oneself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from inbox.models import Conversation
from marketing.actions import send_test
from marketing.models import Broadcast
from marketing.views.wizard.shared import draft, steps
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

TEMPLATE = "marketing/wizard/test.html"
# The chats to which this person sent a test last, by channel.
REMEMBERED = "broadcast_tests"
MOST = 12


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.LAUNCH_BROADCASTS)
def test(request: WorkspaceRequest, slug: str, broadcast_id: UUID) -> HttpResponse:
    """GET: one's own chats, or those that `?q=` finds. POST: send to one of them."""
    broadcast = draft(request, broadcast_id)
    if request.method != "POST":
        return render(request, TEMPLATE, _context(request, broadcast))
    wanted = _uuid(request.POST.get("conversation"))
    conversation = get_object_or_404(_conversations(request, broadcast), pk=wanted)
    variant = str(request.POST.get("variant") or "")
    try:
        send_test(broadcast, conversation, by=request.membership, variant=variant)
    except ValidationError as refusal:
        context = _context(request, broadcast) | {"error": " ".join(refusal.messages)}
        return invalid(request, TEMPLATE, context)
    known = {**request.session.get(REMEMBERED, {}), str(conversation.channel_id): str(wanted)}
    request.session[REMEMBERED] = known
    messages.success(request, _("Sent. Look at your phone."))
    return see_other("broadcasts:message", slug, broadcast.pk)


def _conversations(request: WorkspaceRequest, broadcast: Broadcast) -> Any:
    seen = Conversation.objects.visible_to(request.membership)
    return seen.filter(channel__in=broadcast.channels).select_related("contact", "channel")


def _context(request: WorkspaceRequest, broadcast: Broadcast) -> dict[str, Any]:
    query = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = _conversations(request, broadcast)
    if query:
        words = Q(contact__name__icontains=query) | Q(contact__email__icontains=query)
        found = found.filter(words | Q(contact__phone__contains=query))
    else:
        remembered = [_uuid(pk) for pk in request.session.get(REMEMBERED, {}).values()]
        found = found.filter(
            Q(pk__in=[pk for pk in remembered if pk]) | Q(contact__email__iexact=request.user.email)
        )
    slug = request.workspace.slug
    return {
        "slug": slug,
        "broadcast": broadcast,
        "steps": steps(slug, "message", broadcast),
        "query": query,
        "conversations": list(found.order_by("-last_activity_at")[:MOST]),
        "variants": [str(variant["key"]) for variant in broadcast.variants],
    }


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text or ""))
    except ValueError:
        return None
