"""Connections that outlive a call, for who makes many."""

import asyncio

import aiohttp
import pytest
from aiohttp import web

from channels_connectors import sessions
from channels_connectors.sessions import kept_sessions, session


@pytest.fixture
async def server():
    """An address that answers with the client's port: the same for the same connection."""

    async def answer(request):
        return web.json_response(request.transport.get_extra_info("peername")[1])

    application = web.Application()
    application.router.add_get("/", answer)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def open_session():
    return aiohttp.ClientSession()


async def port(address, key="here"):
    async with session(key, open_session) as own, own.get(address) as answer:
        return await answer.json()


async def test_each_call_has_a_connection_of_its_own(server):
    assert await port(server) != await port(server)


async def test_kept_sessions_share_connections_by_where_they_lead(server):
    async with kept_sessions():
        first = await port(server)
        assert await asyncio.create_task(port(server)) == first
        assert await port(server, "elsewhere") != first


async def test_all_are_closed_at_the_end(server):
    async with kept_sessions(), session("here", open_session) as own:
        await port(server)
    assert own.closed


async def test_an_old_session_is_replaced_and_closed_after_its_last_use(server, monkeypatch):
    async with kept_sessions():
        monkeypatch.setattr(sessions, "KEPT_SECONDS", -1.0)
        async with session("here", open_session) as old:
            async with session("here", open_session) as young:
                assert young is not old
            assert not old.closed
        assert old.closed


async def test_two_that_open_at_once_share_one(server):
    async def slowly():
        await asyncio.sleep(0)
        return aiohttp.ClientSession()

    async with kept_sessions():

        async def use():
            async with session("here", slowly) as own:
                return own

        first, second = await asyncio.gather(use(), use())
        assert first is second


async def test_those_that_nobody_uses_are_closed_when_they_are_many(server, monkeypatch):
    monkeypatch.setattr(sessions, "MOST", 2)
    async with kept_sessions():
        async with session("first", open_session) as first:
            await port(server, "second")
            await port(server, "third")
            assert not first.closed
        async with session("fourth", open_session):
            pass
        assert first.closed
