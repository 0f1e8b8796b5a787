"""What the page of channels counts, and what it shows of trouble, parked news and notices."""

from datetime import timedelta

import pytest
from django.utils import timezone

from channels_connectors.models import Channel, ChannelDay, ChannelNotice
from events import types
from events.models import Event
from events.subscriptions import run_workspace
from inbox import overview
from inbox.journal import record_message
from inbox.models import InboundEnvelope, Message
from inbox.notices import topics_of
from tests.cast import make_channel, make_conversation, make_message

RAW = b'{"text": "<script>alert(1)</script>"}'


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


@pytest.fixture
def talk(acme):
    with acme.scope():
        return make_conversation(make_channel(name="Bot"))


def tell(acme, talk, action, **values):
    with acme.scope():
        values.setdefault("sent_at", timezone.now())
        record_message(action, make_message(talk, **values), talk)


def row_of(acme, talk):
    with acme.scope():
        return overview.rows(Channel.objects.filter(pk=talk.channel_id))[0]


def test_messages_are_counted_by_day_and_each_once(acme, talk):
    now = timezone.now()
    for days in (0, 0, 3, 40):
        tell(acme, talk, types.MESSAGE_RECEIVED, sent_at=now - timedelta(days=days))
    tell(acme, talk, types.MESSAGE_SENT, direction="outgoing", sent_at=now)
    tell(acme, talk, types.MESSAGE_FAILED, direction="outgoing", sent_at=now)
    for _ in range(2):
        run_workspace(acme.workspace.id)
    row = row_of(acme, talk)
    assert row.count == 3
    assert (row.last_received_at, row.last_sent_at) == (now, now)
    heights = [bar.height for bar in row.bars]
    assert len(heights) == overview.DAYS
    assert (heights[-1], heights[-2]) == (20, 2)
    assert [bar.is_bad for bar in row.bars] == [False] * 13 + [True]
    with acme.scope():
        assert ChannelDay.objects.count() == 3


def test_the_last_message_is_known_though_it_is_long_ago(acme, talk):
    moment = timezone.now() - timedelta(days=100)
    tell(acme, talk, types.MESSAGE_RECEIVED, sent_at=moment)
    run_workspace(acme.workspace.id)
    assert row_of(acme, talk).last_received_at == moment


def test_a_platforms_clock_ahead_of_ours_fills_no_day_to_come(acme, talk):
    tell(acme, talk, types.MESSAGE_RECEIVED, sent_at=timezone.now() + timedelta(days=2))
    run_workspace(acme.workspace.id)
    assert row_of(acme, talk).count == 1


def test_the_queue_is_told(acme, talk, admin):
    with acme.scope():
        for _ in range(4):
            make_message(talk, direction="outgoing", status="queued", external_id=None)
        talk.channel.change_status("broken", reason="The token was revoked.")
    page = admin.get(f"{acme.url}/channels/").text
    assert "Not sending since" in page
    assert "4 messages wait" in page
    assert "The token was revoked. Replies wait" in page
    assert f"/channels/{talk.channel_id}/connection/" in page


def test_who_switched_a_channel_off_is_told(acme, talk, admin):
    admin.post(f"{acme.url}/channels/{talk.channel_id}/disconnection/")
    page = admin.get(f"{acme.url}/channels/").text
    assert "Switched off" in page
    assert ", Anna" in page


def test_ten_channels_cost_as_many_queries_as_one(acme, talk, admin, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        admin.get(f"{acme.url}/channels/")
    with acme.scope():
        for number in range(9):
            found = make_channel(name=f"Bot {number}")
            ChannelDay.objects.create(channel=found, day=timezone.localdate(), received=number)
            InboundEnvelope.objects.create(channel=found, dedup_key="1", raw=RAW, state="parked")
    with django_assert_num_queries(len(one)):
        admin.get(f"{acme.url}/channels/")


def test_the_frame_alone_is_answered_for_live_pages(acme, talk, admin):
    page = admin.get(f"{acme.url}/channels/", headers={"Turbo-Frame": "channels"}).text
    assert page.startswith('<turbo-frame id="channels"')
    assert "<html" not in page


def test_a_parked_delivery_is_shown_as_text_and_read_again_alone(acme, talk, admin):
    with acme.scope():
        one, other = (
            InboundEnvelope.objects.create(
                channel=talk.channel, dedup_key=key, raw=RAW, state="parked", error="odd"
            )
            for key in "12"
        )
    path = f"{acme.url}/channels/{talk.channel_id}/parked/{one.pk}/"
    page = admin.get(path).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert admin.post(f"{path}replay/").status_code == 303
    admin.post(f"{path}replay/")
    with acme.scope():
        assert InboundEnvelope.objects.get(pk=one.pk).state == "new"
        assert InboundEnvelope.objects.get(pk=other.pk).state == "parked"


def test_what_could_not_be_read_is_renewed_on_an_open_page(acme, talk, admin):
    page = f"{acme.url}/channels/{talk.channel_id}/"

    def frame():
        return admin.get(page, headers={"Turbo-Frame": "channel_news"}).text

    assert "could not be read" not in frame()
    with acme.scope():
        InboundEnvelope.objects.create(
            channel=talk.channel, dedup_key="1", raw=RAW, state="parked", error="odd"
        )
    found = frame()
    assert found.startswith('<turbo-frame id="channel_news"')
    assert "1 message could not be read" in found
    assert 'data-live-changed="channels"' in found
    admin.post(f"{page}replay/")
    assert "could not be read" not in frame()
    with acme.scope():
        told = Event.objects.get(action="channel.replayed")
    assert told.data == {"number": 1}
    assert told.actor_id == acme.anna.pk


def test_a_parked_delivery_of_another_channel_is_not_there(acme, rival, talk, log_in):
    with acme.scope():
        envelope = InboundEnvelope.objects.create(
            channel=make_channel(), dedup_key="1", raw=RAW, state="parked"
        )
    path = f"channels/{talk.channel_id}/parked/{envelope.pk}/"
    for member, url in ((acme.anna, acme.url), (rival.rita, rival.url)):
        assert log_in(member).get(f"{url}/{path}").status_code == 404
        assert log_in(member).post(f"{url}/{path}replay/").status_code == 404
    assert log_in(acme.boris).get(f"{acme.url}/{path}").status_code == 403


def test_notices_are_gathered_by_topic_the_newest_first(acme, talk, admin):
    now = timezone.now()
    with acme.scope():
        for number in range(5):
            ChannelNotice.objects.create(
                channel=talk.channel,
                topic="quality",
                level="warning",
                words=f"Quality {number}",
                data={"html": "<i>"},
                at=now - timedelta(hours=number),
            )
        ChannelNotice.objects.create(channel=talk.channel, topic="group_join", at=now)
        first, second = topics_of(talk.channel)
        assert {first.name, second.name} == {"quality", "group_join"}
        quality = first if first.name == "quality" else second
        assert quality.count == 5
        assert [notice.words for notice in quality.newest] == [
            "Quality 0",
            "Quality 1",
            "Quality 2",
        ]
    page = admin.get(f"{acme.url}/channels/{talk.channel_id}/").text
    assert "What the platform has told" in page
    assert "Quality 0 <span" in page
    assert "Other news: group_join" in page
    assert "&lt;i&gt;" in page


def test_health_is_told_in_words(acme, talk, admin):
    with acme.scope():
        known = {"pending": 7, "webhook_is_ours": True, "quality_rating": "GREEN"}
        ilya = {"owner": "Ilya", "enabled": True, "rights": ["can_reply"]}
        talk.channel.health = {
            **known,
            "messaging_limit": "TIER_2K",
            "quality_event": "DOWNGRADE",
            "business:1": ilya,
            "business:2": {**ilya, "owner": "Olga", "rights": []},
            "business:3": {**ilya, "owner": "Vera", "enabled": False},
        }
        talk.channel.save()
    page = admin.get(f"{acme.url}/channels/{talk.channel_id}/").text
    for words in ("Waits at the platform", "The address is ours", "high", "<dd>7</dd>"):
        assert words in page
    assert "2,000 customers a day" in page
    assert "the limit was lowered" in page
    for words in (
        "Ilya · lets the bot answer",
        "Olga · lets the bot read only",
        "Vera · has taken the bot off",
    ):
        assert words in page


def test_messages_of_a_channel_that_is_gone_are_counted_nowhere(acme, talk):
    tell(acme, talk, types.MESSAGE_RECEIVED)
    with acme.scope():
        Message.objects.all().delete()
        talk.delete()
        Channel.objects.filter(pk=talk.channel_id).delete()
    run_workspace(acme.workspace.id)
    with acme.scope():
        assert not ChannelDay.objects.exists()
