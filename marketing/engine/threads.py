"""Shows what was sent in the customers' threads, many at once.

A message has its recipient's id. Somebody who never had a conversation gets one in the archive: it
opens when they answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from channels_connectors.types import SendReceipt
from contacts.models import ContactIdentity
from core.postgresql import prepared
from core.postgresql.arrays import texts
from events import bulk, types
from events.bulk import Fact
from events.journal import SYSTEM, record_many
from inbox.delivery import effects, lattice
from inbox.journal import record_message
from inbox.models import Conversation, Message
from inbox.models.message import Status
from marketing.engine import messages
from marketing.engine.preparing import Prepared
from marketing.models import Broadcast
from workspaces.scope import current_workspace_id

_THREADS: Final = """
    select i.external_id, i.id, c.id, c.team_id, c.assignee_id, c.last_activity_at
    from contacts_contactidentity i
    join inbox_conversation c on c.workspace_id = i.workspace_id and c.identity_id = i.id
    where i.workspace_id = %(workspace)s and i.channel_id = %(channel)s
        and i.external_id = any(%(addresses)s::text[])
    order by c.id for no key update of c
"""


@dataclass(frozen=True, slots=True)
class Thread:
    """What must be known of a conversation to show something in it; its row is locked."""

    identity_id: UUID
    id: UUID
    team_id: UUID | None
    assignee_id: UUID | None
    last_activity_at: datetime

    def audience(self, channel: Channel) -> Any:
        """Who may hear of it, as the journal keeps it."""
        return bulk.audience(channel.pk, {self.team_id}, {self.assignee_id})

    def moment(self, receipt: SendReceipt | None) -> datetime:
        """When it was said: as the platform tells, or after all that was said before."""
        if receipt is not None and receipt.sent_at is not None:
            return receipt.sent_at
        return max(timezone.now(), self.last_activity_at + timedelta(milliseconds=1))


@dataclass(frozen=True, slots=True)
class Reached:
    """Who got the message, or perhaps got it (then there is an error and no receipt)."""

    prepared: Prepared
    receipt: SendReceipt | None
    error: ConnectorError | None


def show(broadcast: Broadcast, channel: Channel, reached: Sequence[Reached]) -> None:
    """Write the messages and their facts."""
    if not reached:
        return
    threads = _threads(channel, [one.prepared for one in reached])
    ids = [one.prepared.recipient_id for one in reached]
    known = {message.pk: message for message in Message.objects.filter(pk__in=ids)}
    fresh = []
    for one in reached:
        thread = threads[one.prepared.outbound.chat_id]
        before = known.get(one.prepared.recipient_id)
        if before is not None:
            _settle(before, _conversation(channel, thread), one)
        else:
            fresh.append(messages.Shown.of(one, thread.id, thread.moment(one.receipt)))
    if fresh:
        _add(broadcast, channel, fresh, threads)
    for one in reached:
        if one.receipt is not None and one.receipt.chat_id:
            conversation = _conversation(channel, threads[one.prepared.outbound.chat_id])
            effects.move_chat(conversation.identity, conversation, one.receipt.chat_id)


def conversation_of(channel: Channel, prepared: Prepared) -> Conversation | None:
    """The conversation at a recipient's address, locked; None for who never had one."""
    found: Conversation | None = (
        Conversation.objects.filter(
            channel=channel, identity__external_id=prepared.outbound.chat_id
        )
        .select_related("identity", "channel")
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    return found


def _threads(channel: Channel, found: Sequence[Prepared]) -> dict[str, Thread]:
    """Address -> its conversation, locked in one order; made for who has none."""
    people = {one.outbound.chat_id: one.contact_id for one in found}
    threads = _known_threads(channel, people)
    strangers = {address: pk for address, pk in people.items() if address not in threads}
    if strangers:
        made = _begin(channel, strangers)
        threads |= _known_threads(channel, strangers)
        record_many(
            Fact(
                types.CONVERSATION_CREATED,
                ("conversation", thread.id),
                {"started": True, "broadcast": True},
                (SYSTEM.type, None),
                thread.id,
                thread.audience(channel),
            )
            for address, thread in threads.items()
            if address in strangers and thread.id in made
        )
    return threads


def _known_threads(channel: Channel, addresses: Any) -> dict[str, Thread]:
    rows = prepared.run(
        _THREADS,
        {
            "workspace": current_workspace_id(),
            "channel": channel.pk,
            "addresses": texts(sorted(addresses)),
        },
    )
    return {address: Thread(*values) for address, *values in rows}


def _begin(channel: Channel, people: dict[str, UUID]) -> set[UUID]:
    """Conversations in the archive, by address with its contact. Returns the ids that were tried:
    others may have been quicker."""
    ContactIdentity.objects.bulk_create(
        [
            ContactIdentity(channel=channel, external_id=address, contact_id=people[address])
            for address in sorted(people)
        ],
        ignore_conflicts=True,
    )
    now = timezone.now()
    identities = ContactIdentity.objects.filter(channel=channel, external_id__in=list(people))
    made = [
        Conversation(
            identity=identity,
            channel=channel,
            contact_id=identity.contact_id,
            status=Conversation.Status.CLOSED,
            team_id=channel.team_id,
            closed_at=now,
        )
        for identity in identities.order_by("pk")
    ]
    Conversation.objects.bulk_create(made, ignore_conflicts=True)
    return {conversation.pk for conversation in made}


def _conversation(channel: Channel, thread: Thread) -> Conversation:
    found: Conversation = Conversation.objects.select_related("identity").get(pk=thread.id)
    found.channel = channel
    return found


def _add(
    broadcast: Broadcast,
    channel: Channel,
    fresh: Sequence[messages.Shown],
    threads: dict[str, Thread],
) -> None:
    by_conversation = {thread.id: thread for thread in threads.values()}
    _forget_echoes(channel, fresh, by_conversation)
    added = messages.add(broadcast, channel, fresh)
    for shown in fresh:
        if shown.id not in added:
            # The platform's news of our own send came between.
            messages.add(broadcast, channel, [shown.without_external_id()])
            message = Message.objects.get(pk=shown.id)
            message.external_id = shown.external_id
            thread = by_conversation[shown.conversation_id]
            effects.save_over_echo(message, _conversation(channel, thread))
    messages.add_files(broadcast, fresh)
    messages.show_in_lists(fresh)
    record_many(
        Fact(
            types.MESSAGE_SENT if shown.status == Status.SENT else types.MESSAGE_UNCERTAIN,
            ("message", shown.id),
            {**shown.facts(channel), "broadcast": str(broadcast.pk)},
            (SYSTEM.type, None),
            shown.conversation_id,
            by_conversation[shown.conversation_id].audience(channel),
        )
        for shown in fresh
    )


def _forget_echoes(
    channel: Channel, fresh: Sequence[messages.Shown], threads: dict[UUID, Thread]
) -> None:
    by_id = {
        external_id: shown.conversation_id for shown in fresh for external_id in shown.external_ids
    }
    echoes = Message.objects.filter(
        channel=channel, external_id__in=list(by_id), queued_at=None
    ).select_for_update()
    for echo in echoes:
        conversation = _conversation(channel, threads[by_id[echo.external_id]])
        record_message(types.MESSAGE_DELETED, echo, conversation, by=SYSTEM, echo=True)
        echo.delete()


def _settle(message: Message, conversation: Conversation, one: Reached) -> None:
    """A message that was in doubt, after another attempt or a late answer."""
    if one.receipt is None:
        return
    if lattice.rises(message.status, Status.SENT):
        message.status = Status.SENT
    message.error_class = message.error = ""
    message.external_id = one.receipt.external_id
    message.platform_order = one.receipt.order
    effects.save_over_echo(message, conversation)
    conversation.show_status(message)
    record_message(types.MESSAGE_SENT, message, conversation, by=SYSTEM)
