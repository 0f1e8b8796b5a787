"""Changes on their way to the platform: in order, again where needed, lost by nothing."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from core.redis import client
from inbox.actions import (
    delete_message,
    discard_change,
    edit_message,
    react,
    retry_change,
    send_message,
)
from inbox.delivery import changes
from inbox.delivery.machine import deliver
from inbox.delivery.sweeping import due_conversations
from inbox.models import Attachment, Message, MessageChange
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.test_changing import make_desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(acme, platform):
    return make_desk(acme, platform())


def change_of(desk):
    with desk.acme.scope():
        return MessageChange.objects.select_related("message").get()


def make_due(desk):
    with desk.acme.scope():
        MessageChange.objects.update(next_attempt_at=None)


def is_swept(desk):
    return (desk.acme.workspace.id, desk.conversation.id) in due_conversations()


def test_an_edit_reaches_the_platform(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    assert is_swept(desk)
    desk.deliver()
    assert desk.platform.changes == [("edit", (message.external_id,), "Yes")]
    assert desk.changes() == [("edit", "done", "Yes")]
    assert desk.actions()[-2:] == ["message.edited", "message.change_delivered"]
    assert not is_swept(desk)


def test_a_message_that_became_several_is_changed_whole(desk):
    message = desk.sent()
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(payload={"external_ids": ["7:1", "7:2"]})
    desk.do(delete_message, message)
    desk.deliver()
    assert desk.platform.changes == [("delete", "7", ("7:1", "7:2"))]


def test_a_reaction_reaches_the_platform_and_is_taken_back(desk):
    with desk.acme.scope():
        message = make_message(desk.conversation, external_id="7:5")
    desk.do(react, message, "👍")
    desk.deliver()
    desk.do(react, message, "")
    desk.deliver()
    assert desk.platform.changes == [("react", "7", "7:5", "👍"), ("react", "7", "7:5", "")]


def test_a_change_waits_for_its_message(desk):
    message = desk.send("Ye")
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(
            status="sending", lease_until=Now() + timedelta(minutes=1)
        )
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert not is_swept(desk)
    assert desk.platform.changes == []
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(status="sent", external_id="7:1")
    assert is_swept(desk)
    desk.deliver()
    assert desk.platform.changes == [("edit", ("7:1",), "Yes")]


def test_changes_of_one_message_go_in_order(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    desk.do(react, message, "👍")
    desk.do(delete_message, message)
    desk.deliver()
    assert [kind for kind, *_ in desk.platform.changes] == ["edit", "react", "delete"]


def test_a_refused_edit_is_taken_back_with_its_reason(desk):
    message = desk.sent("Ye")
    desk.platform.refusals.append(ConnectorError("bad_content", "Too late to edit"))
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    shown, change = desk.fresh(message), change_of(desk)
    assert (shown.text, shown.edited_at) == ("Ye", None)
    assert (change.status, change.error) == ("failed", "Too late to edit")
    assert desk.actions()[-1] == "message.change_failed"
    assert desk.fresh(desk.conversation).last_message_text == "Ye"


def test_a_refused_deletion_and_a_refused_reaction_are_taken_back(desk):
    message = desk.sent()
    desk.platform.refusals.extend([ConnectorError("bad_content", "No")] * 2)
    desk.do(react, message, "👍")
    desk.do(delete_message, message)
    desk.deliver()
    assert desk.fresh(message).deleted_at is None
    with desk.acme.scope():
        assert [r.emojis for r in message.reactions.all()] == [""]


def test_a_failed_change_is_tried_again_or_left(desk):
    message = desk.sent("Ye")
    desk.platform.refusals.append(ConnectorError("bad_content", "No"))
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    failed = change_of(desk)
    desk.do(retry_change, failed)
    assert desk.changes() == [("edit", "queued", "Yes")]
    desk.do(discard_change, change_of(desk))
    assert desk.changes() == [("edit", "queued", "Yes")]
    desk.platform.refusals.append(ConnectorError("bad_content", "No"))
    desk.deliver()
    desk.do(discard_change, change_of(desk))
    assert desk.changes() == []
    assert desk.actions()[-1] == "message.change_discarded"


@pytest.mark.parametrize(
    "error",
    [
        ConnectorError("rate", "Slow down", retry_after=30),
        ConnectorError("transient", "Away"),
        ConnectorError("transient", "Perhaps", maybe_sent=True),
    ],
)
def test_a_passing_trouble_is_waited_out(desk, error):
    message = desk.sent("Ye")
    desk.platform.refusals.append(error)
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert desk.changes() == [("edit", "queued", "Yes")]
    assert change_of(desk).next_attempt_at
    client().flushdb()
    make_due(desk)
    desk.deliver()
    assert desk.changes() == [("edit", "done", "Yes")]
    assert desk.platform.changes == [("edit", (message.external_id,), "Yes")] * 2


def test_a_change_is_not_tried_for_more_than_a_day(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        MessageChange.objects.update(queued_at=timezone.now() - timedelta(hours=25))
    desk.platform.refusals.append(ConnectorError("transient", "Away"))
    desk.deliver()
    assert desk.changes() == [("edit", "failed", "Yes")]
    assert desk.fresh(message).text == "Ye"


def test_a_broken_channel_keeps_its_changes_until_it_works(desk):
    message = desk.sent("Ye")
    desk.platform.refusals.append(ConnectorError("channel_auth", "Token revoked"))
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert desk.fresh(desk.channel).status == Channel.Status.BROKEN
    assert not is_swept(desk)
    with desk.acme.scope():
        Channel.objects.update(status="active")
    assert is_swept(desk)
    desk.deliver()
    assert desk.changes() == [("edit", "done", "Yes")]


def test_a_customer_who_is_gone_cannot_be_written_to(desk):
    message = desk.sent("Ye")
    desk.platform.refusals.append(ConnectorError("recipient_gone", "Blocked"))
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert not desk.fresh(desk.conversation.identity).is_reachable
    assert desk.changes() == [("edit", "failed", "Yes")]


def test_a_worker_that_died_is_followed_by_another(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        found = changes.find_due(desk.conversation.id)
        assert changes.claim(found)
        assert changes.find_due(desk.conversation.id) is None
    assert not is_swept(desk)
    with desk.acme.scope():
        MessageChange.objects.update(lease_until=Now() - timedelta(minutes=10))
    assert is_swept(desk)
    desk.deliver()
    assert desk.changes() == [("edit", "done", "Yes")]


def test_the_answer_to_a_lost_lease_counts_no_more(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        late = changes.claim(changes.find_due(desk.conversation.id))
        MessageChange.objects.update(lease_until=Now() - timedelta(minutes=10))
    desk.deliver()
    with desk.acme.scope():
        changes.write(late.change_id, late.token, ConnectorError("bad_content", "Late"))
    assert desk.changes() == [("edit", "done", "Yes")]
    assert desk.fresh(message).text == "Yes"


def test_two_workers_do_not_take_one_change(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        one, other = (changes.find_due(desk.conversation.id) for _ in range(2))
        assert changes.claim(one)
        assert changes.claim(other) is None


def test_a_newer_edit_survives_the_refusal_of_the_one_before(desk):
    message = desk.sent("Y")
    desk.do(edit_message, message, "Ye")
    with desk.acme.scope():
        first = changes.claim(changes.find_due(desk.conversation.id))
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        changes.write(first.change_id, first.token, ConnectorError("bad_content", "No"))
    assert desk.fresh(message).text == "Yes"
    desk.platform.refusals.append(ConnectorError("bad_content", "No"))
    desk.deliver()
    assert desk.fresh(message).text == "Y"


def test_a_message_that_failed_takes_its_changes_with_it(desk):
    message = desk.send("Ye")
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(status="sending", lease_until=None)
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(status="failed")
    desk.deliver()
    assert (desk.platform.changes, desk.changes()) == ([], [("edit", "done", "Yes")])
    assert desk.fresh(message).text == "Yes"


def test_a_message_of_uncertain_fate_is_not_changed(desk):
    message = desk.send("Ye")
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(status="sending", lease_until=None)
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(status="unknown")
    desk.deliver()
    assert desk.fresh(message).text == "Ye"
    assert change_of(desk).error == changes.UNCERTAIN


def test_a_missing_file_is_said_in_place(desk):
    message = desk.sent("Ye")
    with desk.acme.scope():
        Attachment.objects.create(message=message, kind="file", name="gone", path="no/where")
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert change_of(desk).error == "A file of this message is missing."


def test_a_reply_does_not_wait_for_a_change_in_trouble(desk):
    message = desk.sent("Ye")
    desk.platform.refusals.append(ConnectorError("transient", "Away"))
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    desk.send("Next")
    desk.deliver()
    assert desk.platform.texts == ["Ye", "Next"]


def test_a_kind_that_nobody_serves_any_more_says_so(acme, desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    with acme.scope():
        Channel.objects.update(kind="vanished")
    deliver(acme.workspace.id, desk.conversation.id)
    assert desk.changes() == [("edit", "failed", "Yes")]


def test_changes_of_another_workspace_are_left_alone(acme, rival, desk):
    with rival.scope():
        channel = make_channel("platform")
        theirs = make_conversation(channel, chat="9")
        message = make_message(theirs, direction="outgoing", status="sent", author=rival.rita)
        send_message(theirs, "x", by=rival.rita)
        edit_message(message, "Theirs", by=rival.rita)
    deliver(acme.workspace.id, theirs.id)
    assert desk.platform.changes == []
