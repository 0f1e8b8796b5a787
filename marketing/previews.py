"""What one contact would get of a broadcast, as they will see it."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels_connectors.models import Channel, MessageTemplate
from channels_connectors.registry import connector_class
from channels_connectors.types import Capabilities
from contacts.models import Contact
from inbox import rich_text, template_layouts
from marketing import reach
from marketing.checks import words_for
from marketing.formatting import Words, fitting
from marketing.models import Broadcast
from marketing.wording import STOP_LINE, MissingValue, filled, filled_in, filled_words
from workspaces.zones import workspace_in_scope


@dataclass
class Preview:
    """A message. `problem` says why this contact would get none; `template` is what was asked of
    the platform's template, `labels` are the words on its buttons."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    subject: str = ""
    way_out: str = ""
    buttons: list[list[dict[str, Any]]] = field(default_factory=list)
    template: dict[str, Any] | None = None
    labels: list[str] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    problem: str = ""

    @property
    def html(self) -> SafeString:
        """The text with its formatting, safe."""
        return rich_text.render(self.text, self.entities)


def preview(
    broadcast: Broadcast, channel: Channel, contact: Contact, *, variant: str = ""
) -> Preview:
    """The words for one contact on one channel. Does not raise: see `problem`."""
    capabilities = connector_class(channel.kind).capabilities_with(channel.settings)
    try:
        return _made(broadcast, channel, contact, capabilities, variant)
    except MissingValue as missing:
        words = _(reach.WORDS["missing_value"]) % {"name": missing.name}
        return Preview(problem=words)
    except ValidationError as error:
        return Preview(problem=error.messages[0])


def _made(
    broadcast: Broadcast,
    channel: Channel,
    contact: Contact,
    capabilities: Capabilities,
    variant: str,
) -> Preview:
    made = Preview(files=list(broadcast.files))
    template = _template(broadcast, channel) if capabilities.templates else None
    if template is not None:
        made.template = filled_in(broadcast.template or {}, contact)
        payload, made.text = template_layouts.fill(template, made.template or {})
        made.labels = [label for label in payload["labels"] if label]
        return made
    own = words_for(broadcast, variant, channel.pk, channel.kind)
    words: Words = fitting(filled_words(own, contact), capabilities.formats)
    made.text, made.entities = words.text, list(words.entities)
    if broadcast.buttons and capabilities.buttons:
        rows = filled_in(broadcast.buttons, contact)
        fit = [[b for b in row if b["action"] in capabilities.buttons] for row in rows]
        made.buttons = [row for row in fit if row]
    with translation.override(contact.language or workspace_in_scope().language):
        if capabilities.subject:
            made.subject = filled(broadcast.subject, contact)
            made.way_out = _("Unsubscribe")
        elif broadcast.adds_stop_line:
            made.text = "\n\n".join([made.text, _(STOP_LINE)])
    return made


def _template(broadcast: Broadcast, channel: Channel) -> MessageTemplate | None:
    asked = broadcast.template or {}
    found: MessageTemplate | None = MessageTemplate.objects.filter(
        channel=channel, name=asked.get("name"), language=asked.get("language")
    ).first()
    return found
