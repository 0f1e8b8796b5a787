"""The message templates of a channel whose platform approves them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.models import Channel, MessageTemplate
from core.http import invalid, see_other
from inbox import message_templates, template_drafts
from inbox.template_forms import TemplateForm
from inbox.uploads import start_upload
from workspaces import storage
from workspaces.models import Membership
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def index(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """All of them, and a form for one more."""
    channel = _find(channel_id)
    is_sent = request.method == "POST"
    form = TemplateForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    listed = MessageTemplate.objects.filter(channel=channel).order_by("name", "language")
    context = {
        "channel": channel,
        "form": form,
        "templates": [(one, template_drafts.text_of(one)) for one in listed],
    }
    if request.method != "POST":
        return render(request, "channels/templates.html", context)
    if form.is_valid():
        variables = template_drafts.variables_of(form.cleaned_data["body"])
        try:
            values = template_drafts.draft(**form.values(variables))
            _create(channel, values, form.cleaned_data["header_file"], by=request.membership)
        except ValidationError as refusal:
            _refuse(form, refusal)
        else:
            messages.success(request, _("The template is handed in for approval"))
            return see_other("channels:templates", slug, channel.pk)
    return invalid(request, "channels/templates.html", context)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def sync(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Take over what the platform has."""
    channel = _find(channel_id)
    try:
        number = message_templates.sync_templates(channel, by=request.membership)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        words = ngettext("%(number)d template", "%(number)d templates", number)
        messages.success(request, words % {"number": number})
    return see_other("channels:templates", slug, channel.pk)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def deletion(
    request: WorkspaceRequest, slug: str, channel_id: UUID, template_id: UUID
) -> HttpResponse:
    """Delete one there and here."""
    channel = _find(channel_id)
    template = get_object_or_404(
        MessageTemplate.objects.select_related("channel"), pk=template_id, channel=channel
    )
    try:
        message_templates.delete_template(template, by=request.membership)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The template is deleted"))
    return see_other("channels:templates", slug, channel.pk)


def _create(channel: Channel, values: dict[str, Any], file: Any, *, by: Membership) -> None:
    if not file:
        message_templates.create_template(channel, by=by, **values)
        return
    draft = start_upload(file, by=by)
    try:
        message_templates.create_template(channel, by=by, header_file=draft, **values)
    finally:
        # The platform has it now, or nobody needs it.
        storage.absolute(draft.path).unlink(missing_ok=True)
        draft.delete()


def _find(channel_id: UUID) -> Channel:
    found = get_object_or_404(Channel, pk=channel_id)
    if not message_templates.has_templates(found.kind) or not found.is_connected:
        raise Http404
    return found


def _refuse(form: TemplateForm, refusal: ValidationError) -> None:
    errors = getattr(refusal, "error_dict", None) or {None: [refusal]}
    for name, found in errors.items():
        form.add_error(name if name in form.fields else None, found)
