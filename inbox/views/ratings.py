"""Whether and how customers are asked for a rating: for the workspace, and for single channels."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from channels_connectors.models import Channel
from core.http import invalid, see_other
from inbox.models import RatingRule
from inbox.rating_forms import RatingRuleForm
from inbox.ratings.rules import remove_rating_rule, rule_of, rules, set_rating_rule
from workspaces.permissions import Verb
from workspaces.requests import WorkspaceRequest, allowed


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def all_rules(request: WorkspaceRequest, slug: str) -> HttpResponse:
    """The workspace's rule, and which channels have one of their own."""
    known = rules()
    form = RatingRuleForm(_sent(request), rule=known[None])
    if request.method == "POST" and _is_set(request, form, None):
        return see_other("ratings:index", slug)
    channels = Channel.objects.visible_to(request.membership).exclude(
        status=Channel.Status.DISCONNECTED
    )
    context = {
        "form": form,
        "channels": [(channel, known.get(channel.pk)) for channel in channels.order_by("name")],
    }
    return _shown(request, "inbox/ratings/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allowed(Verb.MANAGE_CHANNELS)
def rule(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """The rule of one channel."""
    channel = _channel(request, channel_id)
    form = RatingRuleForm(_sent(request), rule=rule_of(channel), channel=channel)
    if request.method == "POST" and _is_set(request, form, channel):
        return see_other("channels:channel", slug, channel.pk)
    has_own = RatingRule.objects.filter(channel=channel).exists()
    context = {"channel": channel, "form": form, "has_own": has_own}
    return _shown(request, "inbox/ratings/rule.html", context)


@require_POST
@allowed(Verb.MANAGE_CHANNELS)
def removal(request: WorkspaceRequest, slug: str, channel_id: UUID) -> HttpResponse:
    """Let the workspace's rule apply again."""
    channel = _channel(request, channel_id)
    remove_rating_rule(channel=channel, by=request.membership)
    messages.success(request, _("The workspace’s rule applies again"))
    return see_other("channels:channel", slug, channel.pk)


def _channel(request: WorkspaceRequest, channel_id: UUID) -> Channel:
    found: Channel = get_object_or_404(
        Channel.objects.visible_to(request.membership), pk=channel_id
    )
    return found


def _sent(request: WorkspaceRequest) -> object:
    return request.POST if request.method == "POST" else None


def _is_set(request: WorkspaceRequest, form: RatingRuleForm, channel: Channel | None) -> bool:
    """Whether the rule holds now; what it is refused for goes beside the fields."""
    if not form.is_valid():
        return False
    try:
        set_rating_rule(channel=channel, by=request.membership, **form.values())
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)  # type: ignore[arg-type]
        return False
    messages.success(request, _("The rule is saved"))
    return True


def _shown(request: WorkspaceRequest, template: str, context: dict[str, object]) -> HttpResponse:
    draw = invalid if request.method == "POST" else render
    return draw(request, template, context)
