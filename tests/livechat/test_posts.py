"""The protocol by posts, for visitors behind a wall that lets no socket through."""

import json
from uuid import uuid4

import pytest
from django.test import AsyncClient

from inbox.letterbox import Unavailable
from livechat import tokens
from tests.livechat.conftest import connect_widget


class Poster:
    """A page that posts."""

    def __init__(self, channel, token=None):
        self.client = AsyncClient()
        self.address = f"/chat/{channel.key}/frames/"
        self.token, self.cursor = token or tokens.issue(channel.pk), None

    async def post(self, *frames, **body):
        answer = await self.client.post(
            self.address,
            json.dumps({"cursor": self.cursor, "frames": frames, **body}),
            content_type="application/json",
            headers={"Authorization": f"Visitor {self.token}"},
        )
        if answer.status_code != 200:
            return answer.status_code
        told = answer.json()["frames"]
        self.cursor = next((frame["cursor"] for frame in told if "cursor" in frame), self.cursor)
        return told


def texts(frames):
    return [message["text"] for frame in frames for message in frame.get("messages", [])]


def message(text):
    return {"type": "message", "id": str(uuid4()), "text": text}


async def test_question_and_answer_by_posts(connections, channel, company):
    page = Poster(channel)
    first = await page.post(message("Hello"), hello={"profile": {"name": "Maria"}})
    assert [frame["type"] for frame in first] == ["ack", "hello"]
    await company.sort()
    await page.post()
    await company.answer("Good day")
    assert texts(await page.post()) == ["Good day"]
    assert texts(await page.post()) == []
    assert (await company.conversation()).contact.name == "Maria"
    assert texts(await Poster(channel, page.token).post()) == ["Hello", "Good day"]


@pytest.mark.parametrize("body", ["x", "[]", '{"frames": 1}', "null"])
async def test_nonsense_is_refused(connections, channel, body):
    page = Poster(channel)
    answer = await page.client.post(
        page.address,
        body,
        content_type="application/json",
        headers={"Authorization": f"Visitor {page.token}"},
    )
    assert answer.status_code == 400


async def test_strangers_and_other_channels_tokens(connections, channel, acme):
    from live.threads import in_thread

    other = await in_thread(connect_widget, acme)
    assert await Poster(channel, "x").post() == 401
    assert await Poster(channel, tokens.issue(other.pk)).post() == 401


async def test_nothing_is_promised_while_the_database_is_away(connections, channel, monkeypatch):
    async def fail(*_):
        raise Unavailable

    monkeypatch.setattr("inbox.letterbox.post", fail)
    assert await Poster(channel).post(message("Hello")) == 503
