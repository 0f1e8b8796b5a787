"""Updates about the life of chats, and of what has no place in any."""

from datetime import timedelta

import pytest

from channels_connectors.types import (
    InboundMessage,
    InboundNotice,
    InboundProfile,
    InboundReachability,
    Person,
)
from tests.channels_connectors.max.recorded import CHAT, GROUP, NOON, document, items, one


def test_a_start_behind_a_link_is_a_referral():
    message, reachable = items("bot_started")
    assert (message.text, message.referral) == ("/start ad_42", {"start": "ad_42"})
    assert (message.kind, message.direction) == ("text", "incoming")
    assert message.sender.name == "Мария Петрова"
    assert reachable == InboundReachability(CHAT, True, NOON + timedelta(seconds=9))
    plain, _reachable = items("bot_started_plain")
    assert (plain.text, plain.referral) == ("/start", None)


@pytest.mark.parametrize(
    ("name", "reason"), [("bot_stopped", "stopped"), ("dialog_removed", "removed")]
)
def test_who_leaves_cannot_be_written_to(name, reason):
    gone = one(name)
    assert isinstance(gone, InboundReachability)
    assert (gone.chat_id, gone.reachable, gone.reason) == (CHAT, False, reason)


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("dialog_cleared", {"event": "dialog_cleared"}),
        (
            "dialog_muted",
            {
                "event": "dialog_muted",
                "muted_until": (NOON + timedelta(hours=1)).isoformat(),
            },
        ),
        ("dialog_muted_for_ever", {"event": "dialog_muted", "muted_until": ""}),
        ("dialog_unmuted", {"event": "dialog_unmuted"}),
        ("user_added", {"event": "new_chat_members", "names": ["Мария Петрова"]}),
        ("user_removed", {"event": "left_chat_member", "names": ["Мария Петрова"]}),
        ("bot_added", {"event": "bot_added", "names": ["Илья"]}),
        ("bot_removed", {"event": "bot_removed", "names": ["Илья"]}),
        ("chat_title_changed", {"event": "new_chat_title", "title": "Опт: сентябрь"}),
    ],
)
def test_the_life_of_a_chat_is_told_in_it(name, payload):
    message = items(name)[0]
    assert isinstance(message, InboundMessage)
    assert (message.kind, message.payload) == ("system", payload)
    assert message.chat_id == (CHAT if name.startswith("dialog") else GROUP)


def test_a_group_opens_and_closes_with_the_bots_place_in_it():
    for name, reachable in (("bot_added", True), ("bot_removed", False)):
        _said, item = items(name)
        assert isinstance(item, InboundReachability)
        assert (item.chat_id, item.reachable) == (GROUP, reachable)


def test_a_groups_new_title_is_its_name():
    _said, profile = items("chat_title_changed")
    assert profile == InboundProfile(GROUP, Person(GROUP, name="Опт: сентябрь"))


@pytest.mark.parametrize(
    "name",
    [
        "bot_admin_permissions_changed",
        "comment_created",
        "comment_edited",
        "comment_removed",
        "message_chat_created",
        "from_a_later_version",
    ],
)
def test_what_no_conversation_has_a_place_for_is_kept_whole(name):
    notice = one(name)
    assert isinstance(notice, InboundNotice)
    assert notice.topic == document(name)["update_type"]
    assert notice.data == document(name)
    assert notice.at is not None
