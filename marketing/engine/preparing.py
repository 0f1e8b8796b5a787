"""A broadcast's words for one recipient, as the connector takes them.

The same for the same recipient however often it is made: a resend is the same message.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from channels_connectors.models import Channel, MessageTemplate
from channels_connectors.registry import connector_class
from channels_connectors.types import Capabilities, OutboundAttachment, OutboundMessage
from contacts.models import Contact
from inbox import template_layouts
from inbox.models.message import Kind
from marketing import links
from marketing.checks import words_for
from marketing.engine.claims import Leased
from marketing.formatting import Words, fitting
from marketing.models import Broadcast, BroadcastLink
from marketing.wording import STOP_LINE, MissingValue, filled, filled_in, filled_words
from workspaces.storage import absolute
from workspaces.zones import workspace_in_scope

FILE_MISSING: Final = gettext_noop("A file of this message is missing.")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What goes to a recipient, and what the thread will show of it."""

    recipient_id: UUID
    contact_id: UUID
    broadcast_id: UUID
    outbound: OutboundMessage
    kind: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing can go to a recipient: for `judging.leave_out`."""

    recipient_id: UUID
    reason: str


class Workshop:
    """All that the messages of one broadcast on one channel have in common, loaded once."""

    def __init__(self, broadcast: Broadcast, channel: Channel) -> None:
        self.broadcast, self.channel = broadcast, channel
        self.capabilities: Capabilities = connector_class(channel.kind).capabilities_with(
            channel.settings
        )
        self._numbers = dict(
            BroadcastLink.objects.filter(broadcast=broadcast).values_list("url", "number")
        )
        self._template = self._find_template()
        self._files = [found for one in broadcast.files if (found := _file(one))]

    def prepare(self, found: Sequence[Leased]) -> tuple[list[Prepared], list[Refused]]:
        """A message for each, or why there is none."""
        if len(self._files) < len(self.broadcast.files):
            return [], [Refused(one.id, FILE_MISSING) for one in found]
        contacts = {
            contact.pk: contact
            for contact in Contact.objects.filter(pk__in=[one.contact_id for one in found])
        }
        prepared: list[Prepared] = []
        refused: list[Refused] = []
        for one in found:
            contact = contacts.get(one.contact_id)
            if contact is None:
                refused.append(Refused(one.id, "gone"))
                continue
            try:
                prepared.append(self._one(one, contact))
            except MissingValue as missing:
                refused.append(Refused(one.id, f"missing_value:{missing.name}"))
            except ValidationError as error:
                refused.append(Refused(one.id, error.messages[0]))
        return prepared, refused

    def _one(self, one: Leased, contact: Contact) -> Prepared:
        payload: dict[str, Any] = {}
        kind: str = self.broadcast.files[0]["kind"] if self._files else Kind.TEXT
        if self._template is not None:
            asked = filled_in(self.broadcast.template or {}, contact)
            payload["template"], text = template_layouts.fill(self._template, asked)
            words = Words(text)
            kind = Kind.TEMPLATE
        else:
            words = self._words(one, contact)
            if self.broadcast.buttons and self.capabilities.buttons:
                payload["buttons"] = self._buttons(one.id, contact)
        if self.capabilities.subject:
            payload["subject"] = filled(self.broadcast.subject, contact)
            payload["unsubscribe"] = links.address(one.id, links.UNSUBSCRIBE)
        outbound = OutboundMessage(
            chat_id=one.address,
            idempotency_key=one.id,
            text=words.text,
            entities=list(words.entities),
            attachments=tuple(self._files),
            payload=payload,
        )
        return Prepared(one.id, contact.pk, self.broadcast.pk, outbound, str(kind), one.attempts)

    def _words(self, one: Leased, contact: Contact) -> Words:
        own = words_for(self.broadcast, one.variant, self.channel.pk, self.channel.kind)
        words = filled_words(own, contact)
        if self.broadcast.tracks_links:
            words = links.with_own_links(words, self._numbers, one.id)
        words = fitting(words, self.capabilities.formats)
        if self.capabilities.subject or self.broadcast.adds_stop_line:
            with translation.override(contact.language or workspace_in_scope().language):
                text = f"{words.text}\n\n{self._way_out(one.id)}"
            return Words(text, words.entities)
        return words

    def _way_out(self, recipient_id: UUID) -> str:
        if not self.capabilities.subject:
            return _(STOP_LINE)
        address = links.address(recipient_id, links.UNSUBSCRIBE)
        return _("To get no more of these letters: %(address)s") % {"address": address}

    def _buttons(self, recipient_id: UUID, contact: Contact) -> Any:
        rows = filled_in(self.broadcast.buttons, contact)
        shown = []
        for row in rows:
            fit = [
                self._button(button, recipient_id)
                for button in row
                if button["action"] in self.capabilities.buttons
            ]
            if fit:
                shown.append(fit)
        return shown

    def _button(self, button: dict[str, Any], recipient_id: UUID) -> dict[str, Any]:
        number = self._numbers.get(button["value"])
        if button["action"] != "link" or number is None or not self.broadcast.tracks_links:
            return button
        return {**button, "value": links.address(recipient_id, number)}

    def _find_template(self) -> MessageTemplate | None:
        asked = self.broadcast.template
        if not asked or not self.capabilities.templates:
            return None
        found: MessageTemplate | None = MessageTemplate.objects.filter(
            channel=self.channel, name=asked.get("name"), language=asked.get("language")
        ).first()
        return found


def _file(described: dict[str, Any]) -> OutboundAttachment | None:
    path = absolute(described["path"])
    if not path.is_file():
        return None
    return OutboundAttachment(
        kind=described["kind"], name=described["name"], mime=described["mime"], path=path
    )
