"""A customer's own words that end broadcasts to them, and that begin them again.

They count as the whole message only, in whatever letters, on every channel. Whoever says stop on
one channel gets nothing on the others either: else the next broadcast would come by another way.
"""

from datetime import datetime
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Length
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contacts.actions import set_consent
from contacts.models import Consent, Contact
from events import types
from events.journal import SYSTEM, Actor
from events.models import Event
from inbox.actions import send_message
from inbox.models import Conversation, Message
from inbox.models.message import Direction, Kind
from marketing.limits import settings_in_scope
from marketing.models import BroadcastRecipient, MarketingSettings
from workspaces.zones import workspace_in_scope

ACTIONS: Final = (types.MESSAGE_RECEIVED,)
STOP: Final = frozenset(
    {"стоп", "stop", "/stop", "отписаться", "отписка", "unsubscribe", "stopall", "отпишите меня"}
)
START: Final = frozenset({"старт", "start", "подписаться", "subscribe", "unstop"})
_AROUND: Final = " \t\n\r.,!?…«»\"'()*_-"
LONGEST: Final = 40


def word_of(text: str, own: MarketingSettings | None = None) -> str:
    """ "stop", "start" or "" for what is neither, by the usual words and the company's own."""
    if len(text) > LONGEST:
        return ""
    said = normal(text)
    if said in STOP:
        return "stop"
    if said in START:
        return "start"
    if own is None or not said:
        return ""
    if said in own.stop_words:
        return "stop"
    return "start" if said in own.start_words else ""


def normal(text: str) -> str:
    """Words as they are compared."""
    return " ".join(text.lower().strip(_AROUND).split())


def is_command(text: str) -> bool:
    """Whether the text is such a word and nothing else. In a workspace's scope."""
    return bool(word_of(text, settings_in_scope()))


def on_events(events: list[Event]) -> None:
    """Take every word at its time. The subscription's cursor moves in the same transaction."""
    messages = (
        Message.objects.filter(
            pk__in=[event.subject_id for event in events], direction=Direction.INCOMING
        )
        .exclude(kind__in=[Kind.SYSTEM, Kind.REACTION])
        .annotate(size=Length("text"))
        .filter(size__lte=LONGEST)
        .select_related("conversation__identity", "conversation__channel")
        .in_order()
    )
    for message in messages:
        word = word_of(message.text, settings_in_scope())
        if word and not message.conversation.identity.is_group:
            _heed(message, is_start=word == "start")


def withdraw(recipient: BroadcastRecipient, *, detail: str) -> None:
    """A recipient of a letter used its link or their mail program's button."""
    contact = recipient.contact
    _set(contact, granted=False, at=timezone.now(), detail=detail)
    if recipient.unsubscribed_at is None:
        recipient.unsubscribed_at = timezone.now()
        recipient.save(update_fields=["unsubscribed_at"])


def _heed(message: Message, *, is_start: bool) -> None:
    conversation: Conversation = message.conversation
    contact = Contact.objects.get(pk=conversation.contact_id)
    before = _latest(contact)
    if is_start and (before is None or before.is_granted):
        # "Start" is also what opens a bot. It is an answer only to a stop.
        return
    at = min(message.sent_at, timezone.now())
    _set(contact, granted=is_start, at=at, detail=message.text)
    after = _latest(contact)
    if after is None or after.is_granted != is_start:
        return  # a later word is known already
    if before is not None and before.is_granted == is_start:
        return
    if not is_start:
        _note(message, at)
    _confirm(conversation, contact, is_start=is_start)


def _set(contact: Contact, *, granted: bool, at: datetime, detail: str) -> None:
    set_consent(
        contact=contact,
        granted=granted,
        origin=Consent.Origin.CUSTOMER,
        by=Actor("contact", contact.pk),
        detail=detail,
        at=at,
    )


def _latest(contact: Contact) -> Consent | None:
    """The word for all channels."""
    found: Consent | None = Consent.objects.filter(
        contact=contact, channel=None, purpose=Consent.Purpose.MARKETING
    ).first()
    return found


def _note(message: Message, at: datetime) -> None:
    """The broadcast that was one too many."""
    last = (
        BroadcastRecipient.objects.filter(contact=message.conversation.contact_id, sent_at__lte=at)
        .order_by("-sent_at")
        .first()
    )
    if last is not None and last.unsubscribed_at is None:
        last.unsubscribed_at = at
        last.save(update_fields=["unsubscribed_at"])


def _confirm(conversation: Conversation, contact: Contact, *, is_start: bool) -> None:
    with translation.override(contact.language or workspace_in_scope().language):
        words = (
            _("You are subscribed again. To stop, write “stop”.")
            if is_start
            else _("You will get no more offers from us. To get them again, write “start”.")
        )
    try:
        with transaction.atomic():
            reply = send_message(conversation, words, by=SYSTEM, cc=())
            reply.payload = {**reply.payload, "auto": "consent"}
            reply.save(update_fields=["payload"])
    except ValidationError:
        # The channel is disconnected or its window closed: the word counts all the same.
        return
