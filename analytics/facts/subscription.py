"""The one subscription that writes facts."""

from typing import Final
from uuid import UUID

from django.db.models import F

from analytics.facts import conversations, ratings, writing
from analytics.facts.customers import derive_new_customers
from analytics.facts.deals import derive_deals
from analytics.facts.sources import WINDOW
from analytics.models import ConversationClock, Fact
from contacts.models import Touch
from crm.models import Deal, Payment
from events import types
from events.models import Event
from inbox.models import Conversation

NAME: Final = "facts"
OF_DEALS: Final = (
    *(types.DEAL_CREATED, types.DEAL_UPDATED, types.DEAL_MOVED, types.DEAL_ACCEPTED),
    *(types.DEAL_WON, types.DEAL_LOST, types.DEAL_REJECTED, types.DEAL_REOPENED),
    *(types.DEAL_REFUSAL_AGREED, types.DEAL_REFUSAL_CONTESTED),
    *(types.DEAL_REFUSAL_UPHELD, types.DEAL_REFUSAL_OVERTURNED),
    *(types.PAYMENT_RECORDED, types.PAYMENT_REMOVED),
)
ACTIONS: Final = (
    *conversations.ACTIONS,
    *OF_DEALS,
    *ratings.ACTIONS,
    types.TOUCH_RECORDED,
    types.CONTACT_MERGED,
    types.CONTACT_UNMERGED,
    types.CONVERSATION_ABSORBED,
    types.EXCHANGE_RATE_CHANGED,
)


def on_events(events: list[Event]) -> None:
    """Put down what a batch of events tells of."""
    with writing.marked_together():
        _read(events)


def _read(events: list[Event]) -> None:
    clocks = conversations.Clocks(
        [event for event in events if event.action in conversations.ACTIONS]
    )
    deals: set[UUID] = set()
    rated: list[Event] = []
    merged: set[UUID] = set()
    for event in events:
        if event.action in conversations.ACTIONS:
            clocks.read(event)
        elif event.action in OF_DEALS:
            deals.add(_deal_of(event))
        elif event.action in ratings.ACTIONS:
            rated.append(event)
        elif event.action in {types.CONTACT_MERGED, types.CONTACT_UNMERGED}:
            clocks.write()
            ratings.derive_ratings(rated)
            rated = []
            merged |= _merge(event) if event.action == types.CONTACT_MERGED else _part(event)
            clocks = conversations.Clocks(
                [later for later in events if later.seq > event.seq and _is_chat(later)]
            )
    clocks.write()
    ratings.derive_ratings(rated)
    credited = set(merged)
    touched = [event.subject_id for event in events if event.action == types.TOUCH_RECORDED]
    if touched:
        contacts = Touch.objects.filter(pk__in=touched).values("contact_id")
        deals.update(Deal.objects.filter(contact_id__in=contacts).values_list("pk", flat=True))
        credited |= _told_late(touched)
    for event in events:
        if event.action == types.CONVERSATION_ABSORBED:
            _absorb(event)
        elif event.action == types.EXCHANGE_RATE_CHANGED:
            foreign = Deal.objects.filter(currency=event.data["currency"])
            paid = Payment.objects.filter(currency=event.data["currency"])
            deals.update(foreign.values_list("pk", flat=True))
            deals.update(paid.values_list("deal_id", flat=True))
    if deals := deals | merged:
        derive_deals(sorted(deals), seq=events[-1].seq)
    if credited:
        writing.mark_credit(credited)


def _told_late(touches: list[UUID]) -> set[UUID]:
    """Deals that were born before we learned of a touch of theirs."""
    found = Deal.objects.filter(
        contact__touches__pk__in=touches,
        created_at__gte=F("contact__touches__at"),
        created_at__lt=F("contact__touches__at") + WINDOW,
    )
    return set(found.values_list("pk", flat=True))


def _is_chat(event: Event) -> bool:
    return event.action in conversations.ACTIONS


def _deal_of(event: Event) -> UUID:
    return event.subject_id if event.subject_type == "deal" else UUID(event.data["deal"])


def _merge(event: Event) -> set[UUID]:
    """Two contacts are one: what was told of either is of the one that stays."""
    absorbed, kept = UUID(event.data["absorbed"]), event.subject_id
    of_chats = Fact.objects.filter(contact_id=absorbed, deal_id=None)
    of_chats.update(contact_id=kept)
    ConversationClock.objects.filter(contact_id=absorbed).update(contact_id=kept)
    known = set(
        Fact.objects.filter(contact_id=absorbed, voided_at=None).values_list("deal_id", flat=True)
    )
    deals = set(Deal.objects.filter(contact_id=kept).values_list("pk", flat=True))
    derive_new_customers({absorbed}, [], seq=event.seq)
    return {deal_id for deal_id in known if deal_id} | deals


def _part(event: Event) -> set[UUID]:
    """They were two after all: what was told in the chats of the one that is back is theirs."""
    restored, kept = UUID(event.data["restored"]), event.subject_id
    chats = list(Conversation.objects.filter(contact_id=restored).values_list("pk", flat=True))
    Fact.objects.filter(conversation_id__in=chats, deal_id=None).update(contact_id=restored)
    ConversationClock.objects.filter(conversation_id__in=chats).update(contact_id=restored)
    of_both = Deal.objects.filter(contact_id__in=[restored, kept])
    return set(of_both.values_list("pk", flat=True))


def _absorb(event: Event) -> None:
    """Two chats are one: the one that is gone keeps its past under the other's name."""
    gone, into = event.subject_id, event.data.get("into")
    if into:
        Fact.objects.filter(conversation_id=gone).update(conversation_id=UUID(str(into)))
    ConversationClock.objects.filter(conversation_id=gone).delete()
