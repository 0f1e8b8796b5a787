"""A mailbox as a channel, read and answered in the process of the test."""

import asyncio
import time
from pathlib import Path

from django.db import connection

from channels_connectors.models import Channel
from core.postgresql.connections import close_async_pool
from inbox.actions import send_message
from inbox.connections import connect_channel
from inbox.delivery.machine import deliver
from inbox.media.fetching import fetch
from inbox.models import Attachment, Conversation, InboundEnvelope, Message
from inbox.poller.reader import Reader
from tests.inbox.sorting import sort

LETTERS = Path(__file__).parent.parent / "channels_connectors" / "email" / "letters"


class MailDesk:
    """The company's side of one mailbox."""

    def __init__(self, acme, mailbox, **settings) -> None:
        self.acme, self.mailbox = acme, mailbox
        with acme.scope():
            self.channel = connect_channel(
                kind="email",
                credentials=mailbox.credentials,
                settings={"poll_seconds": 0.2, **settings},
                by=acme.anna,
            )
        self.read_until(self.cursor)

    def cursor(self):
        with self.acme.scope():
            return Channel.objects.get(pk=self.channel.pk).poll_cursor

    def envelopes(self):
        with self.acme.scope():
            return InboundEnvelope.objects.filter(channel=self.channel).count()

    def read(self, letters=1):
        """Have so many more letters read and sorted, and their files fetched."""
        before = self.envelopes()
        self.read_until(lambda: self.envelopes() >= before + letters)
        self.sort()

    def sort(self):
        sort()
        with self.acme.scope():
            waiting = list(Attachment.objects.filter(status="pending").values_list("pk", flat=True))
        for attachment_id in waiting:
            fetch(self.acme.workspace.id, attachment_id)

    def read_until(self, condition, seconds=10):
        """Run the channel's reader until the condition holds."""
        place = (self.acme.workspace.id, self.channel.id)

        async def run():
            task = asyncio.create_task(Reader(place).run())
            try:
                async with asyncio.timeout(seconds):
                    while not await asyncio.to_thread(asked):
                        assert not task.done(), task.exception()
                        await asyncio.sleep(0.02)
            finally:
                task.cancel()
                await asyncio.wait([task])
                await close_async_pool()

        def asked():
            try:
                return condition()
            finally:
                connection.close()

        asyncio.run(run())

    def answer(self, text="Yes", **values):
        """Anna answers the only conversation, or `conversation`; returns the message as it ends."""
        with self.acme.scope():
            conversation = values.pop("conversation", None) or Conversation.objects.get()
            message = send_message(conversation, text, by=self.acme.anna, **values)
        deliver(self.acme.workspace.id, conversation.id)
        written = self.message(pk=message.pk)
        while written.status == "queued" and not written.attempts and written.next_attempt_at:
            time.sleep(0.05)  # the account's own pace
            deliver(self.acme.workspace.id, conversation.id)
            written = self.message(pk=message.pk)
        return written

    def message(self, **wanted):
        with self.acme.scope():
            return Message.objects.select_related("conversation").get(**wanted)
