"""Making a segment, and changing one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contacts.models import Contact
from contacts.views.table import customers
from contacts.vocabulary import CONTACTS
from core.conditions.builder import Builder
from core.conditions.counting import count_rows
from core.http import invalid, see_other
from marketing.actions import create_segment, list_from_file, update_segment
from marketing.forms.segments import SegmentForm, UploadForm
from marketing.models import Segment
from marketing.shares import shares_of
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed
from workspaces.zones import moments

FORM = "marketing/segments/form.html"
UPLOAD = "marketing/segments/upload.html"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_SEGMENTS)
def new(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A segment by conditions; `?filter=` gives those to begin with."""
    if request.method != "POST":
        form = SegmentForm(asked=Builder.from_address(request.GET, CONTACTS))
        return render(request, FORM, _context(request, form))
    form = SegmentForm(request.POST)
    if form.is_valid():
        try:
            made = create_segment(by=request.membership, **form.values)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("The segment is saved"))
            return see_other("segments:segment", slug, made.pk)
    return invalid(request, FORM, _context(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_SEGMENTS)
def edit(request: WorkspaceRequest, slug: str, segment_id: UUID) -> HttpResponse:
    """Another name, other conditions, or a list of whoever fulfils them now."""
    segment = find(request, segment_id)
    form = SegmentForm(request.POST if request.method == "POST" else None, segment=segment)
    if request.method != "POST":
        return render(request, FORM, _context(request, form, segment))
    if form.is_valid():
        try:
            update_segment(segment, by=request.membership, **form.values)
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            messages.success(request, _("The segment is saved"))
            return see_other("segments:segment", slug, segment.pk)
    return invalid(request, FORM, _context(request, form, segment))


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.WRITE_SEGMENTS)
def upload(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """A list from a file, and which of its lines name nobody."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, UPLOAD, {"slug": slug, "form": form})
    if form.is_valid():
        try:
            segment, matched = list_from_file(
                name=form.cleaned_data["name"].strip(),
                content=form.cleaned_data["file"].read(),
                by=request.membership,
            )
        except ValidationError as refusal:
            form.add_error("file", refusal.messages)
        else:
            if not matched.unmatched_count:
                messages.success(request, _("Everybody in the file is found"))
                return see_other("segments:segment", slug, segment.pk)
            context = {"slug": slug, "segment": segment, "matched": matched}
            return render(request, "marketing/segments/uploaded.html", context, status=201)
    return invalid(request, UPLOAD, {"slug": slug, "form": form})


@require_safe
@allowed(Verb.READ_SEGMENTS)
def count(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """How many fulfil `?filter=`, as JSON `{words}` or `{error: {path, words}}`."""
    builder = Builder.from_address(request.GET, CONTACTS)
    if builder.error is not None:
        error = {"path": builder.error.path, "words": builder.error.messages[0]}
        return JsonResponse({"error": error})
    return JsonResponse({"words": customers(count_rows(_asked(request, builder)))})


@require_safe
@allowed(Verb.READ_SEGMENTS)
def reach(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """On which channels those who fulfil `?filter=` can be written to, and why the others not."""
    builder = Builder.from_address(request.GET, CONTACTS)
    shares = None if builder.error is not None else shares_of(_asked(request, builder))
    return render(request, "marketing/segments/reach.html", {"shares": shares})


def find(request: WorkspaceRequest, segment_id: UUID) -> Segment:
    """A segment that the member may see. Raises `Http404`."""
    seen = Segment.objects.visible_to(request.membership).listed()
    found: Segment = get_object_or_404(seen, pk=segment_id)
    return found


def _asked(request: WorkspaceRequest, builder: Builder) -> Any:
    seen = Contact.objects.visible_to(request.membership)
    return seen.filter(builder.condition.q(moments()))


def _context(
    request: WorkspaceRequest, form: SegmentForm, segment: Segment | None = None
) -> dict[str, Any]:
    slug = request.workspace.slug
    return {
        "slug": slug,
        "form": form,
        "segment": segment,
        "count_url": reverse("segments:count", args=[slug]),
        "reach_url": reverse("segments:reach", args=[slug]),
    }
