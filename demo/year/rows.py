"""The story as rows: customers, chats, deals with their history, payments. A few large inserts."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from channels_connectors.models import Channel
from contacts.models import Contact, ContactIdentity, Touch
from core import positions
from crm import numbers
from crm.models import Deal, DealChange, LossReason, Payment, Stage
from demo.payments import payments_of
from demo.year.story import LOST, REFUSED, WON, Customer, Sale, Talk
from inbox.models import Conversation, Message
from workspaces.models import Membership

_STATUSES = {WON: "won", LOST: "lost", REFUSED: "not_a_lead"}


@dataclass
class Rows:
    """Everything that was made, in the order in which it must be written."""

    members: dict[str, Membership]
    channels: dict[str, Channel]
    stages: dict[str, Stage]
    contacts: list[Contact] = field(default_factory=list)
    identities: list[ContactIdentity] = field(default_factory=list)
    conversations: list[Conversation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    touches: list[Touch] = field(default_factory=list)
    deals: list[Deal] = field(default_factory=list)
    changes: list[DealChange] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reasons = dict(LossReason.objects.values_list("name", "pk"))
        self.teams = {
            login: member.team_memberships.values_list("team_id", flat=True).first()
            for login, member in self.members.items()
        }
        self.currency = next(iter(self.stages.values())).pipeline.currency

    def add(self, customers: Iterable[Customer]) -> None:
        """Make the rows of all customers."""
        for number, customer in enumerate(customers):
            self._customer(customer, number)

    def write(self) -> None:
        """Insert them."""
        first = numbers.take(len(self.deals))
        places = positions.several(len(self.deals))
        for number, (deal, place) in enumerate(zip(self.deals, places, strict=True), first):
            deal.number, deal.position = number, place
        for rows in (
            self.contacts, self.identities, self.conversations, self.messages, self.touches,
            self.deals, self.changes, self.payments,
        ):  # fmt: skip
            if rows:
                type(rows[0]).objects.insert_new(rows)

    def _customer(self, customer: Customer, number: int) -> None:
        channel, first = self.channels[customer.channel], customer.talks[0]
        contact = Contact(name=customer.name, created_at=first.asked)
        chat = _chat(channel, number)
        identity = ContactIdentity(
            channel=channel, contact=contact, external_id=chat, name=customer.name,
            created_at=first.asked,
        )  # fmt: skip
        conversation = self._conversation(channel, contact, identity, customer.talks)
        self.contacts.append(contact)
        self.identities.append(identity)
        self.conversations.append(conversation)
        for place, talk in enumerate(customer.talks):
            self._said(conversation, talk, f"{chat}:year:{place}", customer.name)
        for sale in customer.sales:
            self._sale(sale, conversation)

    def _conversation(
        self, channel: Channel, contact: Contact, identity: ContactIdentity, talks: list[Talk]
    ) -> Conversation:
        first, last = talks[0], talks[-1]
        return Conversation(
            channel=channel, contact=contact, identity=identity, status="closed",
            assignee=self.members[last.by], team_id=self.teams[last.by], created_at=first.asked,
            opened_at=last.asked, accepted_at=last.replied, closed_at=last.closed,
            last_activity_at=last.thanked, last_message_text=last.thanks, last_message_kind="text",
            last_message_direction="incoming", last_message_status="received",
            last_incoming_at=last.thanked,
        )  # fmt: skip

    def _said(self, conversation: Conversation, talk: Talk, key: str, name: str) -> None:
        lines = (
            ("incoming", talk.asked, talk.question),
            ("outgoing", talk.replied, talk.answer),
            ("incoming", talk.thanked, talk.thanks),
        )
        for place, (direction, at, text) in enumerate(lines):
            is_ours = direction == "outgoing"
            self.messages.append(
                Message(
                    conversation=conversation, channel_id=conversation.channel_id, kind="text",
                    direction=direction, text=text, external_id=f"{key}:{place}",
                    status="read" if is_ours else "received", sent_at=at, created_at=at,
                    author=self.members[talk.by] if is_ours else None,
                    sender_name="" if is_ours else name, platform_order=place,
                )
            )  # fmt: skip

    def _sale(self, sale: Sale, conversation: Conversation) -> None:
        touches = [
            Touch(
                contact=conversation.contact, kind=Touch.Kind.AD, at=at, created_at=at,
                source=campaign.source, medium=campaign.medium, campaign=campaign.name, content=ad,
                term=term,
            )
            for at, campaign, ad, term in sale.touches
        ]  # fmt: skip
        self.touches += touches
        last_stage, since = sale.moves[-1]
        status = _STATUSES.get(last_stage, "open")
        is_priced = len(sale.moves) > 2 or status == "won"
        deal = Deal(
            title=sale.title, stage=self.stages[last_stage],
            pipeline_id=self.stages[last_stage].pipeline_id, status=status,
            stage_since=since, created_at=sale.born, contact=conversation.contact,
            conversation=conversation, channel_id=conversation.channel_id,
            amount=Decimal(sale.amount) if is_priced else None, currency=self.currency,
            cost=Decimal(sale.cost) if sale.cost and status == "won" else None,
            owner=self.members[sale.seller], team_id=self.teams[sale.seller],
            source=sale.campaign.source, medium=sale.campaign.medium,
            campaign=sale.campaign.name, content=sale.ad, term=sale.term,
            touch=touches[-1] if touches else None,
            accepted_at=sale.accepted_at,
            closed_at=since if status != "open" else None,
            loss_reason_id=self.reasons.get(sale.reason),
        )  # fmt: skip
        self.deals.append(deal)
        self._history(deal, sale)
        self.payments += payments_of(deal, dict(sale.moves), is_refunded=sale.is_refunded)

    def _history(self, deal: Deal, sale: Sale) -> None:
        for (before, _at), (after, at) in pairwise(sale.moves):
            self.changes.append(
                DealChange(
                    deal=deal, field="stage", before=str(self.stages[before].pk),
                    after=str(self.stages[after].pk), before_words=before, after_words=after,
                    author=deal.owner, author_name=deal.owner.name, at=at, created_at=at,
                )
            )  # fmt: skip


def _chat(channel: Channel, number: int) -> str:
    """A chat of the past: far from the numbers of those who write today."""
    if channel.kind == "livechat":
        return str(UUID(int=(7 << 76) | (2 << 62) | (1_000_000 + number)))
    return str(600_000_001 + number)
