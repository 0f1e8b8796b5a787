import asyncio
from uuid import uuid4

import pytest

from events import types
from live import guard
from live.follower import QUEUE
from live.fragments import register_changes
from live.hub import hub
from live.threads import in_thread
from tests.live.conftest import Page, cookies, eventually
from tests.live.facts import happen
from workspaces.actions import deactivate_member

pytestmark = pytest.mark.usefixtures("registries")


async def test_nobody_comes_in_without_a_session(acme):
    page = await Page("/ws/live/acme/").open()
    assert await page.code() == 4401


async def test_a_stranger_learns_nothing_of_a_workspace(acme, rival, open_page):
    for slug in ("acme", "nowhere"):
        page = await open_page(rival.rita, slug, hello=False)
        assert await page.code() == 4404


async def test_the_workspace_may_be_named_by_a_parameter(acme, log_in):
    client = await in_thread(log_in, acme.anna)
    page = await Page("/ws/live/?workspace=acme", cookies(client)).open()
    assert (await page.next())["type"] == "hello"
    await page.close()


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        ("http://localhost", True),
        ("http://localhost:8000", True),  # PUBLIC_URL
        ("http://localhost:9999", False),
        ("https://evil.example", False),
        ("null", False),
        ("http://localhost.evil.example", False),
    ],
)
async def test_another_site_may_not_open_a_socket(acme, log_in, origin, welcome):
    client = await in_thread(log_in, acme.anna)
    page = Page("/ws/live/acme/", [*cookies(client), (b"origin", origin.encode())])
    if welcome:
        await page.open()
        assert (await page.next())["type"] == "hello"
        await page.close()
    else:
        assert await page.refused() == 4401


async def test_twenty_messages_a_second_are_enough(acme, open_page):
    page = await open_page(acme.anna)
    for _ in range(30):
        await page.say(type="pong")
    assert await page.code() == 4029


@pytest.mark.parametrize(("text", "code"), [("{", 4400), ("[]", 4400), ("x" * 65_537, 1009)])
async def test_nonsense_ends_the_socket(acme, open_page, text, code):
    page = await open_page(acme.anna)
    await page.say_text(text)
    assert await page.code() == code


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"type": 7},
        {"type": "topics", "topics": "conversation"},
        {"type": "topics", "topics": [1, None, {}], "since": "x"},
        {"type": "hello", "since": True, "language": ["ru"]},
        {"type": "typing", "conversation": "x"},
        {"type": "presence", "state": "dancing"},
        {"type": "presence", "state": ["online"]},
    ],
)
async def test_odd_messages_do_no_harm(acme, open_page, message):
    register_changes([types.CONTACT_UPDATED], ["contacts"])
    page = await open_page(acme.anna)
    await page.say(**message)
    await happen(acme.workspace)
    assert (await page.next("news"))["changed"] == ["contacts"]


async def test_a_user_may_have_so_many_sockets(acme, open_page, monkeypatch):
    monkeypatch.setattr(guard, "MOST_OF_ONE_USER", 2)
    await open_page(acme.anna)
    await open_page(acme.anna)
    third = await open_page(acme.anna, hello=False)
    assert await third.code() == 4029


async def test_whoever_does_not_read_is_cut_off_and_comes_back(acme, open_page):
    register_changes([types.CONTACT_UPDATED], ["contacts"])
    page = await open_page(acme.anna)
    (socket,) = next(hub().rooms()).subscribers
    sent, stuck = socket._send, asyncio.Event()

    async def send_to_a_full_pipe(_):
        stuck.set()
        await asyncio.Event().wait()

    socket._send = send_to_a_full_pipe
    await happen(acme.workspace)
    await stuck.wait()
    for _ in range(QUEUE + 1):
        socket.beat(0)
    socket._send = sent
    assert await page.code() == 4008

    again = await open_page(acme.anna, since=page.seq)
    assert (await again.next("news"))["changed"] == ["contacts"]


async def test_logging_out_ends_the_socket(acme, log_in):
    client = await in_thread(log_in, acme.anna)
    page = await Page("/ws/live/acme/", cookies(client)).open()
    await in_thread(client.logout)
    assert await page.code(timeout=5) == 4401


async def test_a_new_password_ends_the_socket(acme, open_page):
    page = await open_page(acme.anna)

    def change():
        acme.anna.user.set_password(uuid4().hex)
        acme.anna.user.save()

    await in_thread(change)
    assert await page.code(timeout=5) == 4401


async def test_a_deactivated_member_is_shown_out(acme, open_page):
    page, colleague = await open_page(acme.boris), await open_page(acme.anna)

    def deactivate():
        with acme.scope():
            deactivate_member(membership=acme.boris, by=acme.anna)

    await in_thread(deactivate)
    assert await page.code(timeout=5) in {4401, 4404}
    assert await colleague.silent()


async def test_members_leave_nothing_behind(acme, open_page):
    page = await open_page(acme.anna)
    await page.close()
    await eventually(lambda: not list(hub().rooms()))
    assert guard.guard()._sockets == set()
