"""Marks of customers in the reports: averages, shares, and what stands behind them."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from analytics.models import Fact
from contacts.merging import absorb
from events import types
from events.journal import SYSTEM, record
from inbox.models import Conversation, Rating
from inbox.ratings.asking import facts_of
from tests.api.calls import address
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
DAYS = [datetime(2026, 3, day, tzinfo=UTC) for day in (2, 3, 29)]
PERIOD = {"first": "2026-03-01", "last": "2026-03-31"}


class Marks:
    """Questions and answers, told to the journal as the inbox tells them."""

    def __init__(self, acme):
        self.acme = acme
        with acme.scope():
            self.channels = [make_channel(team=acme.sales), make_channel("vk")]

    def asked(self, *, agent=None, channel=0, at=DAYS[0], chat=None):
        with self.acme.scope():
            if chat is None:
                chat = make_conversation(self.channels[channel], assignee=agent)
            rating = Rating.objects.create(
                conversation=chat, contact=chat.contact, channel=chat.channel, agent=agent,
                team=chat.channel.team, closed_seq=Rating.objects.count() + 1, due_at=at,
                asked_at=at, expires_at=at + timedelta(days=1), state="asked",
            )  # fmt: skip
        self.tell(types.CONVERSATION_RATING_ASKED, rating)
        return rating

    def rates(self, rating, score, comment=""):
        with self.acme.scope():
            rating.refresh_from_db()
            before = rating.score
            rating.score, rating.comment, rating.state = score, comment, "answered"
            rating.save()
        self.tell(types.CONVERSATION_RATED, rating, score=score, before=before)

    def fails(self, rating):
        with self.acme.scope():
            rating.state = "failed"
            rating.save()
        self.tell(types.CONVERSATION_RATING_FAILED, rating)

    def tell(self, action, rating, **more):
        with self.acme.scope():
            record(
                action,
                subject=("conversation", rating.conversation_id),
                by=SYSTEM,
                data={**facts_of(rating), **more},
                conversation_id=rating.conversation_id,
            )


@pytest.fixture
def marks(acme):
    return Marks(acme)


def rows_behind(client, name, metric, cell=""):
    query = {"metric": metric, "cell": cell, "from": PERIOD["first"], "to": PERIOD["last"]}
    answer = client.get(address(f"/reports/{name}/rows/"), query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_mark_is_credited_to_who_had_the_conversation(marks, acme, report, client):
    first, second = (marks.asked(agent=acme.boris) for _ in range(2))
    marks.rates(first, 5)
    marks.rates(second, 2, "Slow")
    marks.asked(agent=acme.boris)
    found = report("team", **PERIOD)
    row = found.row(owner=str(acme.boris.pk))
    assert (row["rating"], row["rated"]) == (3.5, 2)
    assert row["rated_share"] == pytest.approx(2 / 3, abs=1e-6)
    behind = rows_behind(client, "team", "rating", f'{{"owner": "{acme.boris.pk}"}}')
    assert behind["count"] == row["rated"]
    told = {(one["score"], one["comment"], one["amount"]) for one in behind["results"]}
    assert told == {(5, "", None), (2, "Slow", None)}
    assert rows_behind(client, "team", "rated_share")["count"] == 3


def test_a_changed_mark_counts_once_and_a_failed_question_not_at_all(marks, acme, report):
    rating = marks.asked(agent=acme.boris)
    marks.rates(rating, 1)
    marks.rates(rating, 4)
    marks.rates(rating, 4, "Better now")
    marks.fails(marks.asked(agent=acme.vera))
    total = report("team", **PERIOD).total
    assert (total["rating"], total["rated"], total["rated_share"]) == (4, 1, 1)
    assert report("team", first="2026-04-01", last="2026-04-30").total["rating"] is None
    with acme.scope():
        assert Fact.objects.filter(kind="rated", voided_at=None).count() == 1


def test_an_answer_before_the_news_of_its_question_counts_both(marks, acme, report):
    with acme.scope():
        chat = make_conversation(marks.channels[0])
        rating = Rating.objects.create(
            conversation=chat, contact=chat.contact, channel=chat.channel, closed_seq=1,
            due_at=DAYS[0], asked_at=DAYS[0], expires_at=DAYS[1], state="queued",
        )  # fmt: skip
    marks.rates(rating, 3)
    assert report("channels", **PERIOD).total["rated_share"] == 1


def test_random_marks_are_counted_like_a_naive_program_does(marks, acme, report, client):
    chance = random.Random(7)
    agents = [acme.boris, acme.vera, None]
    asked = []
    for _ in range(60):
        what = chance.random()
        if not asked or what < 0.5:
            agent, at = chance.choice(agents), chance.choice(DAYS)
            chat = None
            if asked and chance.random() < 0.3:
                with acme.scope():
                    chat = Conversation.objects.select_related("channel", "contact").get(
                        pk=chance.choice(asked).conversation_id
                    )
            asked.append(marks.asked(agent=agent, channel=chance.randrange(2), at=at, chat=chat))
        elif what < 0.9:
            marks.rates(chance.choice(asked), chance.randrange(1, 6))
        elif len(asked) > 1:
            kept, gone = chance.sample(asked, 2)
            merge(acme, kept, gone)
    for rebuilt in (False, True):
        if rebuilt:
            call_command("rebuild_analytics", acme.workspace.slug, verbosity=0)
        for name, key, dimension in (
            ("team", "agent_id", "owner"),
            ("channels", "channel_id", "channel"),
            ("inquiries", "team_id", "team"),
        ):
            found = report(name, group=dimension, **PERIOD)
            with acme.scope():
                expected = naive(key)
            for row in found.rows:
                questions, scores = expected.pop(row[dimension], (0, []))
                assert row["rated"] == len(scores)
                assert row["rating"] == (
                    pytest.approx(sum(scores) / len(scores), abs=1e-6) if scores else None
                )
                if questions:
                    assert row["rated_share"] == pytest.approx(len(scores) / questions, abs=1e-6)
                cell = json.dumps({dimension: row[dimension]})
                assert rows_behind(client, name, "rated", cell)["count"] == row["rated"]
                assert rows_behind(client, name, "rated_share", cell)["count"] == questions
            assert not expected
            assert found.total["rated"] == sum(row["rated"] for row in found.rows)


def naive(key):
    """From the ratings themselves: questions and marks by a column."""
    found = {}
    for rating in Rating.objects.exclude(asked_at=None):
        value = getattr(rating, key)
        questions, scores = found.get(str(value) if value else None, (0, []))
        scores = [*scores, rating.score] if rating.score else scores
        found[str(value) if value else None] = (questions + 1, scores)
    return found


def merge(acme, kept, gone):
    with acme.scope():
        kept.refresh_from_db()
        gone.refresh_from_db()
        if kept.contact_id == gone.contact_id:
            return
        connection.ensure_connection()
        told = absorb(
            connection.connection, acme.workspace.pk, absorbed=gone.contact_id, kept=kept.contact_id
        )
        for fact in told:
            record(fact.action, subject=fact.subject, by=SYSTEM, data=fact.data)


def test_today_is_counted_where_nothing_is_said_of_the_day(marks, report):
    marks.rates(marks.asked(at=timezone.now()), 4)
    assert report("team").total["rated"] == 1
