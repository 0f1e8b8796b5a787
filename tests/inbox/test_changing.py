"""Edits, deletions and reactions: what agents may do, and what is shown and kept at once."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from events.models import Event
from inbox.actions import (
    delete_message,
    edit_message,
    leave_note,
    react,
    retry_message,
    send_message,
)
from inbox.models import Conversation, Message, MessageChange
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.delivering import Desk
from workspaces.actions import create_api_token
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(acme, platform):
    return make_desk(acme, platform())


def make_desk(acme, platform):
    with acme.scope():
        channel = make_channel("platform")
        desk = Desk(acme, channel, make_conversation(channel, chat="7"))
    desk.platform = platform
    return desk


def refused(desk, verb, *args, by=None):
    with pytest.raises(ValidationError) as caught:
        desk.do(verb, *args, by=by)
    return caught.value.code


def list_text(desk):
    return desk.fresh(desk.conversation).last_message_text


def test_an_edited_message_shows_its_new_words_at_once(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, " Yes ")
    shown = desk.fresh(message)
    assert (shown.text, bool(shown.edited_at), list_text(desk)) == ("Yes", True, "Yes")
    assert desk.changes() == [("edit", "queued", "Yes")]
    assert desk.actions()[-1] == "message.edited"


def test_the_fact_of_an_edit_names_its_change_and_not_its_text(desk):
    message = desk.sent("Ye")
    desk.do(edit_message, message, "Yes")
    with desk.acme.scope():
        fact = Event.objects.filter(action="message.edited").get()
        assert fact.data["change"] == str(MessageChange.objects.get().pk)
        assert "Yes" not in str(fact.data)


def test_the_same_words_again_change_nothing(desk):
    message = desk.sent("Yes")
    desk.do(edit_message, message, "Yes ")
    assert desk.changes() == []


def test_a_second_edit_replaces_the_first_that_still_waits(desk):
    message = desk.sent("Y")
    desk.do(edit_message, message, "Ye")
    desk.do(edit_message, message, "Yes")
    assert desk.changes() == [("edit", "queued", "Yes")]
    with desk.acme.scope():
        assert MessageChange.objects.get().before["text"] == "Y"


def test_a_queued_message_is_sent_with_its_new_words(desk):
    message = desk.send("Ye")
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert desk.platform.texts == ["Yes"]
    assert (desk.changes(), desk.fresh(message).edited_at) == ([], None)


def test_a_deleted_queued_message_is_never_sent_nor_tried_again(desk):
    message = desk.send("Oops")
    desk.do(delete_message, message)
    desk.do(retry_message, message)
    desk.deliver()
    assert desk.platform.texts == []
    assert desk.fresh(message).deleted_at
    assert list_text(desk) == ""


def test_a_withdrawn_answer_lets_the_customer_wait_again(desk):
    asked = timezone.now() - timedelta(minutes=5)
    with desk.acme.scope():
        make_message(desk.conversation, "When?", sent_at=asked)
    message = desk.send("Oops")
    desk.do(delete_message, message)
    assert desk.fresh(desk.conversation).waiting_since == asked


def test_a_deleted_message_is_gone_at_once_and_says_who_did_it(desk):
    message = desk.sent("Oops")
    desk.do(delete_message, message, by=desk.acme.owner)
    desk.do(delete_message, message)
    assert desk.fresh(message).deleted_at
    assert desk.changes() == [("delete", "queued", "")]
    with desk.acme.scope():
        assert MessageChange.objects.get().author == desk.acme.owner
    assert desk.actions().count("message.deleted") == 1


def test_a_reaction_is_the_companys_and_one_for_each_message(desk):
    with desk.acme.scope():
        message = make_message(desk.conversation)
    desk.do(react, message, "👍")
    desk.do(react, message, "🔥", by=desk.acme.owner)
    with desk.acme.scope():
        assert [r.emojis for r in message.reactions.all()] == ["🔥"]
    assert desk.changes() == [("react", "queued", "🔥")]
    desk.do(react, message, "")
    with desk.acme.scope():
        assert [r.emojis for r in message.reactions.all()] == [""]


def test_the_same_reaction_again_changes_nothing(desk):
    with desk.acme.scope():
        message = make_message(desk.conversation)
    desk.do(react, message, "👍")
    desk.do(react, message, "👍")
    assert desk.actions() == ["message.reacted"]


def test_agents_change_their_own_messages_only(desk):
    message = desk.sent()
    for verb, *args in ((edit_message, "No"), (delete_message,)):
        with pytest.raises(PermissionDenied):
            desk.do(verb, message, *args, by=desk.acme.boris)
    assert desk.changes() == []
    with desk.acme.scope():
        mine = send_message(desk.conversation, "Mine", by=desk.acme.boris)
    desk.do(edit_message, mine, "Mine!", by=desk.acme.boris)
    assert desk.fresh(mine).text == "Mine!"


def test_who_only_reads_neither_edits_nor_reacts(desk):
    message = desk.sent()
    for verb, *args in ((edit_message, "No"), (delete_message,), (react, "👍")):
        with pytest.raises(PermissionDenied):
            desk.do(verb, message, *args, by=desk.acme.marta)


def test_a_token_changes_its_own_messages_and_with_the_right_all(desk):
    with desk.acme.scope():
        program = create_api_token(name="Shop", role=Role.AGENT).token
        other = create_api_token(name="Site", role=Role.AGENT).token
        message = send_message(desk.conversation, "Paid", by=program)
    desk.do(edit_message, message, "Paid!", by=program)
    with pytest.raises(PermissionDenied):
        desk.do(edit_message, message, "No", by=other)
    assert desk.fresh(message).text == "Paid!"


def test_notes_change_at_once_and_only_by_their_author(desk):
    with desk.acme.scope():
        note = leave_note(desk.conversation, "Call", by=desk.acme.boris)
    with pytest.raises(PermissionDenied):
        desk.do(edit_message, note, "No", by=desk.acme.vera)
    desk.do(edit_message, note, "Call her", by=desk.acme.boris)
    assert (desk.fresh(note).text, bool(desk.fresh(note).edited_at)) == ("Call her", True)
    desk.do(delete_message, note, by=desk.acme.boris)
    assert desk.fresh(note).deleted_at
    assert desk.changes() == [("delete", "done", "")]
    assert desk.actions() == ["message.noted", "message.edited", "message.deleted"]


def test_what_cannot_be_changed_says_why(desk):
    message = desk.sent()
    with desk.acme.scope():
        theirs = make_message(desk.conversation)
        place = send_message(desk.conversation, by=desk.acme.anna, text="x")
        Message.objects.filter(pk=place.pk).update(kind="location")
        lost = make_message(desk.conversation, direction="outgoing", status="unknown")
    assert refused(desk, edit_message, theirs, "No") == "not_ours"
    assert refused(desk, delete_message, theirs) == "not_ours"
    assert refused(desk, edit_message, message, " ") == "empty"
    assert refused(desk, edit_message, message, "x" * 1001) == "too_long"
    assert refused(desk, edit_message, place, "Here") == "kind"
    assert refused(desk, edit_message, lost, "No") == "uncertain"
    assert refused(desk, react, place, "👍") == "unsent"
    assert refused(desk, react, message, "x" * 41) == "emoji"
    desk.do(delete_message, message)
    assert refused(desk, edit_message, message, "No") == "deleted"
    assert refused(desk, react, message, "👍") == "deleted"


def test_a_platform_sets_limits(acme, platform):
    able = {"edit_hours": 24, "delete_hours": 48, "reaction_emojis": ("👍",)}
    desk = make_desk(acme, platform(**able))
    message = desk.sent()
    assert refused(desk, react, message, "🔥") == "emoji"
    long_ago = timezone.now() - timedelta(hours=25)
    with acme.scope():
        Message.objects.filter(pk=message.pk).update(sent_at=long_ago)
    assert refused(desk, edit_message, message, "No") == "too_late"
    desk.do(delete_message, message)
    assert desk.fresh(message).deleted_at


def test_a_platform_may_take_nothing_back(acme, platform):
    desk = make_desk(acme, platform(edit=False, delete=False, reactions=False))
    message = desk.sent()
    assert refused(desk, edit_message, message, "No") == "edit"
    assert refused(desk, delete_message, message) == "delete"
    assert refused(desk, react, message, "👍") == "reactions"
    with acme.scope():
        assert Conversation.objects.get().last_message_text == "Yes"
