import asyncio

import pytest

from events import types
from live.threads import in_thread
from tests.cast import make_token
from tests.live.conftest import Page
from tests.live.facts import happen
from workspaces.actions import revoke_api_token
from workspaces.models import ApiToken, Role


async def token(people, **values):
    def make():
        with people.scope():
            return make_token(**values)

    return await in_thread(make)


async def seqs(page, count):
    return [(await page.next())["seq"] for _ in range(count)]


async def test_it_replays_and_goes_on_live(acme, open_feed):
    secret = await token(acme)
    await happen(acme.workspace, count=3)
    page = await open_feed(secret, "?after=1")
    assert await seqs(page, 2) == [2, 3]
    await happen(acme.workspace)
    event = await page.next()
    assert event["seq"] == 4
    assert event.keys() == {"seq", "action", "at", "actor", "subject", "data"}
    assert (event["action"], event["actor"]) == (types.CONTACT_UPDATED, None)


async def test_without_after_only_what_comes(acme, open_feed):
    await happen(acme.workspace, count=3)
    page = await open_feed(await token(acme))
    await happen(acme.workspace)
    assert await seqs(page, 1) == [4]


async def test_no_gap_and_nothing_twice_while_many_write(acme, open_feed):
    secret = await token(acme)
    await happen(acme.workspace, count=700)

    async def write():
        for _ in range(15):
            await happen(acme.workspace, count=3)

    writing = asyncio.gather(*(write() for _ in range(4)))
    page = await open_feed(secret, "?after=0")
    late = await open_feed(secret, "?after=650")
    assert await seqs(page, 880) == list(range(1, 881))
    assert await seqs(late, 230) == list(range(651, 881))
    await writing


async def test_another_workspace_is_silent(acme, rival, open_feed):
    page = await open_feed(await token(rival), "?after=0")
    await happen(acme.workspace)
    assert await page.communicator.receive_nothing(0.3)


@pytest.mark.parametrize("secret", ["", "tdm_nobody.secret"])
async def test_an_unknown_token_is_refused(secret):
    page = Page("/ws/events/?after=0", [(b"authorization", f"Bearer {secret}".encode())])
    assert await page.refused() == 4401


@pytest.mark.parametrize("values", [{"role": Role.AGENT}, {"scopes": ["inbox.read"]}])
async def test_a_token_without_the_right_is_refused(acme, values):
    secret = await token(acme, **values)
    page = Page("/ws/events/?after=0", [(b"authorization", f"Bearer {secret}".encode())])
    assert await page.refused() == 4401


@pytest.mark.parametrize("after", ["x", "-1", "1e3", "9" * 30])
async def test_a_cursor_that_is_no_number_is_refused(acme, after):
    secret = await token(acme)
    page = Page(f"/ws/events/?after={after}", [(b"authorization", f"Bearer {secret}".encode())])
    assert await page.refused() == 4400


async def test_a_revoked_token_ends_the_feed(acme, open_feed):
    page = await open_feed(await token(acme))

    def revoke():
        with acme.scope():
            revoke_api_token(token=ApiToken.objects.get(), by=acme.anna)

    await in_thread(revoke)
    assert await page.code() == 4401
