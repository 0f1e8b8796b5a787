"""Which conversations a list shows, in which order, and what it costs."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import QueryDict
from django.utils import timezone

from inbox.filters import Cursor, Filters
from inbox.models import Conversation
from inbox.queues import MOST_COUNTED, Queue
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


def queue(viewer, address="", **values):
    filters = Filters.from_address(QueryDict(address)) if address else Filters(**values)
    return Queue(viewer, filters, Conversation.objects.visible_to(viewer))


def names(page):
    return [row.contact.name for row in page.rows]


@pytest.fixture
def talks(acme):
    """One conversation of each kind, from the newest to the oldest."""
    now = timezone.now()
    with acme.scope():
        channel = make_channel()
        status = Conversation.Status
        made = [
            ("Ada", {"status": status.NEW, "waiting_since": now - timedelta(minutes=5)}),
            ("Bea", {"status": status.ACCEPTED, "assignee": acme.boris}),
            ("Cid", {"status": status.NEW}),
            (
                "Dan",
                {
                    "status": status.ACCEPTED,
                    "assignee": acme.anna,
                    "waiting_since": now - timedelta(minutes=9),
                },
            ),
            ("Eve", {"status": status.CLOSED, "assignee": acme.anna}),
        ]
        for age, (name, values) in enumerate(made):
            at = now - timedelta(minutes=age)
            make_conversation(channel, name=name, last_activity_at=at, **values)
    return channel


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("new", ["Ada", "Cid"]),
        ("mine", ["Dan"]),
        ("team", ["Bea", "Dan"]),
        ("unanswered", ["Dan", "Ada"]),
        ("all", ["Ada", "Bea", "Cid", "Dan"]),
        ("archive", ["Eve"]),
    ],
)
def test_each_view_shows_its_own(acme, talks, view, expected):
    with acme.scope():
        assert names(queue(acme.anna, view=view).page()) == expected


def test_counters_count_each_view_in_one_query(acme, talks, django_assert_num_queries):
    with acme.scope():
        asked = queue(acme.anna)
        with django_assert_num_queries(1):
            counters = asked.counters()
    assert counters == {"new": 2, "mine": 1, "team": 2, "unanswered": 2, "all": 4}


def test_counters_stop_counting(acme, talks):
    with acme.scope():
        for number in range(MOST_COUNTED + 5):
            make_conversation(talks, name=f"N{number}", status="new")
        assert queue(acme.anna).counters()["new"] == MOST_COUNTED


def test_an_agent_counts_what_he_may_see(acme, talks):
    with acme.scope():
        Conversation.objects.filter(contact__name="Ada").update(team=acme.support)
        assert queue(acme.boris).counters()["new"] == 1
        assert queue(acme.vera).counters()["new"] == 2


@pytest.mark.parametrize("view", ["new", "all", "unanswered"])
def test_pages_follow_each_other_without_gap_or_repeat(acme, view):
    now = timezone.now()
    with acme.scope():
        channel = make_channel()
        for number in range(23):
            # Several at the same moment, as a batch of the sorter writes them.
            at = now - timedelta(minutes=number // 4)
            status = "new" if number % 2 or view == "new" else "accepted"
            make_conversation(
                channel, name=f"N{number}", status=status, last_activity_at=at, waiting_since=at
            )
        asked, seen, cursor = queue(acme.anna, view=view), [], None
        while True:
            page = asked.page(cursor, rows=5)
            seen += names(page)
            if page.next is None:
                break
            cursor = Cursor.parse(str(page.next))
    assert len(seen) == len(set(seen)) == 23


def test_filters_narrow_a_view(acme, talks):
    with acme.scope():
        Conversation.objects.filter(contact__name="Bea").update(unread_count=2)
        assert names(queue(acme.anna, view="all", unread=True).page()) == ["Bea"]
        assert names(queue(acme.anna, view="all", assignee=acme.anna.id).page()) == ["Dan"]
        assert names(queue(acme.anna, view="all", channel=uuid4()).page()) == []
        assert len(names(queue(acme.anna, view="all", channel=talks.id).page())) == 4


def test_an_address_survives_the_way_there_and_back():
    filters = Filters(view="team", query="Анна & co", channel=uuid4(), unread=True)
    assert Filters.from_address(QueryDict(filters.address())) == filters


@pytest.mark.parametrize(
    "address", ["view=nonsense", "channel=7", "after=x", "q=%00", "assignee=-"]
)
def test_a_damaged_address_falls_back(acme, talks, address):
    with acme.scope():
        assert queue(acme.anna, address).page() is not None
    assert Cursor.parse("9" * 40 + ".x") is None
    assert Cursor.parse("9" * 40 + "." + "0" * 32) is None
