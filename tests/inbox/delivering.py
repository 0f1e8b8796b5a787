"""Short hands for tests of delivery."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils import timezone

from events.models import Event
from inbox.actions import send_message
from inbox.delivery.machine import deliver
from inbox.models import Message, MessageChange
from tests.cast import make_channel, make_conversation
from tests.sandbox_server import MARIA
from tests.sandbox_vk import MARIA as VK_MARIA
from tests.sandbox_whatsapp import MARIA as WHATSAPP_MARIA


class Desk:
    """One agent with one conversation on one channel."""

    def __init__(self, acme, channel, conversation, bot=None) -> None:
        self.acme, self.channel, self.conversation, self.bot = acme, channel, conversation, bot

    def send(self, text="Yes", **values):
        with self.acme.scope():
            return send_message(self.conversation, text, by=self.acme.anna, **values)

    def deliver(self):
        deliver(self.acme.workspace.id, self.conversation.id)

    def fresh(self, row):
        """The row as it is now."""
        with self.acme.scope():
            return type(row).objects.get(pk=row.pk)

    def statuses(self):
        with self.acme.scope():
            sent = Message.objects.filter(conversation=self.conversation, direction="outgoing")
            return list(sent.order_by("id").values_list("status", flat=True))

    def make_due(self):
        """As if the waiting time of every message had passed."""
        with self.acme.scope():
            Message.objects.filter(status="queued").update(next_attempt_at=None)

    def do(self, verb, *args, by=None, **values):
        """A verb of the inbox, as Anna unless somebody else does it."""
        with self.acme.scope():
            return verb(*args, by=by or self.acme.anna, **values)

    def sent(self, text="Yes", **values):
        """A message that the platform has."""
        message = self.send(text, **values)
        self.deliver()
        return self.fresh(message)

    def changes(self):
        """The kind and status of each change, and its text or emoji."""
        with self.acme.scope():
            found = MessageChange.objects.order_by("id")
            return [(change.kind, change.status, change.text or change.emoji) for change in found]

    def lose_lease(self, message):
        with self.acme.scope():
            Message.objects.filter(pk=message.pk).update(lease_until=Now() - timedelta(minutes=10))

    def actions(self):
        with self.acme.scope():
            found = Event.objects.filter(conversation_id=self.conversation.pk).order_by("seq")
            return [event.action for event in found if not event.action.startswith("conversation.")]

    def calls(self, method="sendMessage"):
        """What the sandbox was asked, from its journal."""
        return self.bot.sandbox.journal(bot=self.bot.id, method=method)

    def wait_left(self, message):
        """Seconds until the next attempt, by the database's clock."""
        with self.acme.scope():
            known = Message.objects.annotate(now=Now()).get(pk=message.pk)
        return (known.next_attempt_at - known.now).total_seconds()


def telegram_desk(acme, bot, chat=MARIA):
    bot.say("Hello", person=chat)
    with acme.scope():
        channel = make_channel(credentials={"token": bot.token, "secret_token": "s" * 32})
        return Desk(acme, channel, make_conversation(channel, chat=str(chat)), bot)


def whatsapp_desk(acme, number, chat=WHATSAPP_MARIA, channel=None):
    """The customer has written first, so the window is open."""
    number.say("Hello", person=chat)
    with acme.scope():
        channel = channel or make_channel("whatsapp", credentials=number.credentials)
        now = timezone.now()
        conversation = make_conversation(channel, chat=chat, last_incoming_at=now)
        return Desk(acme, channel, conversation, number)


def vk_desk(acme, community, chat=VK_MARIA):
    community.say("Hello", person=chat)
    with acme.scope():
        credentials = {"token": community.token, "group_id": str(community.id)}
        channel = make_channel("vk", credentials=credentials)
        return Desk(acme, channel, make_conversation(channel, chat=str(chat)), community)


def plain_desk(acme, kind="platform"):
    with acme.scope():
        channel = make_channel(kind)
        return Desk(acme, channel, make_conversation(channel, chat="7"))
