"""What holds for all broadcasts of a workspace."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.http import invalid, see_other
from marketing.actions import set_marketing_settings
from marketing.forms.settings import MarketingSettingsForm
from marketing.limits import room_today, settings_in_scope
from marketing.stop_words import START, STOP
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed

TEMPLATE = "marketing/settings.html"


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.LAUNCH_BROADCASTS)
def settings(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """Quiet hours, how often, how many a day, own words, prices of templates."""
    sent = request.POST if request.method == "POST" else None
    form = MarketingSettingsForm(sent, stored=settings_in_scope())
    context = {
        "form": form,
        "currency": request.workspace.currency,
        "room": room_today(),
        "stop": sorted(STOP),
        "start": sorted(START),
    }
    if request.method != "POST":
        return render(request, TEMPLATE, context)
    if form.is_valid():
        try:
            set_marketing_settings(by=request.membership, **form.values)
        except ValidationError as refusal:
            form.blame(refusal)
        else:
            messages.success(request, _("The settings are saved"))
            return see_other("marketing:settings", slug)
    return invalid(request, TEMPLATE, context)
