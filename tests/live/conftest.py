"""Sockets driven in the test's own event loop, against the real journal and the real Redis."""

import asyncio
import json
import time

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter
from django.conf import settings

from live import fragments, topics
from live.routing import websocket_urlpatterns
from live.threads import in_thread
from tests.live.quiet import go_quiet


@pytest.fixture(autouse=True)
async def connections(transactional_db):
    """Give back what the event loop of this test has opened."""
    yield
    await go_quiet()


@pytest.fixture
def registries(monkeypatch):
    """Empty registries: what a test registers is gone after it."""
    monkeypatch.setattr(fragments, "_renderers", [])
    monkeypatch.setattr(fragments, "_changes", [])
    monkeypatch.setattr(topics, "_kinds", {})


class Page:
    """The browser's end of a socket."""

    def __init__(self, path, headers=()):
        path, _, query = path.partition("?")
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": list(headers),
        }
        self.communicator = ApplicationCommunicator(URLRouter(websocket_urlpatterns), scope)

    async def open(self):
        assert (await self._shake_hands())["type"] == "websocket.accept"
        return self

    async def refused(self):
        """The code of a handshake that is answered with HTTP 403."""
        answer = await self._shake_hands()
        assert answer["type"] == "websocket.close"
        return answer["code"]

    async def say(self, **message):
        await self.say_text(json.dumps(message))

    async def say_text(self, text):
        await self.communicator.send_input({"type": "websocket.receive", "text": text})

    async def next(self, kind=None, timeout=5):
        """The next frame, or the next one of this type."""
        while True:
            event = await self.communicator.receive_output(timeout)
            assert event["type"] == "websocket.send", event
            frame = json.loads(event["text"])
            if kind is None or frame.get("type") == kind:
                return frame

    async def code(self, timeout=8):
        """The code with which the socket ends; frames before it are skipped."""
        until = time.monotonic() + timeout
        while True:
            event = await self.communicator.receive_output(until - time.monotonic())
            if event["type"] == "websocket.close":
                return event["code"]

    async def silent(self, seconds=0.3, kind="news"):
        """Whether no frame of this type, or whisper of this kind, comes for so long."""
        until = time.monotonic() + seconds
        while not await self.communicator.receive_nothing(max(0.0, until - time.monotonic())):
            frame = await self.next()
            assert kind not in {frame["type"], frame.get("kind")}, frame
        return True

    async def close(self):
        if not self.communicator.future.done():
            await self.communicator.send_input({"type": "websocket.disconnect", "code": 1001})
            await self.communicator.wait(timeout=5)

    async def _shake_hands(self):
        await self.communicator.send_input({"type": "websocket.connect"})
        return await self.communicator.receive_output(5)


@pytest.fixture
async def open_page(log_in):
    """`await open_page(membership, workspace, topics=...)`: an agent's page that follows them."""
    pages = []

    async def make(membership, slug="acme", *, hello=True, **message):
        client = await in_thread(log_in, membership)
        page = Page(f"/ws/live/{slug}/", cookies(client))
        pages.append(page)
        await page.open()
        if hello:
            page.seq = (await page.next("hello"))["seq"]
        if "since" in message:
            await page.say(type="hello", **message)
        elif message:
            await page.say(type="hello", since=page.seq, **message)
            assert (await page.next("news"))["replay"]
        return page

    yield make
    for page in pages:
        await page.close()


@pytest.fixture
async def open_feed():
    """`await open_feed(secret, after=0)`: a program's socket."""
    pages = []

    async def make(secret, query=""):
        page = Page(f"/ws/events/{query}", [(b"authorization", f"Bearer {secret}".encode())])
        pages.append(page)
        return await page.open()

    yield make
    for page in pages:
        await page.close()


def cookies(client):
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [(b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()), (b"host", b"localhost")]


async def eventually(check, timeout=8):
    """Wait until `check()` (it may be async) is true."""
    until = time.monotonic() + timeout
    while True:
        found = check()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        assert time.monotonic() < until, "this never came true"
        await asyncio.sleep(0.02)
