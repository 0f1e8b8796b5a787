"""The outcomes of a send, against the stand-in of VK over HTTP; its journal is the ledger."""

import pytest
from django.utils import timezone

from channels_connectors.vk import words
from events import types
from events.models import Event
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from tests.inbox.delivering import vk_desk
from tests.sandbox_vk import MARIA

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(acme, vk_community):
    return vk_desk(acme, vk_community)


def calls(community):
    return community.journal("messages.send")


def seconds_until(moment):
    return (moment - timezone.now()).total_seconds()


@pytest.mark.parametrize(
    ("fault", "status", "error_class", "said", "wait"),
    [
        ({"kind": "rate"}, "queued", "rate", words.TOO_OFTEN, (0.3, 0.6)),
        ({"kind": "flood"}, "queued", "rate", words.FLOOD, (110, 120)),
        ({"kind": "error", "code": 29}, "queued", "rate", words.QUOTA, (3590, 3600)),
        ({"kind": "gateway_rate", "seconds": 9}, "queued", "rate", words.TOO_OFTEN, (8, 9)),
        ({"kind": "server"}, "queued", "transient", words.UNAVAILABLE, (0, 2)),
        ({"kind": "down"}, "queued", "transient", words.MAYBE_SENT, (0, 2)),
        ({"kind": "gateway"}, "queued", "transient", words.MAYBE_SENT, (0, 2)),
        ({"kind": "timeout_before"}, "queued", "transient", words.MAYBE_SENT, (0, 2)),
        ({"kind": "timeout_after"}, "queued", "transient", words.MAYBE_SENT, (0, 2)),
        ({"kind": "denied"}, "failed", "recipient_gone", words.DENIED, None),
        ({"kind": "error", "code": 950}, "failed", "window_closed", words.WINDOW, None),
        ({"kind": "error", "code": 914}, "failed", "bad_content", words.TOO_LONG, None),
        ({"kind": "auth"}, "queued", "channel_auth", words.TOKEN_REFUSED, None),
        ({"kind": "error", "code": 27}, "queued", "channel_auth", words.TOKEN_REFUSED, None),
        ({"kind": "captcha"}, "queued", "channel_auth", words.CAPTCHA, None),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else None,
)
def test_each_trouble_leaves_its_state_its_wait_and_its_words(
    desk, vk_community, fault, status, error_class, said, wait
):
    vk_community.fault(**{"seconds": 0.1, **fault})
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class, stored.error) == (status, error_class, str(said))
    if wait is None:
        assert stored.next_attempt_at is None
    else:
        assert wait[0] < seconds_until(stored.next_attempt_at) <= max(wait[1], 0.5) + 0.1
    # Not before its time, and never again where it has failed.
    desk.deliver()
    assert len(calls(vk_community)) == 1
    arrived = fault["kind"] == "timeout_after"
    assert vk_community.texts() == (["Yes"] if arrived else [])


@pytest.mark.parametrize("kind", ["server", "down", "gateway", "timeout_before", "timeout_after"])
def test_what_may_have_arrived_is_sent_again_and_arrives_once(desk, vk_community, kind):
    vk_community.fault(kind, seconds=0.1)
    message = desk.send()
    desk.deliver()
    desk.make_due()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.external_id, stored.error) == ("sent", f"{MARIA}:2", "")
    sent = calls(vk_community)
    assert len(sent) == 2
    # The same number both times: by it VK knows the repetition.
    assert len({call["parameters"]["random_id"] for call in sent}) == 1
    assert 0 < int(sent[0]["parameters"]["random_id"]) < 2**31
    assert vk_community.texts() == ["Yes"]


def test_a_flood_in_one_chat_leaves_the_others_alone(acme, vk_community):
    busy = vk_desk(acme, vk_community)
    other = vk_desk(acme, vk_community, chat=MARIA + 1)
    with acme.scope():
        other.conversation.channel = other.channel = busy.channel
        other.conversation.save()
    vk_community.fault("flood")
    for desk in (busy, other):
        desk.send()
        desk.deliver()
    assert (busy.statuses(), other.statuses()) == (["queued"], ["sent"])
    assert vk_community.texts(MARIA + 1) == ["Yes"]


def test_who_forbids_messages_is_out_of_reach_until_they_write(desk, vk_community):
    vk_community.fault("denied")
    desk.send()
    desk.deliver()
    identity = desk.fresh(desk.conversation.identity)
    assert (identity.is_reachable, identity.unreachable_reason) == (False, str(words.DENIED))
    assert types.IDENTITY_REACHABILITY_CHANGED in desk.actions()


@pytest.mark.parametrize(
    ("fault", "said"),
    [({"kind": "auth"}, words.TOKEN_REFUSED), ({"kind": "captcha"}, words.CAPTCHA)],
)
def test_what_only_an_admin_can_mend_holds_the_whole_channel(desk, vk_community, fault, said):
    vk_community.fault(**fault)
    desk.send()
    desk.deliver()
    channel = desk.fresh(desk.channel)
    assert (channel.status, channel.status_reason) == ("broken", str(said))
    desk.send("Second")
    desk.deliver()
    assert (due_conversations(), len(calls(vk_community))) == ([], 1)
    with desk.acme.scope():
        channel.change_status("active", by=desk.acme.anna)
    desk.deliver()
    assert desk.statuses() == ["sent", "sent"]
    assert vk_community.texts() == ["Yes", "Second"]
    with desk.acme.scope():
        assert Event.objects.filter(action=types.CHANNEL_STATUS_CHANGED).count() == 2
        assert not Message.objects.filter(status="failed").exists()
