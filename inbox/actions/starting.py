"""Writing to a customer first."""

from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from channels_connectors.types import Capabilities
from contacts.actions import create_contact, normal_phone
from contacts.models import Contact, ContactIdentity
from events import types
from inbox import outgoing
from inbox.models import Conversation
from inbox.models.conversation import By
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import current_workspace_id, workspace_scope

LONGEST_ADDRESS: Final = 200
SHORTEST_NUMBER: Final = 7
LONGEST_NUMBER: Final = 15  # E.164


@dataclass(frozen=True, slots=True)
class Started:
    """The conversation with an address. `is_new`: nobody had it before; `knows_contact`: its
    customer was known, by the same phone or e-mail elsewhere."""

    conversation: Conversation
    is_new: bool
    knows_contact: bool


def start_conversation(channel: Channel, to: str, *, by: By, name: str = "") -> Started:
    """The conversation with a phone number, an e-mail address or a platform's id, made at need.

    The address belongs to the contact who has this phone or e-mail already, if there is exactly
    one. A member who starts a new conversation has it. Nothing is sent. Raises `ValidationError`
    in words for the agent, `PermissionDenied` for who may only read.
    """
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_INBOX)
    capabilities = outgoing.capabilities_of(channel)
    if not can_be_written_first(capabilities):
        raise ValidationError(
            _("In this channel the customer writes first."), code="cannot_write_first"
        )
    address = _address(to, capabilities)
    found = _known(channel, address, by)
    if found is not None:
        return found
    try:
        with workspace_scope(current_workspace_id()):
            return _start(channel, address, name.replace("\0", "").strip()[:200], by)
    except IntegrityError:
        # The customer, or a colleague, was faster.
        found = _known(channel, address, by)
        if found is None:
            raise
        return found


def can_be_written_first(capabilities: Capabilities) -> bool:
    """Whether somebody who never wrote can be written to."""
    return capabilities.can_write_first or capabilities.templates


def _known(channel: Channel, address: str, by: By) -> Started | None:
    is_theirs = Q(identity__external_id=address) | Q(identity__aliases__contains=[address])
    found = Conversation.objects.filter(is_theirs, channel=channel).first()
    if found is None:
        return None
    is_hidden = isinstance(by, Membership | ApiToken) and not (
        Conversation.objects.visible_to(by).filter(pk=found.pk).exists()
    )
    if is_hidden:
        raise ValidationError(
            _("Colleagues already have a conversation with this customer."), code="taken"
        )
    return Started(found, is_new=False, knows_contact=True)


def _start(channel: Channel, address: str, name: str, by: By) -> Started:
    contact, is_known = _contact(channel, address, name, by)
    identity = (
        ContactIdentity.objects.filter(channel=channel)
        .filter(Q(external_id=address) | Q(aliases__contains=[address]))
        .first()
    )
    if identity is None:
        identity = ContactIdentity.objects.create(
            channel=channel, contact=contact, external_id=address, name=name
        )
    conversation: Conversation = Conversation.objects.create(
        channel=channel, contact=identity.contact, identity=identity, team=channel.team
    )
    conversation.record(types.CONVERSATION_CREATED, by=by, started=True)
    if isinstance(by, Membership):
        conversation.accept(by=by)
    return Started(conversation, is_new=True, knows_contact=is_known)


def _contact(channel: Channel, address: str, name: str, by: By) -> tuple[Contact, bool]:
    values = {}
    if "@" in address[1:]:
        values = {"email": address}
    elif outgoing.capabilities_of(channel).templates:
        values = {"phone": f"+{address}"}
    if values:
        same = list(Contact.objects.filter(**values)[:2])
        if len(same) == 1:
            return same[0], True
    return create_contact(by=by, name=name, **values), False


def _address(to: str, capabilities: Capabilities) -> str:
    """As the platform names the chat: an e-mail in lower case, an id as it is. Platforms with
    templates go by phone numbers, in digits with the country code."""
    address = "".join(to.replace("\0", "").split())
    if not address or len(address) > LONGEST_ADDRESS:
        raise ValidationError(_("Say whom to write to."), code="address")
    if "@" in address[1:]:
        validate_email(address)
        return address.lower()
    if not capabilities.templates:
        return address
    phone = normal_phone(to)
    if not phone.startswith("+") or not SHORTEST_NUMBER <= len(phone) - 1 <= LONGEST_NUMBER:
        raise ValidationError(
            _("This is not a phone number: give it with the country code."), code="address"
        )
    return phone.removeprefix("+")
