"""Buttons of a message's editor: the formats that some of the channels can show."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from channels_connectors.models import Channel
from channels_connectors.registry import connector_class
from marketing.markup import SIGNS


@dataclass(frozen=True, slots=True)
class Tool:
    """A button: `sign` is put around what is chosen; `key` does so with Ctrl."""

    kind: str
    letter: str | Promise
    label: str | Promise
    key: str = ""

    @property
    def sign(self) -> str:
        return SIGNS[self.kind]


TOOLS: Final = (
    Tool("bold", pgettext_lazy("letter of bold", "B"), _("Bold"), "b"),
    Tool("italic", pgettext_lazy("letter of italic", "I"), _("Italic"), "i"),
    Tool("strikethrough", pgettext_lazy("letter of struck out", "S"), _("Struck out")),
    Tool("code", "</>", _("Code: can be copied with a touch")),
)


@dataclass(frozen=True, slots=True)
class Toolbox:
    """What an editor offers. `plain` are the channels that show words alone."""

    tools: Sequence[Tool]
    links: bool
    plain: Sequence[Channel] = ()


def toolbox(channels: Sequence[Channel]) -> Toolbox:
    """The tools for a text that goes by these channels."""
    formats = {channel: formats_of(channel) for channel in channels}
    known = frozenset().union(*formats.values())
    tools = [tool for tool in TOOLS if tool.kind in known]
    own = {tool.kind for tool in TOOLS}
    plain = [channel for channel, shown in formats.items() if known & own and not shown & own]
    # An address behind words is told in brackets where words cannot hide it.
    return Toolbox(tools, links="text_link" in known, plain=plain)


def formats_of(channel: Channel) -> frozenset[str]:
    """The entity types that survive on a channel; none for a kind that is not installed."""
    return frozenset(getattr(capabilities_of(channel), "formats", ()))


def capabilities_of(channel: Channel) -> Any:
    """What the channel's platform can do; None for a kind that is not installed."""
    try:
        return connector_class(channel.kind).capabilities_with(channel.settings)
    except KeyError:
        return None
