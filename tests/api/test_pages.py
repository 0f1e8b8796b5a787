"""Pages by cursor: nothing twice and nothing left out, whatever is added meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.api.cursors import BadCursor, Cursor
from inbox.api.messages import InPlatformOrder
from inbox.models import Conversation, Message
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def conversation(acme):
    with acme.scope():
        return make_conversation(make_channel())


def say(acme, conversation, count, **values):
    with acme.scope():
        return [str(make_message(conversation, **values).id) for _ in range(count)]


def test_pages_follow_the_cursor_to_the_end(client):
    for number in range(5):
        client.send("post", "/contacts/", {"name": f"Contact {number}"})
    pages = list(client.pages("/contacts/?limit=2"))
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [row["name"] for page in pages for row in page] == [
        f"Contact {number}" for number in (4, 3, 2, 1, 0)
    ]


def test_previous_leads_back(client):
    for number in range(7):
        client.send("post", "/contacts/", {"name": str(number)})
    pages, url = [], "/contacts/?limit=3"
    while url:
        page = client.send("get", url).json()
        pages.append(page)
        url = page["next"]
    assert pages[0]["previous"] is None
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(client.send("get", back[-1]["previous"]).json())
    assert [page["results"] for page in reversed(back)] == [page["results"] for page in pages]
    assert back[-1]["next"]


def test_what_is_added_meanwhile_doubles_nothing(client):
    names = [str(number) for number in range(10)]
    for name in names:
        client.send("post", "/contacts/", {"name": name})
    seen = []
    for number, page in enumerate(client.pages("/contacts/?limit=3")):
        seen += [row["name"] for row in page]
        client.send("post", "/contacts/", {"name": f"new {number}"})
    assert seen == names[::-1]


def test_growing_lists_end_with_what_was_added(client, acme, conversation):
    first = say(acme, conversation, 5)
    seen, later = [], []
    for page in client.pages(f"/conversations/{conversation.id}/messages/?limit=2"):
        seen += [row["id"] for row in page]
        if len(later) < 3:
            later += say(acme, conversation, 1)
    assert seen == first + later


def test_many_messages_of_one_moment(client, acme, conversation):
    ids = say(acme, conversation, 9, sent_at=NOON)
    path = f"/conversations/{conversation.id}/messages/?limit=2"
    assert [row["id"] for row in client.rows(path)] == sorted(ids)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    places=some.lists(some.tuples(some.integers(0, 3), some.integers(-2, 2)), max_size=12),
    limit=some.integers(1, 5),
)
def test_any_order_is_walked_whole(client, acme, conversation, places, limit):
    with acme.scope():
        Message.objects.all().delete()
        for second, order in places:
            at = NOON + timedelta(seconds=second)
            make_message(conversation, sent_at=at, platform_order=order)
        wanted = [str(pk) for pk in Message.objects.in_order().values_list("pk", flat=True)]
    path = f"/conversations/{conversation.id}/messages/?limit={limit}"
    assert [row["id"] for row in client.rows(path)] == wanted


def test_conversations_of_all_states_come_by_activity(client, acme):
    with acme.scope():
        channel = make_channel()
        for number in range(12):
            make_conversation(
                channel,
                status=Conversation.Status.values[number % 3],
                # Pairs of the same moment.
                last_activity_at=NOON - timedelta(minutes=number // 2),
            )
        wanted = [
            str(pk) for pk in Conversation.objects.newest_first().values_list("pk", flat=True)
        ]
        still_open = Conversation.objects.exclude(status="closed").newest_first()
        wanted_open = [str(pk) for pk in still_open.values_list("pk", flat=True)]
    for limit in (1, 5, 50):
        assert [row["id"] for row in client.rows(f"/conversations/?limit={limit}")] == wanted
        path = f"/conversations/?status=open&limit={limit}"
        assert [row["id"] for row in client.rows(path)] == wanted_open


def test_a_cursor_of_another_list_is_refused():
    order = InPlatformOrder.order
    cursor = Cursor((NOON, 5, Message().pk))
    assert Cursor.parse(str(cursor), order, Message) == cursor
    for wrong in (Cursor((NOON,)), Cursor((NOON, "x", "y")), Cursor((5, 5, Message().pk))):
        with pytest.raises(BadCursor):
            Cursor.parse(str(wrong), order, Message)


def test_a_page_holds_at_most_two_hundred(client, acme, conversation):
    say(acme, conversation, 205)
    path = f"/conversations/{conversation.id}/messages/"
    assert [len(page) for page in client.pages(f"{path}?limit=1000")] == [200, 5]
    assert [len(page) for page in client.pages(path)] == [50, 50, 50, 50, 5]
