"""The page of ratings in the settings, and what a channel's page shows of it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import pgettext_lazy

from channels_connectors.models import Channel
from inbox.models import RatingRule
from inbox.panels import register_channel_section
from inbox.ratings.rules import rule_of
from workspaces.permissions import Verb, can
from workspaces.templatetags.workspace_settings import Page, register_settings

MANAGE = Verb.MANAGE_CHANNELS


def channel_section(request: HttpRequest, channel: Channel) -> dict[str, Any] | None:
    """Whether customers of a channel are asked; None for who may not change it."""
    if not can(request.membership, MANAGE):  # type: ignore[attr-defined]
        return None
    has_own = RatingRule.objects.filter(channel=channel).exists()
    return {"channel": channel, "rule": rule_of(channel), "has_own": has_own}


register_settings(
    pgettext_lazy("settings", "Conversations"),
    [Page("ratings:index", pgettext_lazy("settings", "Ratings"), "star", MANAGE, ("rule",))],
)
register_channel_section("inbox/ratings/_of_channel.html", channel_section)
