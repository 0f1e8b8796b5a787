"""Short hands for tests of broadcasts."""

import asyncio
from datetime import timedelta

from django.utils import timezone

from contacts.models import Contact, ContactIdentity
from events.models import Event
from inbox.models import Conversation, Message
from marketing.actions import create_broadcast, create_segment, launch_broadcast
from marketing.engine.loop import Broadcaster
from marketing.models import BroadcastRecipient
from marketing.totals import totals
from tests.cast import make_channel


class Stage:
    """A channel with customers, and broadcasts to them."""

    def __init__(self, acme, *, kind="platform", people=3, credentials=None):
        self.acme = acme
        with acme.scope():
            values = {"credentials": credentials} if credentials else {}
            self.channel = make_channel(kind, **values)
            self.segment = create_segment(name="All", conditions={}, by=acme.marta)
        self.people = self.add(people) if people else []

    def add(self, count, *, channel=None, first=700_000):
        """Customers who have written on the channel. Returns their contacts."""
        channel = channel or self.channel
        now = timezone.now()
        with self.acme.scope():
            start = first + Contact.objects.count()
            contacts = Contact.objects.bulk_create(
                Contact(name=f"Customer {start + number}") for number in range(count)
            )
            identities = ContactIdentity.objects.bulk_create(
                ContactIdentity(channel=channel, contact=contact, external_id=str(start + number))
                for number, contact in enumerate(contacts)
            )
            Conversation.objects.bulk_create(
                Conversation(
                    channel=channel,
                    contact_id=identity.contact_id,
                    identity=identity,
                    status="closed",
                    last_incoming_at=now - timedelta(hours=1),
                    last_activity_at=now - timedelta(hours=1),
                )
                for identity in identities
            )
        return contacts

    def prepare(self, **values):
        """A draft to everybody."""
        values.setdefault("channels", [str(self.channel.pk)])
        values.setdefault("text", "Sale!")
        values.setdefault("segment", self.segment)
        with self.acme.scope():
            return create_broadcast(name=values.pop("name", "Sale"), by=self.acme.marta, **values)

    def launch(self, broadcast=None, **values):
        broadcast = broadcast or self.prepare(**values)
        with self.acme.scope():
            return launch_broadcast(broadcast, by=self.acme.marta)

    def work(self):
        """Let a broadcaster do all that is due now."""
        asyncio.run(Broadcaster().work(until_idle=True))

    def send(self, **values):
        """Launch and send. Returns the broadcast as it is then."""
        broadcast = self.launch(**values)
        self.work()
        return self.fresh(broadcast)

    def do(self, verb, broadcast, **values):
        with self.acme.scope():
            return verb(broadcast, by=self.acme.marta, **values)

    def fresh(self, row):
        with self.acme.scope():
            return type(row).objects.get(pk=row.pk)

    def totals(self, broadcast):
        """The numbers that are not 0."""
        with self.acme.scope():
            return {name: count for name, count in totals(broadcast.pk).items() if count}

    def recipients(self, broadcast, **wanted):
        with self.acme.scope():
            found = BroadcastRecipient.objects.filter(broadcast=broadcast, **wanted)
            return list(found.order_by("id"))

    def states(self, broadcast):
        """State or, for who was left out, the reason, of each contact."""
        return {
            one.contact_id: one.reason if one.state == "skipped" else one.state
            for one in self.recipients(broadcast)
        }

    def messages(self):
        with self.acme.scope():
            found = Message.objects.filter(direction="outgoing").select_related("conversation")
            return list(found.order_by("id"))

    def events(self, *actions):
        with self.acme.scope():
            return list(Event.objects.filter(action__in=actions).order_by("seq"))

    def make_due(self, broadcast):
        """As if every waiting time had passed."""
        with self.acme.scope():
            BroadcastRecipient.objects.filter(broadcast=broadcast, state="queued").update(
                next_at=timezone.now() - timedelta(minutes=10)
            )
