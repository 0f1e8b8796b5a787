from uuid import uuid4

import pytest

from events import types
from live.fragments import Fragment, register_changes, register_renderer
from live.topics import conversation, of_conversation, register_topic
from tests.live.facts import happen, say_in

pytestmark = pytest.mark.usefixtures("registries")


@pytest.fixture
def rendered():
    """Conversations can be followed by all; a message is rendered as <p>text</p>."""
    calls = []

    def render(events):
        calls.append([event.data["text"] for event in events])
        return [Fragment(of_conversation(e), f"<p>{e.data['text']}</p>", e.seq) for e in events]

    register_topic("conversation", lambda membership, key: True)
    register_renderer([types.MESSAGE_RECEIVED], render)
    return calls


async def test_a_page_hears_what_has_changed(acme, open_page):
    register_changes([types.CONTACT_UPDATED], ["contacts"])
    page = await open_page(acme.anna)
    await happen(acme.workspace)
    news = await page.next("news")
    assert news["changed"] == ["contacts"]
    assert news["streams"] == ""
    assert news["seq"] > page.seq


async def test_an_open_conversation_gets_its_fragment(acme, open_page, rendered):
    one, other = uuid4(), uuid4()
    page = await open_page(acme.anna, topics=[conversation(one)])
    await say_in(acme.workspace, other, "not followed")
    await say_in(acme.workspace, one, "followed")
    assert (await page.next("news"))["streams"] == "<p>followed</p>"
    assert rendered == [["followed"]]


async def test_a_page_that_was_away_gets_what_it_missed(acme, open_page, rendered):
    one = uuid4()
    for text in ("seen", "missed", "missed too"):
        await say_in(acme.workspace, one, text)
    page = await open_page(acme.anna, topics=[conversation(one)], since=1)
    news = await page.next("news")
    assert news["streams"] == "<p>missed</p><p>missed too</p>"
    assert news["replay"] is True


async def test_a_page_that_missed_too_much_is_told_to_load_anew(acme, open_page):
    await happen(acme.workspace, count=501)
    page = await open_page(acme.anna, since=0)
    assert (await page.next())["type"] == "reset"


async def test_a_page_from_before_a_restored_backup_is_told_to_load_anew(acme, open_page):
    page = await open_page(acme.anna, since=77)
    assert (await page.next())["type"] == "reset"


async def test_colleagues_of_another_team_hear_nothing(acme, open_page, rendered):
    one = uuid4()
    register_changes([types.MESSAGE_RECEIVED], ["conversations"])
    anna = await open_page(acme.anna, topics=[conversation(one)])
    boris = await open_page(acme.boris, topics=[conversation(one)])
    vera = await open_page(acme.vera, topics=[conversation(one)])
    await say_in(acme.workspace, one, "Hello", teams=[acme.sales.id])
    for page in (anna, boris):
        news = await page.next("news")
        assert (news["streams"], news["changed"]) == ("<p>Hello</p>", ["conversations"])
    assert await vera.silent()


async def test_the_other_workspace_hears_nothing(acme, rival, open_page):
    register_changes([types.CONTACT_UPDATED], ["contacts"])
    rita = await open_page(rival.rita, "rival")
    await happen(acme.workspace)
    assert await rita.silent()


async def test_a_topic_needs_permission(acme, open_page, rendered):
    one = uuid4()
    register_topic("conversation", lambda membership, key: membership.pk == acme.anna.pk)
    anna = await open_page(acme.anna, topics=[conversation(one), "unknown:x", "conversation:x"])
    owner = await open_page(acme.owner, topics=[conversation(one)])
    await say_in(acme.workspace, one, "Hello")
    assert (await anna.next("news"))["streams"] == "<p>Hello</p>"
    assert await owner.silent()
