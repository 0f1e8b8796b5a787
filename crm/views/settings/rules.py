"""How deals come from conversations: for the workspace, and for single channels."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.models import Channel
from core.http import invalid, see_other
from crm.actions import remove_deal_rule, set_deal_rule
from crm.forms.settings import RuleForm
from crm.models import DealRule
from crm.rules import rule_of, rules
from crm.views.settings.shared import back_to, tried
from workspaces.permissions import Verb, can
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def all_rules(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The workspace's rule, and which channels have one of their own."""
    known = rules()
    if request.method == "POST":
        form = RuleForm(request.POST)
        if form.is_valid() and tried(
            form,
            lambda: set_deal_rule(channel=None, by=request.membership, **form.cleaned_data),
        ):
            messages.success(request, _("The rule is saved"))
            return back_to("rules", slug)
    else:
        form = RuleForm(rule=known[None])
    channels = Channel.objects.visible_to(request.membership).exclude(
        status=Channel.Status.DISCONNECTED
    )
    context = {
        "form": form,
        "channels": [(channel, known.get(channel.pk)) for channel in channels.order_by("name")],
    }
    if request.method == "POST":
        return invalid(request, "crm/settings/rules.html", context)
    return render(request, "crm/settings/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_PIPELINES)
def rule(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """The rule of one channel."""
    channel = get_object_or_404(Channel.objects.visible_to(request.membership), pk=channel_id)
    has_own = DealRule.objects.filter(channel=channel).exists()
    if request.method != "POST":
        form = RuleForm(rule=rule_of(channel))
        context = {"channel": channel, "form": form, "has_own": has_own}
        return render(request, "crm/settings/rule.html", context)
    form = RuleForm(request.POST)
    if form.is_valid() and tried(
        form,
        lambda: set_deal_rule(channel=channel, by=request.membership, **form.cleaned_data),
    ):
        messages.success(request, _("The rule is saved"))
        return _back(request, slug, channel)
    context = {"channel": channel, "form": form, "has_own": has_own}
    return invalid(request, "crm/settings/rule.html", context)


@require_POST
@allowed(Verb.MANAGE_PIPELINES)
def removal(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Let the workspace's rule apply again."""
    channel = get_object_or_404(Channel.objects.visible_to(request.membership), pk=channel_id)
    remove_deal_rule(channel=channel, by=request.membership)
    messages.success(request, _("The workspace’s rule applies again"))
    return _back(request, slug, channel)


def _back(request: WorkspaceRequest, slug: str, channel: Channel) -> HttpResponse:
    """To the channel's page for who may see it."""
    if can(request.membership, Verb.MANAGE_CHANNELS):
        return see_other("channels:channel", slug, channel.pk)
    return back_to("rules", slug)
