"""Writing first, by program."""

import pytest

from tests.api.calls import is_problem
from tests.cast import make_channel

pytestmark = pytest.mark.django_db
NUMBER = "+7 921 384-20-16"


@pytest.fixture
def channel(acme, platform):
    platform(can_write_first=True, templates=True)
    with acme.scope():
        return make_channel("platform")


def test_a_conversation_is_made_once(client, channel):
    body = {"channel": str(channel.id), "to": NUMBER, "name": "Maria"}
    first = client.send("post", "/conversations/", body)
    again = client.send("post", "/conversations/", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["status"] == "new"
    path = f"/conversations/{first.json()['id']}/messages/"
    assert client.send("post", path, {"text": "Hello"}).status_code == 201


def test_bad_input_is_refused(client, channel):
    is_problem(client.send("post", "/conversations/", {"channel": str(channel.id)}), 400)
    body = {"channel": str(channel.id), "to": "hello"}
    is_problem(client.send("post", "/conversations/", body), 422)


def test_a_strangers_channel_is_not_there(stranger, channel):
    body = {"channel": str(channel.id), "to": NUMBER}
    is_problem(stranger.send("post", "/conversations/", body), 422)


def test_a_reader_starts_nothing(program, channel):
    body = {"channel": str(channel.id), "to": NUMBER}
    is_problem(program(role="quality").send("post", "/conversations/", body), 403)
