"""What is done with a report as it stands: a file of it, a name, a time at which it comes."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from rest_framework.exceptions import ValidationError as Unreadable

from analytics.exports.files import file_of
from analytics.exports.writing import FORMATS
from analytics.models import ReportDelivery, SavedReport
from analytics.reports.catalogue import REPORTS
from analytics.saved import actions
from analytics.saved.addresses import address_of
from analytics.views.reports import asked_of, refused, tabs
from core.http import invalid, see_other
from core.serving import attachment
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_safe
def file(request: WorkspaceRequest, slug: str, name: str, file_format: str) -> HttpResponse:
    """The report as a file, with the columns of the page."""
    if file_format not in FORMATS:
        raise Http404
    try:
        asked = asked_of(request, name)
        mine = request.membership.pk if asked.own else None
        made = file_of(asked.report, asked.parameters, file_format, agent_id=mine)
    except Unreadable as error:
        return refused(request, name, error)
    return attachment(made.content, made.name, made.mime)


@require_POST
def save(request: WorkspaceRequest, slug: str, name: str) -> HttpResponse:
    """Keep the report as the page shows it, under a name."""
    parameters = {key: request.POST.get(key, "") for key in actions.KEPT}
    page = reverse("reports:report", args=[slug, name])
    try:
        saved = actions.save_report(
            by=request.membership,
            report=name,
            name=request.POST.get("name", ""),
            parameters=parameters,
            is_shared=request.POST.get("is_shared") == "yes",
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        asked = {key: value for key, value in parameters.items() if value}
        return see_other(f"{page}?{urlencode(asked)}")
    messages.success(request, _("The report is saved"))
    return see_other(address_of(slug, saved))


@require_safe
def index(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Saved reports, and what comes of them by itself."""
    found = actions.seen_by(request.membership).select_related("membership__user")
    rows = [
        {
            "saved": one,
            "label": REPORTS[one.report].label,
            "address": address_of(slug, one),
            "is_mine": one.membership_id == request.membership.pk,
            "deliveries": list(one.deliveries.order_by("created_at")),
        }
        for one in found.prefetch_related("deliveries")
    ]
    return render(request, "analytics/saved.html", {"rows": rows, "tabs": tabs(request, None)})


@require_POST
def delete(request: WorkspaceRequest, slug: str, saved_id: UUID) -> HttpResponse:
    """Keep it no longer."""
    actions.delete_saved(_find(request, saved_id), by=request.membership)
    messages.success(request, _("The saved report is deleted"))
    return see_other("reports:saved", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.READ_REPORTS)
def delivery(
    request: WorkspaceRequest, slug: str, saved_id: UUID, delivery_id: UUID | None = None
) -> HttpResponse:
    """GET: when and to whom a saved report comes. POST: what was chosen."""
    saved = _find(request, saved_id)
    found = None
    if delivery_id is not None:
        found = get_object_or_404(saved.deliveries.all(), pk=delivery_id)
    errors: list[str] = []
    if request.method == "POST":
        try:
            _set(request, saved, found)
        except ValidationError as refusal:
            errors = refusal.messages
        else:
            messages.success(request, _("The report will come by itself"))
            return see_other("reports:saved", slug)
    members = [one for one in _members() if actions.may_get(one, saved)]
    chosen = {str(request.membership.pk)}
    if request.method == "POST":
        chosen = set(request.POST.getlist("recipients"))
    elif found is not None:
        chosen = {str(one) for one in found.recipients.values_list("pk", flat=True)}
    context = {
        "saved": saved,
        "delivery": found or ReportDelivery(hour=9, day=1, frequency="weekly"),
        "members": [(one, str(one.pk) in chosen) for one in members],
        "frequencies": ReportDelivery.Frequency.choices,
        "formats": ReportDelivery.Format.choices,
        "hours": range(24),
        "days": range(1, 29),
        "chats": _chats(request),
        "errors": errors,
        "tabs": tabs(request, None),
    }
    if errors:
        return invalid(request, "analytics/delivery.html", context)
    return render(request, "analytics/delivery.html", context)


@require_POST
@allowed(Verb.READ_REPORTS)
def delivery_deed(
    request: WorkspaceRequest, slug: str, saved_id: UUID, delivery_id: UUID
) -> HttpResponse:
    """Pause it, have it come again, or end it."""
    found = get_object_or_404(_find(request, saved_id).deliveries.all(), pk=delivery_id)
    deed = request.POST.get("deed")
    if deed == "delete":
        found.delete()
    else:
        actions.pause_delivery(found, by=request.membership, is_paused=deed == "pause")
    return see_other("reports:saved", slug)


def _find(request: WorkspaceRequest, saved_id: UUID) -> SavedReport:
    found: SavedReport = get_object_or_404(actions.seen_by(request.membership), pk=saved_id)
    return found


def _members() -> list[Membership]:
    return sorted(Membership.objects.active().with_user(), key=lambda one: one.name)


def _chats(request: WorkspaceRequest) -> list[Conversation]:
    """Groups that a bot of ours is in: where colleagues talk to each other."""
    found = Conversation.objects.visible_to(request.membership).filter(identity__is_group=True)
    return list(found.select_related("contact", "channel").order_by("contact__name")[:100])


def _set(
    request: WorkspaceRequest, saved: SavedReport, found: ReportDelivery | None
) -> ReportDelivery:
    chat = request.POST.get("conversation", "")
    frequency = request.POST.get("frequency", "")
    day = "weekday" if frequency == ReportDelivery.Frequency.WEEKLY else "day"
    return actions.set_delivery(
        saved,
        by=request.membership,
        frequency=frequency,
        day=_number(request.POST.get(day)),
        hour=_number(request.POST.get("hour")),
        file_format=request.POST.get("format", ""),
        recipients=[_uuid(one) for one in request.POST.getlist("recipients")],
        conversation=next((one for one in _chats(request) if str(one.pk) == chat), None),
        delivery=found,
    )


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 4 else 1


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError({"recipients": _("No such member.")}) from None
