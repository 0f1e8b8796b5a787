"""A widget of acme's, and visitors who talk to it over real sockets."""

import json
import time

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.db import connection

from core.redis import client
from events.models import Event
from inbox.actions import send_message
from inbox.connections import connect_channel
from inbox.delivery.machine import deliver
from inbox.models import Conversation, Message
from live.threads import in_thread
from livechat import tokens
from livechat.routing import websocket_urlpatterns
from livechat.widgets import find_widget
from tests.inbox.sorting import sort
from tests.live.quiet import go_quiet


@pytest.fixture
async def connections(transactional_db):
    """Give back what the event loop of this test has opened."""
    yield
    await go_quiet()
    # Django's own, of the thread in which views run.
    await sync_to_async(lambda: connection.close())()


@pytest.fixture(autouse=True)
def fresh_buckets():
    """Rate limits remember nothing of the tests before."""
    redis = client()
    for key in redis.scan_iter("livechat:*"):
        redis.delete(key)


def connect_widget(acme, **settings):
    with acme.scope():
        return connect_channel(
            kind="livechat", name="acme.example", settings=settings, by=acme.anna
        )


@pytest.fixture
def channel(acme):
    """A connected channel of kind livechat."""
    return connect_widget(acme)


@pytest.fixture
def widget(channel):
    return find_widget(channel.key)


class VisitorPage:
    """A visitor's browser, as far as the socket knows it."""

    def __init__(self, key, token=None, origin=b"http://localhost:8000"):
        self.token, self.cursor, self.messages = token, None, {}
        scope = {
            "type": "websocket",
            "path": f"/ws/chat/{key}/",
            "query_string": b"",
            "headers": [(b"origin", origin), (b"host", b"localhost:8000")],
            "client": ("127.0.0.1", 5000),
        }
        self.communicator = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)

    async def open(self):
        await self.communicator.send_input({"type": "websocket.connect"})
        return await self.communicator.receive_output(5)

    async def hello(self, **more):
        assert (await self.open())["type"] == "websocket.accept"
        await self.say(type="hello", token=self.token, cursor=self.cursor, **more)
        return await self.next("hello")

    async def say(self, **frame):
        await self.communicator.send_input({"type": "websocket.receive", "text": json.dumps(frame)})

    async def next(self, kind=None, timeout=8):
        """The next frame, or the next of this type; what it tells is kept in `messages`."""
        until = time.monotonic() + timeout
        while True:
            event = await self.communicator.receive_output(until - time.monotonic())
            assert event["type"] == "websocket.send", event
            frame = json.loads(event["text"])
            self.cursor = frame.get("cursor", self.cursor)
            if frame.get("whole"):
                self.messages.clear()
            self.messages |= {message["id"]: message for message in frame.get("messages", [])}
            for gone in frame.get("gone", []):
                self.messages.pop(gone, None)
            if kind is None or frame["type"] == kind:
                return frame

    async def until(self, check, timeout=8):
        """Read on until `check(self)` is true."""
        until = time.monotonic() + timeout
        while not check(self):
            await self.next(timeout=until - time.monotonic())

    async def code(self, timeout=12):
        until = time.monotonic() + timeout
        while True:
            event = await self.communicator.receive_output(until - time.monotonic())
            if event["type"] == "websocket.close":
                return event["code"]

    async def silent(self, seconds=0.4):
        return await self.communicator.receive_nothing(seconds)

    @property
    def texts(self):
        shown = sorted(self.messages.values(), key=lambda message: message["key"])
        return [message["text"] for message in shown]

    async def close(self):
        if not self.communicator.future.done():
            await self.communicator.send_input({"type": "websocket.disconnect", "code": 1001})
            await self.communicator.wait(timeout=5)


@pytest.fixture
async def open_page(connections, channel):
    """`await open_page()`: a new visitor's page past its hello; `token=` for one who comes back."""
    pages = []

    async def make(*, token=None, cursor=None, key=channel.key, **more):
        page = VisitorPage(key, token or tokens.issue(channel.pk))
        page.cursor = cursor
        pages.append(page)
        page.greeting = await page.hello(**more)
        return page

    yield make
    for page in pages:
        await page.close()


class Company:
    """What acme does on its side of the conversation."""

    def __init__(self, acme):
        self.acme = acme

    async def sort(self):
        return await in_thread(sort)

    async def conversation(self):
        """The only conversation there is."""
        return await in_thread(self._conversation)

    async def answer(self, text, **values):
        """Anna answers, and the worker sends it."""
        return await in_thread(self._answer, text, values)

    async def do(self, change):
        """Run `change(conversation)` in acme's scope."""

        def run():
            with self.acme.scope():
                return change(Conversation.objects.get())

        return await in_thread(run)

    async def texts(self):
        def read():
            with self.acme.scope():
                return [message.text for message in Message.objects.in_order()]

        return await in_thread(read)

    async def actions(self):
        def read():
            with self.acme.scope():
                return list(Event.objects.order_by("seq").values_list("action", flat=True))

        return await in_thread(read)

    def _conversation(self):
        with self.acme.scope():
            return Conversation.objects.select_related("contact", "identity").get()

    def _answer(self, text, values):
        with self.acme.scope():
            found = Conversation.objects.get()
            message = send_message(found, text, by=self.acme.anna, **values)
        deliver(self.acme.workspace.id, found.id)
        return message


@pytest.fixture
def company(acme):
    return Company(acme)
