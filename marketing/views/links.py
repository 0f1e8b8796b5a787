"""Addresses of ours in broadcasts. Whoever has one was sent it: no log-in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from marketing import clicks, links, stop_words
from marketing.models import BroadcastRecipient
from workspaces.scope import workspace_scope


@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Lead on to where the broadcast's author wanted, and nowhere else."""
    by_machine = request.method == "HEAD" or clicks.is_machine(
        request.headers.get("User-Agent", "")
    )
    target = clicks.follow(token, by_machine=by_machine)
    if target is None:
        raise Http404
    response = HttpResponse(status=302)
    response["Location"] = target
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
def short_link(request: HttpRequest, key: str) -> HttpResponse:
    """A link of the link builder: counted unless a machine asks, and on to where it leads."""
    by_machine = request.method == "HEAD" or clicks.is_machine(
        request.headers.get("User-Agent", "")
    )
    target = clicks.follow_short(key, by_machine=by_machine)
    if not target:
        raise Http404
    response = HttpResponse(status=302)
    response["Location"] = target
    response["X-Robots-Tag"] = "noindex"
    return response


# A mail program's button posts here without a page of ours before (RFC 8058).
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and with POST take the consent back. Opening the address alone does nothing: filters
    open every address of a letter."""
    opened = links.opened(token)
    if opened is None or opened[1] != links.UNSUBSCRIBE:
        raise Http404
    workspace_id = clicks.workspace_of(opened[0])
    if workspace_id is None:
        raise Http404
    with workspace_scope(workspace_id):
        recipient = (
            BroadcastRecipient.objects.filter(pk=opened[0])
            .select_related("contact", "workspace")
            .first()
        )
        if recipient is None:
            raise Http404
        if request.method == "POST":
            stop_words.withdraw(recipient, detail="List-Unsubscribe")
        language = recipient.contact.language or recipient.workspace.language
        with translation.override(language):
            context = {"company": recipient.workspace.name, "is_done": request.method == "POST"}
            return render(request, "marketing/unsubscribe.html", context)
