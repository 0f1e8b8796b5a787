"""The admin's page with the look and the words of one widget."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels_connectors.models import Channel
from core.http import invalid, see_other
from inbox.connections import update_channel
from livechat.appearance import Appearance
from livechat.forms import AppearanceForm
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def edit(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Show and change it; open pages of the shop take it over within a minute."""
    channel = get_object_or_404(Channel, pk=channel_id, kind="livechat")
    look = Appearance.of(channel.settings)
    if request.method != "POST":
        form = AppearanceForm(look=look)
        return render(request, "livechat/settings.html", {"channel": channel, "form": form})
    form = AppearanceForm(request.POST, look=look)
    if form.is_valid():
        try:
            update_channel(channel, by=request.membership, settings=form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("The chat is saved"))
            return see_other("channels:channel", slug, channel.pk)
    return invalid(request, "livechat/settings.html", {"channel": channel, "form": form})
