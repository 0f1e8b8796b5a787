"""The pages of sales in the settings, and what a channel's page shows of its deals."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels_connectors.models import Channel
from crm.models import DealRule
from crm.rules import rule_of
from inbox.panels import register_channel_section
from workspaces.permissions import Verb, can
from workspaces.templatetags.workspace_settings import Page, register_settings

MANAGE = Verb.MANAGE_PIPELINES


def channel_section(request: HttpRequest, channel: Channel) -> dict[str, Any] | None:
    """By which rule deals come from a channel; None for who may not change it."""
    viewer = request.membership  # type: ignore[attr-defined]
    if not can(viewer, MANAGE):
        return None
    has_own = DealRule.objects.filter(channel=channel).exists()
    return {"channel": channel, "rule": rule_of(channel), "has_own": has_own}


register_settings(
    pgettext_lazy("settings", "Sales"),
    [
        Page("sales:pipelines", _("Pipelines"), "board", MANAGE, ("pipeline", "stages", "stage")),
        Page("sales:reasons", _("Reasons for a loss"), "x", MANAGE, ("reason",)),
        Page("sales:products", _("Products"), "bag", MANAGE, ("product",)),
        Page("sales:rules", _("Deals from conversations"), "bolt", MANAGE, ("rule",)),
        Page("sales:books", _("Closed periods"), "lock", MANAGE),
    ],
)
register_channel_section("crm/settings/_of_channel.html", channel_section)
