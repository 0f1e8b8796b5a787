"""Inquiries and replies: who waited how long for whom."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from analytics.models import Fact
from events import types
from inbox.journal import record_message
from tests.cast import make_channel, make_conversation, make_message
from workspaces.actions.calendars import set_calendar

pytestmark = pytest.mark.django_db
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Talk:
    """A conversation in which things are said at minutes of our choice."""

    def __init__(self, acme, conversation, began):
        self.acme, self.conversation, self.began = acme, conversation, began

    def asks(self, minute, **values):
        with self.acme.scope():
            message = make_message(
                self.conversation, sent_at=self.began + minute * MINUTE, **values
            )
            record_message(
                types.MESSAGE_RECEIVED,
                message,
                self.conversation,
                by=_actor(self.conversation.contact_id),
            )

    def answers(self, minute, by=None, **values):
        with self.acme.scope():
            message = make_message(
                self.conversation,
                direction="outgoing",
                status="sent",
                author=by,
                sent_at=self.began + minute * MINUTE,
                **values,
            )
            record_message(types.MESSAGE_SENT, message, self.conversation)

    def close(self):
        with self.acme.scope():
            self.conversation.close(by=self.acme.anna)

    def take(self, by):
        with self.acme.scope():
            self.conversation.accept(by=by)

    def reopen(self, by):
        with self.acme.scope():
            self.conversation.reopen(by=by)


def _actor(contact_id):
    from events.journal import Actor

    return Actor("contact", contact_id)


@pytest.fixture
def channel(acme):
    with acme.scope():
        return make_channel()


@pytest.fixture
def talk(acme, channel):
    def begin(*, hours_ago=3):
        with acme.scope():
            conversation = make_conversation(channel)
        return Talk(acme, conversation, timezone.now() - timedelta(hours=hours_ago))

    return begin


@pytest.fixture
def of(report):
    """`of("team")` over the last days."""

    def read(name="team", **query):
        first = (timezone.now() - timedelta(days=7)).date().isoformat()
        return report(name, first=first, **query)

    return read


def test_the_first_reply_is_credited_to_who_sent_it(talk, acme, of):
    chat = talk()
    chat.asks(0)
    chat.asks(2)
    chat.answers(5, by=acme.boris)
    row = of().row(owner=str(acme.boris.pk))
    assert row["first_reply_median"] == pytest.approx(300, rel=0.02)
    assert row["reply_median"] == pytest.approx(300, rel=0.02)
    assert row["sla_share"] == 1
    assert row["messages_sent"] == 1


def test_each_turn_has_its_reply_and_the_cycle_its_first(talk, acme, of):
    chat = talk()
    chat.asks(0)
    chat.answers(1, by=acme.boris)
    chat.answers(2, by=acme.boris)
    chat.asks(10)
    chat.answers(40, by=acme.vera)
    found = of()
    assert found.total["first_reply_median"] == pytest.approx(60, rel=0.02)
    assert found.row(owner=str(acme.vera.pk))["first_reply_median"] is None
    assert found.row(owner=str(acme.vera.pk))["reply_median"] == pytest.approx(1800, rel=0.02)


@pytest.mark.parametrize("sign", ["auto", "is_bot", "broadcast"])
def test_what_a_program_says_by_itself_answers_nobody(talk, acme, of, sign):
    chat = talk()
    chat.asks(0)
    chat.answers(1, payload={sign: "away"})
    assert of().total["first_reply_median"] is None
    chat.answers(20, by=acme.boris)
    assert of().total["first_reply_median"] == pytest.approx(1200, rel=0.02)


def test_what_we_began_has_no_first_reply(talk, acme, of):
    chat = talk()
    chat.answers(0, by=acme.boris)
    chat.asks(5)
    chat.answers(6, by=acme.boris)
    assert of().total["first_reply_median"] is None
    assert of("inquiries").total["inquiries"] == 0
    assert of().total["reply_median"] == pytest.approx(60, rel=0.02)


def test_a_program_answers_for_who_has_the_conversation(talk, acme, of):
    from uuid import uuid4

    chat = talk()
    chat.asks(0)
    chat.take(acme.boris)
    chat.answers(1, client_id=uuid4())
    row = of().row(owner=str(acme.boris.pk))
    assert (row["accepted"], row["sla_share"]) == (1, 1)


def test_late_replies_and_those_that_never_came_are_not_in_time(talk, acme, of):
    late, never, soon = talk(), talk(), talk()
    for chat in (late, never, soon):
        chat.asks(0)
    late.answers(60, by=acme.boris)
    soon.answers(1, by=acme.boris)
    assert of().total["sla_share"] == round(1 / 3, 6)


def test_working_hours_alone_count_for_the_promise(talk, acme, of):
    with acme.scope():
        set_calendar(
            ("workspace", acme.workspace.pk),
            mode="weekly",
            time_zone="UTC",
            weekly=[[]] * 7,
            holidays=[],
            by=acme.anna,
        )
    chat = talk()
    chat.asks(0)
    chat.answers(90, by=acme.boris)
    total = of().total
    assert total["first_reply_median"] == pytest.approx(5400, rel=0.02)
    assert total["first_reply_business_median"] == 0
    assert total["sla_share"] == 1


def test_a_conversation_that_is_opened_again_is_another_inquiry(talk, acme, of):
    chat = talk()
    chat.asks(0)
    chat.answers(1, by=acme.boris)
    chat.close()
    chat.asks(30)
    total = of("inquiries").total
    assert (total["inquiries"], total["new_inquiries"], total["resolved"]) == (2, 1, 1)
    assert total["messages_received"] == 2


def test_opened_by_a_member_it_is_none(talk, acme, of):
    chat = talk()
    chat.asks(0)
    chat.close()
    chat.reopen(acme.boris)
    assert of("inquiries").total["inquiries"] == 1


def test_resolution_has_a_time_without_the_customers_turns(acme, talk, of):
    chat = talk(hours_ago=2)
    chat.asks(0)
    chat.answers(30, by=acme.boris)
    chat.close()
    total = of("inquiries").total
    assert total["resolution_median"] == pytest.approx(7200, rel=0.03)
    assert total["resolution_net_median"] == pytest.approx(1800, rel=0.03)


def test_who_waits_now_is_told_apart(talk, acme, channel, of):
    chat = talk()
    with acme.scope():
        chat.conversation.waiting_since = timezone.now()
        chat.conversation.assignee = acme.boris
        chat.conversation.save()
    assert of().row(owner=str(acme.boris.pk))["waiting"] == 1
    assert of("channels").row(channel=str(channel.pk))["waiting"] == 1
    by_day = of("inquiries", group="day")
    assert by_day.total["waiting"] == 1
    assert by_day.rows == []


def test_hours_and_weekdays_are_the_companys(talk, acme, client):
    chat = talk()
    chat.asks(0)
    heat = client.get("/api/v1/reports/inquiries/").json()["heat"]
    from zoneinfo import ZoneInfo

    local = chat.began.astimezone(ZoneInfo(acme.workspace.time_zone))
    assert heat == [{"weekday": local.isoweekday(), "hour": local.hour, "inquiries": 1}]


def test_hours_are_counted_by_what_inquiries_have_and_are_none_of_what_they_have_not(
    talk, shop, channel, client
):
    chat = talk()
    shop.touch(chat.conversation.contact, "yandex", term="sofa")
    chat.asks(0)
    some = str(channel.pk)
    for name, value, count in (
        *(("source", "yandex", 1), ("source", "vk", 0), ("term", "sofa", 1)),
        *(("channel", some, 1), ("owner", some, 0), ("pipeline", some, 0)),
    ):
        asked = {"filter": json.dumps({"field": name, "op": "eq", "value": value})}
        heat = client.get("/api/v1/reports/inquiries/", asked).json()["heat"]
        assert sum(one["inquiries"] for one in heat) == count


def test_an_inquiry_knows_what_brought_it(talk, acme, shop, of):
    chat = talk()
    shop.touch(chat.conversation.contact, "yandex", campaign="sofas")
    chat.asks(0)
    assert of("inquiries", group="source").row(source="yandex")["inquiries"] == 1


def test_the_chats_behind_a_number(talk, client, acme):
    chat = talk()
    chat.asks(0)
    chat.answers(5, by=acme.boris)
    for metric in ("inquiries", "first_reply_median", "sla_share"):
        page = client.get(f"/api/v1/reports/inquiries/rows/?metric={metric}").json()
        assert page["count"] == 1
        assert page["results"][0]["type"] == "conversation"
        assert page["results"][0]["id"] == str(chat.conversation.pk)


def test_reading_the_journal_again_adds_nothing(talk, acme, of):
    from analytics.facts.subscription import on_events
    from events.models import Event

    chat = talk()
    chat.asks(0)
    chat.answers(5, by=acme.boris)
    before = of().total
    with acme.scope():
        count = Fact.objects.count()
        from analytics.models import ConversationClock

        ConversationClock.objects.all().delete()
        on_events(list(Event.objects.order_by("seq")))
        assert Fact.objects.count() == count
    assert of().total == before


def test_another_promise_judges_what_comes_after_it(talk, acme, of, client, program):
    early, late = talk(), talk()
    early.asks(0)
    early.answers(5, by=acme.boris)
    assert of().total["sla_share"] == 1
    response = client.send("patch", "/report-settings/", {"first_reply_target": 60})
    assert response.json()["first_reply_target"] == 60
    assert client.get("/api/v1/report-settings/").json() == response.json()
    late.asks(0)
    late.answers(5, by=acme.boris)
    assert of().total["sla_share"] == 0.5
    refused = program(role="marketer").send("patch", "/report-settings/", {"first_reply_target": 1})
    assert refused.status_code == 403


def test_reports_are_listed(client):
    found = {one["name"]: one for one in client.get("/api/v1/reports/").json()}
    assert "source" in found["marketing"]["groups"]
    assert "romi" in found["marketing"]["metrics"]
