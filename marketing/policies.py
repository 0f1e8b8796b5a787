"""What a channel's platform asks of those who write to many: told before, not after."""

from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class


def policies_of(channel: Channel) -> list[str]:
    """Sentences for the marketer, by what the channel's connector says it can do."""
    try:
        capabilities = connector_class(channel.kind).capabilities_with(channel.settings)
    except KeyError:
        return [_("This kind of channel is not installed.")]
    found = []
    if not channel.is_connected:
        found.append(_("The channel is not connected now: nothing will be sent by it."))
    found += _whom(capabilities)
    if rate := capabilities.sends_per_second:
        shown = formats.number_format(rate if rate % 1 else int(rate))
        found.append(
            _("Sent not faster than %(rate)s a second; replies go first.") % {"rate": shown}
        )
    if not capabilities.tells_read:
        found.append(_("It does not tell whether a message has arrived or was read."))
    elif not capabilities.tells_delivered:
        found.append(_("It tells that a message was read, but not that it has arrived."))
    return found


def _whom(capabilities: Any) -> list[str]:
    hours = capabilities.window_hours
    if capabilities.templates:
        words = ngettext(
            "Freely only to those who wrote within %(hours)d hour; to all others by a template "
            "that the platform has approved.",
            "Freely only to those who wrote within %(hours)d hours; to all others by a template "
            "that the platform has approved.",
            hours or 24,
        )
        return [
            words % {"hours": hours or 24},
            _(
                "Each message by a template is charged by the platform. How many people a day may "
                "be written to first grows from 250 on; complaints lower it or close the number."
            ),
        ]
    if hours:
        words = ngettext(
            "Only to those who wrote within %(hours)d hour.",
            "Only to those who wrote within %(hours)d hours.",
            hours,
        )
        return [words % {"hours": hours}]
    if capabilities.subject:
        return [
            _("To everybody with an e-mail. Each letter has a link by which one unsubscribes."),
            _("Mail services count complaints: a new address should begin with few letters."),
        ]
    return [_("Only to those who have written here and have not closed the chat.")]
