"""What a person decides of a recipient of whom nobody knows whether they got the message."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from events.journal import actor_of
from inbox.actions import confirm_message, retry_message
from inbox.models import Message
from inbox.models.conversation import By
from marketing.actions.broadcasts import require_verb
from marketing.models import BroadcastRecipient, State
from workspaces.permissions import Verb


def mark_as_sent(recipient: BroadcastRecipient, *, by: By) -> BroadcastRecipient:
    """Somebody has seen that it arrived. A no-op for one whose outcome is known."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    recipient = _locked(recipient)
    if recipient.state != State.UNKNOWN:
        return recipient
    message = Message.objects.filter(pk=recipient.pk).first()
    if message is not None:
        confirm_message(message, by=actor_of(by))
    recipient.state = State.SENT
    recipient.reason = recipient.error_class = ""
    # An answer to the attempt itself must not write over what a person has seen.
    recipient.lease_token = recipient.lease_until = None
    recipient.save(update_fields=["state", "reason", "error_class", "lease_token", "lease_until"])
    return recipient


def send_again(recipient: BroadcastRecipient, *, by: By) -> BroadcastRecipient:
    """Send it once more, though they may get it twice: whoever offers this says so. What comes of
    it is told of the recipient as of any message. A no-op for one whose outcome is known.

    Raises `ValidationError` where there is no message to send.
    """
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    recipient = _locked(recipient)
    if recipient.state != State.UNKNOWN:
        return recipient
    message = Message.objects.filter(pk=recipient.pk).first()
    if message is None:
        raise ValidationError(_("There is no message to send again."), code="no_message")
    retry_message(message, by=actor_of(by))
    recipient.lease_token = recipient.lease_until = None
    recipient.save(update_fields=["lease_token", "lease_until"])
    return recipient


def _locked(recipient: BroadcastRecipient) -> BroadcastRecipient:
    found: BroadcastRecipient = BroadcastRecipient.objects.select_for_update(no_key=True).get(
        pk=recipient.pk
    )
    return found
