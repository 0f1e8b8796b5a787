"""Asking by a template where the platform takes nothing else any more: outside of its window."""

from typing import Any

from django.db.models import QuerySet

from channels_connectors.models import Channel, MessageTemplate
from inbox import outgoing
from inbox.message_templates import has_templates
from inbox.models import Conversation, RatingRule
from inbox.template_layouts import layout_of
from inbox.windows import window_of
from workspaces.zones import workspace_in_scope


def choices_for(channel: Channel | None) -> list[str]:
    """Names of the templates that a rule may ask by: the channel's, or with None those of all."""
    found = _approved() if channel is None else _approved().filter(channel=channel)
    fitting = {
        one.name for one in found.exclude(channel__status="disconnected") if _asks_alone(one)
    }
    return sorted(fitting)


def may_have(channel: Channel | None) -> bool:
    """Whether a rule's channels know templates at all."""
    if channel is not None:
        return has_templates(channel.kind)
    kinds = Channel.objects.exclude(status="disconnected").values_list("kind", flat=True)
    return any(has_templates(kind) for kind in kinds.distinct())


def instead_of_words(conversation: Conversation, rule: RatingRule) -> dict[str, Any] | None:
    """The payload of the rule's template in the customer's language, else the company's, else the
    one that there is; None where words may be sent, or where there is no such template."""
    capabilities = outgoing.capabilities_of(conversation.channel)
    if not rule.template or not capabilities.templates:
        return None
    window = window_of(conversation, capabilities)
    if window is None or window.is_open:
        return None
    known = _approved().filter(channel=conversation.channel, name=rule.template)
    fitting = [one for one in known.order_by("language") if _asks_alone(one)]
    wanted = [_short(conversation.contact.language), workspace_in_scope().language]
    order = [*(one for code in wanted for one in fitting if _short(one.language) == code), *fitting]
    return {"template": {"name": order[0].name, "language": order[0].language}} if order else None


def _approved() -> QuerySet[MessageTemplate]:
    return MessageTemplate.objects.filter(status=MessageTemplate.Status.APPROVED)


def _asks_alone(template: MessageTemplate) -> bool:
    """Whether it needs nothing filled in. Codes to log in by ask nobody how it was."""
    layout = layout_of(template)
    asked = [*layout.header.names, *layout.body.names, *layout.variable_buttons]
    is_code = template.category == MessageTemplate.Category.AUTHENTICATION
    return not asked and not layout.media and not is_code


def _short(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()
