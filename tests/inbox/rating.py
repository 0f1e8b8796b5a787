"""A desk on Telegram whose customer is asked how it was."""

from datetime import timedelta

from django.utils import timezone

from contacts.models import Contact
from events import types
from events.journal import SYSTEM
from events.models import Event
from events.subscriptions import run_workspace
from inbox.actions import send_message
from inbox.journal import record_message
from inbox.models import Conversation, Message, Rating, RatingRule
from inbox.ratings.asking import ask_all_due
from inbox.ratings.rules import set_rating_rule
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.sorting import MARIA, deliver, said, sort

TOKEN = {"token": f"42:{'A' * 35}", "secret_token": "open sesame"}


def rate(conversation, comment):
    """A conversation that was rated, by a rule of its channel."""
    now = timezone.now()
    RatingRule.objects.create(channel=conversation.channel, texts={"en": comment})
    return Rating.objects.create(
        conversation=conversation, contact=conversation.contact, channel=conversation.channel,
        closed_seq=1, due_at=now, asked_at=now, expires_at=now, answered_at=now,
        state="answered", score=4, comment=comment,
    )  # fmt: skip


class RatingDesk:
    """What a customer, an agent and the clock do, each in a transaction of its own. What the
    customer says is written as the sorter would, but for ratings."""

    def __init__(self, acme, **rule):
        self.acme, self._number = acme, 0
        with acme.scope():
            self.channel = make_channel(credentials=TOKEN, team=getattr(acme, "sales", None))
            values = {"is_on": True, "delay_minutes": 0, **rule}
            set_rating_rule(channel=None, by=SYSTEM, **values)

    def says(self, text="Hello"):
        """The customer writes now."""
        with self.acme.scope():
            conversation = self.conversation() or self._meets()
            conversation.reopen(by=SYSTEM)
            message = make_message(conversation, text, sent_at=timezone.now())
            now = timezone.now()
            Conversation.objects.filter(pk=conversation.pk).update(
                waiting_since=now, last_incoming_at=now
            )
            record_message(types.MESSAGE_RECEIVED, message, conversation)
        self.settle()

    def _meets(self):
        conversation = make_conversation(self.channel, team=self.channel.team)
        Contact.objects.filter(pk=conversation.contact_id).update(language="ru-RU")
        return conversation

    def answers(self, by=None, **values):
        """An agent answers, and the platform takes it."""
        with self.acme.scope():
            message = send_message(self.conversation(), "Yes", by=by or self._agent, **values)
            self._sent(message)

    def closes(self, by=None):
        with self.acme.scope():
            self.conversation().close(by=by or self._agent)
        self.settle()

    def asks(self):
        """What is due is asked."""
        ask_all_due()
        self.settle()

    def is_sent(self, action="message.sent"):
        """The platform takes the question, or does not."""
        with self.acme.scope():
            self._sent(Message.objects.filter(payload__auto="rating").order_by("id").last(), action)
        self.settle()

    def served(self, **values):
        """A whole talk, closed and asked about."""
        self.says("How much is it?")
        self.answers(**values)
        self.closes()
        self.asks()
        return self.rating()

    @property
    def _agent(self):
        return getattr(self.acme, "boris", None) or self.acme.rita

    def settle(self):
        run_workspace(self.acme.workspace.id)

    def conversation(self):
        found = Conversation.objects.select_related("channel", "contact", "identity")
        return found.order_by("created_at").first()

    def fresh(self):
        with self.acme.scope():
            return self.conversation()

    def rating(self):
        with self.acme.scope():
            return Rating.objects.order_by("closed_seq").last()

    def questions(self):
        with self.acme.scope():
            return list(
                Message.objects.filter(payload__auto="rating")
                .order_by("id")
                .select_related("channel")
            )

    def told(self, action):
        with self.acme.scope():
            return [event.data for event in Event.objects.filter(action=action).order_by("seq")]

    def ages(self, **ago):
        """As if the question had been sent that long ago."""
        with self.acme.scope():
            for rating in Rating.objects.exclude(asked_at=None):
                rating.asked_at -= timedelta(**ago)
                rating.expires_at -= timedelta(**ago)
                rating.save()

    def _sent(self, message, action="message.sent"):
        message.status = "failed" if action == "message.failed" else "sent"
        message.save(update_fields=["status"])
        record_message(action, message, self.conversation())


class SortedDesk(RatingDesk):
    """The same on Telegram, whose deliveries the sorter reads. Wants a test with transactions."""

    def says(self, text="Hello", **fields):
        self._number += 1
        update = said(text, number=self._number, **fields)
        update["message"]["date"] = int(timezone.now().timestamp()) + self._number
        self.takes(update)

    def presses(self, score, rating=None):
        """The customer presses a button under the question."""
        rating = rating or self.rating()
        self._number += 1
        question = {
            "message_id": 900 + self._number,
            "date": int(timezone.now().timestamp()),
            "chat": {"type": "private", **MARIA},
            "text": "?",
        }
        press = {
            "id": f"press {self._number}",
            "from": {"is_bot": False, **MARIA},
            "data": f"rating:{rating.pk.hex}:{score}",
            "message": question,
        }
        self.takes({"callback_query": press})

    def takes(self, update):
        with self.acme.scope():
            deliver(self.channel, update)
        sort()
        self.settle()
