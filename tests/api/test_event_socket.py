"""The journal over a real socket: what a program sees that calls the API at the same time."""

import asyncio
import json

import httpx
import pytest
from django.db import connections
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from config.asgi import application
from live.threads import in_thread
from tests.api.calls import API
from tests.cast import make_token
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port


@pytest.fixture
async def server(transactional_db, monkeypatch):
    """The web process on a port of its own."""
    # Each request has a thread of its own, which must leave no connection behind.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    running = Server(application, free_port())
    await running.start()
    yield running
    await running.stop()
    await go_quiet()


async def token_of(people, **values):
    def make():
        with people.scope():
            return make_token(**values)

    return await in_thread(make)


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


async def next_event(socket):
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def test_what_the_api_does_arrives(acme, server):
    secret = await token_of(acme)
    base = f"127.0.0.1:{server.port}"
    async with httpx.AsyncClient(
        base_url=f"http://{base}{API}", headers=bearer(secret), trust_env=False
    ) as api:
        for name in ("Maria", "Olga"):
            assert (await api.post("/contacts/", json={"name": name})).status_code == 201
        address = f"ws://{base}/ws/events/?after=1"
        async with connect(address, additional_headers=bearer(secret), proxy=None) as socket:
            replayed = await next_event(socket)
            assert (replayed["seq"], replayed["data"]) == (2, {"name": "Olga"})
            made = (await api.post("/contacts/", json={"name": "Vera"})).json()
            live = await next_event(socket)
        listed = (await api.get("/events/?after=1")).json()["results"]
    assert [replayed, live] == listed
    assert live["subject"] == {"type": "contact", "id": made["id"]}
    assert live["at"].endswith("Z")


@pytest.mark.parametrize("values", [None, {"role": "agent"}, {"scopes": ["contacts.read"]}])
async def test_without_the_right_there_is_no_socket(acme, server, values):
    secret = "tdm_x.y" if values is None else await token_of(acme, **values)
    with pytest.raises(InvalidStatus) as refused:
        async with connect(
            f"ws://127.0.0.1:{server.port}/ws/events/",
            additional_headers=bearer(secret),
            proxy=None,
        ):
            pass
    assert refused.value.response.status_code == 403


async def test_a_body_that_comes_in_pieces_is_read(acme, server):
    secret = await token_of(acme)

    async def pieces():
        for piece in (b'{"name": ', b'"Maria"}'):
            yield piece

    async with httpx.AsyncClient(headers=bearer(secret), trust_env=False) as api:
        answer = await api.post(
            f"http://127.0.0.1:{server.port}{API}/contacts/",
            content=pieces(),
            headers={"Content-Type": "application/json", "Idempotency-Key": "a"},
        )
    assert (answer.status_code, answer.json()["name"]) == (201, "Maria")
