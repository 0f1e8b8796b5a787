"""What happens to a conversation: taken, handed over, closed, reopened, read, settled."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core.http import see_other
from inbox.models import Conversation
from inbox.views import parts
from live import presence
from workspaces.models import Membership, Team
from workspaces.permissions import RIGHTS, Verb, require


@require_POST
def acceptance(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Take a new conversation; whoever comes second is told who was first."""
    found = _writable(request, conversation_id)
    if not found.accept(by=request.membership):
        other = Membership.objects.with_user().filter(pk=found.assignee_id).first()
        words = (
            _("%(name)s has already taken this conversation.") % {"name": other.name}
            if other
            else _("This conversation is closed. Reopen it to take it.")
        )
        messages.warning(request, words)
    return _back(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def assignment(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """GET: whom the conversation may be given to. POST: give it to a member, a team or nobody."""
    found = _writable(request, conversation_id)
    if request.method != "POST":
        return _assignment_menu(request, found)
    member = _one(Membership.objects.active().with_user(), request.POST.get("member"))
    team = _one(Team.objects.all(), request.POST.get("team"))
    if member is None and team is None and "nobody" not in request.POST:
        raise Http404
    if member is None or member.id != request.membership.id:
        require(request.membership, Verb.ASSIGN_OTHERS)
    if member is not None and Verb.WRITE_INBOX not in RIGHTS[member.role]:
        raise Http404
    found.assign(to=member, team=team, by=request.membership)
    return _back(request, found)


@require_POST
def closure(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Put the conversation into the archive."""
    found = _writable(request, conversation_id)
    found.close(by=request.membership)
    return _back(request, found)


@require_POST
def reopening(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Take it out again."""
    found = _writable(request, conversation_id)
    found.reopen(by=request.membership)
    return _back(request, found)


@require_POST
def settlement(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """No reply is needed: the clock stops."""
    found = _writable(request, conversation_id)
    found.settle(by=request.membership)
    return _back(request, found)


@require_POST
def reading(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """The browser has shown the conversation's end to the agent."""
    found = _writable(request, conversation_id)
    found.mark_read(by=request.membership)
    return HttpResponse(status=204)


@require_POST
def unreading(request: HttpRequest, slug: str, conversation_id: UUID) -> HttpResponse:
    """Leave the conversation for later: bold again, and off the screen."""
    found = _writable(request, conversation_id)
    found.mark_unread(by=request.membership)
    address = parts.base(request)["address"]
    return see_other(f"{reverse('inbox:index', args=[slug])}?{address}")


def _writable(request: HttpRequest, conversation_id: UUID) -> Conversation:
    found = parts.find(request, conversation_id)
    require(request.membership, Verb.WRITE_INBOX)
    return found


def _back(request: HttpRequest, found: Conversation) -> HttpResponse:
    """To the conversation; the frame that posted gets itself, as it is now.

    A conversation that the change took out of the viewer's sight leads back to the list.
    """
    if not Conversation.objects.visible_to(request.membership).filter(pk=found.pk).exists():
        return see_other("inbox:index", request.workspace.slug)
    return see_other("inbox:conversation", request.workspace.slug, found.id)


def _assignment_menu(request: HttpRequest, found: Conversation) -> HttpResponse:
    online = presence.states(request.workspace.id)
    members = parts.writers()
    for member in members:
        member.is_online = online.get(member.id) == presence.State.ONLINE
    me = request.membership.id
    members.sort(key=lambda one: (one.id != me, not one.is_online))
    context = parts.base(request) | parts.conversation(request, found)
    context |= {"members": members, "teams": Team.objects.order_by("name")}
    return render(request, "inbox/_assignment.html", context)


def _one(rows: object, pk: str | None) -> Membership | Team | None:
    try:
        return rows.filter(pk=UUID(pk or "")).first()  # type: ignore[attr-defined]
    except ValueError:
        return None
