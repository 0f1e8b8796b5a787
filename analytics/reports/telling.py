"""Rows behind a cell, as the API and the pages tell them; what a viewer may not see has no id."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from analytics.facts.money import major
from analytics.models import AdSpend, Fact, Kind
from contacts.phones import masked
from core.money import as_document
from crm.models import Deal
from inbox.models import Conversation, Message, Rating
from marketing.models import BroadcastRecipient
from workspaces.permissions import Verb, can


def tell(found: Iterable[Any], viewer: Any) -> list[dict[str, Any]]:
    """Facts, deals, conversations and days of advertisements in one form."""
    rows = list(found)
    facts = [one for one in rows if isinstance(one, Fact)]
    deal_ids = {fact.deal_id for fact in facts if fact.deal_id}
    deal_ids |= {one.pk for one in rows if isinstance(one, Deal)}
    chat_ids = {fact.conversation_id for fact in facts if not fact.deal_id}
    chat_ids |= {one.pk for one in rows if isinstance(one, Conversation)}
    deals = Deal.objects.visible_to(viewer).filter(pk__in=deal_ids).select_related("contact")
    chats = Conversation.objects.visible_to(viewer).filter(pk__in=chat_ids)
    seen: dict[UUID, Any] = {
        **{deal.pk: deal for deal in deals},
        **{chat.pk: chat for chat in chats.select_related("contact")},
    }
    recipients = [one.pk for one in rows if isinstance(one, BroadcastRecipient)]
    # A recipient and their message have one id.
    threads = Message.objects.filter(pk__in=recipients).select_related("conversation__contact")
    mine = Conversation.objects.visible_to(viewer)
    seen_threads = set(
        mine.filter(pk__in=[one.conversation_id for one in threads]).values_list("pk", flat=True)
    )
    seen |= {one.pk: one.conversation for one in threads if one.conversation_id in seen_threads}
    titles = _Titles(viewer)
    told = [_row(one, seen, titles) for one in rows]
    ratings = _ratings(facts)
    for one, row in zip(rows, told, strict=True):
        if (rating := ratings.get(one.pk)) is None:
            continue
        # Words of a customer are for who may read the chat.
        if row["id"]:
            row["comment"] = rating.comment
        if not rating.is_told_to(viewer):
            row["score"] = None
    return told


def _ratings(facts: list[Fact]) -> dict[UUID, Rating]:
    """What customers said, by the facts' ids. A fact's key begins with the rating's id."""
    named = {
        UUID(fact.natural_key.partition("@")[0]): fact.pk
        for fact in facts
        if fact.kind == Kind.RATED
    }
    if not named:
        return {}
    return {named[pk]: rating for pk, rating in Rating.objects.in_bulk(list(named)).items()}


class _Titles:
    """What things are called before this viewer."""

    def __init__(self, viewer: Any) -> None:
        self.shows_phones = can(viewer, Verb.READ_PHONES)

    def of(self, thing: Any) -> str:
        return (
            self.of_contact(thing.contact) if not isinstance(thing, Deal) else self._of_deal(thing)
        )

    def of_contact(self, contact: Any) -> str:
        return self._masked(str(contact.display_name))

    def _of_deal(self, deal: Deal) -> str:
        """A deal that has no title goes by its number and its customer."""
        title = deal.title or f"#{deal.number} {deal.contact.display_name}"
        return self._masked(title)

    def _masked(self, title: str) -> str:
        return title if self.shows_phones else masked(title)


def _row(one: Any, seen: dict[UUID, Any], titles: _Titles) -> dict[str, Any]:
    if isinstance(one, AdSpend):
        return _of_spend(one)
    if isinstance(one, BroadcastRecipient):
        return _of_recipient(one, seen.get(one.pk), titles)
    if isinstance(one, Fact):
        thing = seen.get(one.deal_id or one.conversation_id or one.pk)
        return _of_fact(one, thing, titles)
    return _of_thing(one, seen.get(one.pk), titles)


def _of_fact(fact: Fact, thing: Any, titles: _Titles) -> dict[str, Any]:
    is_mark = fact.kind == Kind.RATED
    amount = None
    if fact.amount is not None and not is_mark:
        amount = as_document(major(fact.amount), fact.currency)
    return {
        "type": "conversation" if fact.deal_id is None else "deal",
        "id": str(thing.pk) if thing is not None else None,
        "title": titles.of(thing) if thing is not None else "",
        "kind": fact.kind,
        "at": _utc(fact.at),
        "contact": str(fact.contact_id) if thing is not None and fact.contact_id else None,
        "owner": str(fact.agent_id) if fact.agent_id else None,
        "source": fact.source,
        "campaign": fact.campaign,
        "amount": amount,
        "seconds": fact.seconds,
        "score": fact.amount if is_mark else None,
        "comment": "",
    }


def _of_thing(one: Any, thing: Any, titles: _Titles) -> dict[str, Any]:
    """A deal that is open, or a conversation whose customer waits."""
    is_deal = isinstance(one, Deal)
    owner = one.owner_id if is_deal else one.assignee_id
    return {
        "type": "deal" if is_deal else "conversation",
        "id": str(thing.pk) if thing is not None else None,
        "title": titles.of(thing) if thing is not None else "",
        "kind": "open" if is_deal else "waiting",
        "at": _utc(one.stage_since if is_deal else one.waiting_since),
        "contact": str(one.contact_id) if thing is not None else None,
        "owner": str(owner) if owner else None,
        "source": one.source if is_deal else "",
        "campaign": one.campaign if is_deal else "",
        "amount": as_document(one.amount, one.currency) if is_deal and one.amount else None,
        "seconds": None,
        "score": None,
        "comment": "",
    }


def _of_recipient(one: BroadcastRecipient, thread: Any, titles: _Titles) -> dict[str, Any]:
    """`id` is that of the conversation in which the message stands."""
    return {
        "type": "recipient",
        "id": str(thread.pk) if thread is not None else None,
        "title": titles.of_contact(one.contact),
        "kind": "recipient",
        "at": _utc(one.sent_at or one.created_at),
        "contact": str(one.contact_id),
        "owner": None,
        "source": "",
        "campaign": one.broadcast.name,
        "amount": None,
        "seconds": None,
        "score": None,
        "comment": "",
    }


def _of_spend(spend: AdSpend) -> dict[str, Any]:
    return {
        "type": "spend",
        "id": None,
        "title": " · ".join(filter(None, [spend.campaign, spend.ad, spend.term])),
        "kind": "spend",
        "at": f"{spend.date.isoformat()}T00:00:00Z",
        "contact": None,
        "owner": None,
        "source": spend.source,
        "campaign": spend.campaign,
        "amount": as_document(spend.cost, spend.currency),
        "seconds": None,
        "score": None,
        "comment": "",
    }


def _utc(moment: Any) -> str:
    return str(moment.isoformat().replace("+00:00", "Z"))
