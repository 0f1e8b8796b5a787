"""Deals out of conversations, as the rule of the channel has it.

Everything is decided by the rows as they are now, so that reading the journal again makes nothing
twice: a customer with an open deal gets no other one, and one whose last deal ended during the
present talk gets none until they come back.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils import timezone

from crm.actions import assign_deal, create_deal, move_deal
from crm.actions.moving import locked
from crm.history import Changes
from crm.models import Deal, DealRule
from crm.rules import rule_words, rules, stage_of
from events import types
from events.journal import SYSTEM
from events.models import Event
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, can

logger = logging.getLogger(__name__)

WROTE: Final = frozenset(
    {
        types.CONVERSATION_CREATED,
        types.CONVERSATION_REOPENED,
        types.CONVERSATION_MERGED,
        types.MESSAGE_RECEIVED,
    }
)
TAKEN: Final = frozenset(
    {types.CONVERSATION_ACCEPTED, types.CONVERSATION_ASSIGNED, types.CONVERSATION_ROUTED}
)
ENDED: Final = frozenset({types.DEAL_WON, types.DEAL_LOST, types.DEAL_REJECTED})
ACTIONS: Final = WROTE | TAKEN | ENDED

Birth, Returning, Owner = DealRule.Birth, DealRule.Returning, DealRule.Owner


def on_events(events: list[Event]) -> None:
    """Make, reopen, hand over deals and archive conversations, in the order of the news."""
    # A mark for a conversation that is over is no wish to buy.
    events = [event for event in events if not event.data.get("is_rating")]
    known = _Known(events)
    for event in events:
        conversation = known.conversations.get(event.conversation_id)
        if conversation is None or conversation.identity.is_group:
            continue
        rule = known.rule(conversation)
        if event.action in ENDED:
            _archive(event, conversation, rule)
            continue
        begins = rule.birth == (Birth.FIRST_MESSAGE if event.action in WROTE else Birth.ACCEPT)
        if event.action == types.MESSAGE_RECEIVED:
            begins = begins and event.conversation_id in known.without_deals
        if begins:
            _begin(conversation, rule)
            known.without_deals.discard(event.conversation_id)
        if event.action in TAKEN:
            _hand_over(conversation, rule)


class _Known:
    """What a batch needs, read once."""

    def __init__(self, events: Iterable[Event]) -> None:
        events = list(events)
        wanted = {event.conversation_id for event in events}
        received = {
            event.conversation_id for event in events if event.action == types.MESSAGE_RECEIVED
        }
        others = {
            event.conversation_id for event in events if event.action != types.MESSAGE_RECEIVED
        }
        # Most news are messages of customers who have a deal: those are not looked at further.
        theirs = Deal.objects.filter(contact_id=OuterRef("contact_id"))
        found = Conversation.objects.filter(pk__in=received).exclude(Exists(theirs))
        self.without_deals: set[UUID | None] = set(found.values_list("pk", flat=True))
        rows = Conversation.objects.filter(
            pk__in=(wanted & others) | self.without_deals
        ).select_related("identity", "contact__owner__user", "assignee__user")
        self.conversations: dict[UUID | None, Conversation] = {row.pk: row for row in rows}
        self._rules = rules()

    def rule(self, conversation: Conversation) -> DealRule:
        return self._rules.get(conversation.channel_id) or self._rules[None]


def _begin(conversation: Conversation, rule: DealRule) -> None:
    """A new deal, the last one again, or none."""
    is_talk = rule.birth == Birth.ACCEPT or conversation.last_incoming_at is not None
    theirs = Deal.objects.filter(contact=conversation.contact)
    waiting = theirs.open().order_by("-created_at").first()
    if waiting is not None:
        # Made by hand before they ever wrote: from now on it is about this conversation.
        if waiting.conversation_id is None and not conversation.deals.exists():
            _join(waiting, conversation)
        return
    if not is_talk:
        return
    last = theirs.exclude(closed_at=None).order_by("-closed_at").first()
    if last is not None:
        if last.closed_at >= conversation.opened_at or rule.returning == Returning.NOTHING:
            return
        if rule.returning == Returning.REOPEN and _is_recent_loss(last, rule):
            _try_to(lambda: move_deal(
                last, to=stage_of(rule), by=SYSTEM, rule=rule_words(), checks_fields=False
            ))  # fmt: skip
            return
    _try_to(lambda: create_deal(
        contact=conversation.contact,
        conversation=conversation,
        stage=stage_of(rule),
        owner=_owner(conversation, rule),
        by=SYSTEM,
        rule=rule_words(),
        checks_fields=False,
    ))  # fmt: skip


def _join(deal: Deal, conversation: Conversation) -> None:
    deal = locked(deal)
    changes = Changes(deal, SYSTEM, rule=rule_words())
    deal.conversation, deal.channel_id = conversation, conversation.channel_id
    changes.note("conversation", None, conversation.pk)
    deal.save(update_fields=["conversation", "channel", "updated_at"])
    changes.keep(types.DEAL_UPDATED)


def _is_recent_loss(deal: Deal, rule: DealRule) -> bool:
    if deal.closed_at is None:
        return False
    ended = timezone.now() - deal.closed_at <= timedelta(days=rule.reopen_days)
    return ended and deal.status in {Deal.Status.LOST, Deal.Status.NOT_A_LEAD}


def _hand_over(conversation: Conversation, rule: DealRule) -> None:
    """A deal that nobody has goes to who has the conversation."""
    owner = _owner(conversation, rule)
    if owner is None:
        return
    for deal in Deal.objects.filter(conversation=conversation, owner=None).open():
        assign_deal(deal, to=owner, by=SYSTEM, rule=rule_words())


def _owner(conversation: Conversation, rule: DealRule) -> Membership | None:
    wanted = {
        Owner.ASSIGNEE: [conversation.assignee],
        Owner.CONTACT_OWNER: [conversation.contact.owner, conversation.assignee],
    }.get(Owner(rule.owner), [])
    able = (one for one in wanted if one and one.is_active and can(one, Verb.WRITE_DEALS))
    return next(able, None)


def _archive(event: Event, conversation: Conversation, rule: DealRule) -> None:
    """The deal has ended: its conversation goes into the archive, unless another one is open or
    the customer has come back since."""
    if not rule.archives_conversation:
        return
    deal = Deal.objects.filter(pk=event.subject_id).exclude(closed_at=None).first()
    if deal is None or deal.closed_at < conversation.opened_at:
        return
    if not Deal.objects.filter(conversation=conversation).open().exists():
        conversation.close(by=SYSTEM)


def _try_to(act: Callable[[], Deal]) -> None:
    """What cannot be done, for want of a pipeline say, must not hold up what comes after it."""
    try:
        act()
    except ValidationError as error:
        logger.warning("A rule could not be followed: %s", " ".join(error.messages))
