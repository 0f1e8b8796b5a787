"""Changing messages on the screen, and what everybody then sees of it."""

import pytest
from django.utils import timezone, translation

from channels_connectors.errors import ConnectorError
from events.models import Event
from inbox.actions import delete_message, edit_message, leave_note, react
from inbox.models import Message, MessageChange
from live import fragments, topics
from tests.cast import make_message
from tests.inbox.test_changing import make_desk

pytestmark = pytest.mark.django_db
STREAM = {"Accept": "text/vnd.turbo-stream.html"}


@pytest.fixture
def desk(acme, platform):
    return make_desk(acme, platform(edit_hours=48))


def post(client, desk, message, what, **values):
    url = f"{desk.acme.url}/inbox/{desk.conversation.id}/messages/{message.id}/{what}/"
    answer = client.post(url, values, headers=STREAM)
    answer.text = answer.content.decode()
    return answer


def news(desk, language="en"):
    """What an open page of the conversation is told, as one text."""
    with desk.acme.scope():
        events = list(Event.objects.order_by("seq"))
    topic = topics.conversation(desk.conversation.id)
    found = fragments.render(desk.acme.workspace.id, language, events, {topic})
    return "".join(fragment.stream for fragment in found)


def page(client, desk):
    return client.get(f"{desk.acme.url}/inbox/{desk.conversation.id}/").content.decode()


def test_an_edit_comes_back_as_a_bubble_that_is_being_changed(desk, log_in):
    message = desk.sent("Ye")
    answer = post(log_in(desk.acme.anna), desk, message, "edit", text="Yes <b>\r\nplease")
    text = answer.text
    assert answer.status_code == 200
    assert "Yes &lt;b&gt;\nplease" in text
    assert "being changed" in text
    assert "being changed" in news(desk)
    desk.deliver()
    assert "being changed" not in news(desk)
    assert "edited" in news(desk)


def test_a_deletion_says_who_did_it(desk, log_in):
    message = desk.sent("Oops")
    text = post(log_in(desk.acme.anna), desk, message, "deletion").text
    assert "The message was deleted · Anna" in text
    assert "being deleted" in text
    assert "Oops" not in text
    with translation.override("ru"):
        assert "Сообщение удалено · Anna" in news(desk, "ru")


def test_a_reaction_stands_under_the_message(desk, log_in):
    with desk.acme.scope():
        message = make_message(desk.conversation)
    client = log_in(desk.acme.boris)
    assert 'data-reaction="👍"' in post(client, desk, message, "reaction", emoji="👍").text
    assert "reaction--ours" in news(desk)
    assert "reaction--ours" not in post(client, desk, message, "reaction").text


def test_a_reaction_on_its_way_leaves_the_message_as_it_was(desk, log_in):
    with desk.acme.scope():
        message = make_message(desk.conversation)
        Message.objects.filter(pk=message.pk).update(edited_at=timezone.now())
    text = post(log_in(desk.acme.boris), desk, message, "reaction", emoji="👍").text
    assert "the reaction is being sent" in text
    assert "<span>edited</span>" in text
    assert "message--changing" not in text
    desk.deliver()
    assert "being sent" not in news(desk)


def test_a_refusal_is_told_in_place_with_a_way_out(desk, log_in):
    client, message = log_in(desk.acme.anna), desk.sent("Ye")
    desk.platform.refusals.append(ConnectorError("bad_content", "Too late to edit"))
    desk.do(edit_message, message, "Yes")
    desk.deliver()
    assert "Not changed: Too late to edit" in news(desk)
    with desk.acme.scope():
        change = MessageChange.objects.get()
    assert f"changes/{change.id}/retry/" in page(client, desk)
    desk.platform.refusals.append(ConnectorError("bad_content", "No"))
    assert "being changed" in post(client, desk, message, f"changes/{change.id}/retry").text
    desk.deliver()
    with desk.acme.scope():
        change = MessageChange.objects.get()
    answer = post(client, desk, message, f"changes/{change.id}/discard").text
    assert "Not changed" not in answer


def test_an_album_is_deleted_whole(desk, log_in):
    first, second = desk.sent("One"), desk.sent("Two")
    with desk.acme.scope():
        Message.objects.update(group_key="album")
    post(log_in(desk.acme.anna), desk, first, "deletion")
    assert desk.fresh(second).deleted_at


def test_what_cannot_be_is_said_in_a_toast(desk, log_in):
    with desk.acme.scope():
        message = make_message(desk.conversation)
    answer = post(log_in(desk.acme.anna), desk, message, "edit", text="No")
    assert answer.status_code == 422
    assert "Only our own messages can be changed." in answer.text


def test_others_may_not_and_strangers_find_nothing(desk, rival, log_in):
    message = desk.sent()
    assert post(log_in(desk.acme.boris), desk, message, "edit", text="No").status_code == 403
    assert post(log_in(desk.acme.marta), desk, message, "reaction", emoji="👍").status_code == 403
    assert post(log_in(rival.rita), desk, message, "deletion").status_code == 404
    assert (
        post(log_in(desk.acme.anna), desk, message, f"changes/{message.id}/retry").status_code
        == 404
    )


def test_a_deleted_note_shows_its_words_no_more(desk, log_in):
    with desk.acme.scope():
        note = leave_note(desk.conversation, "Secret plan", by=desk.acme.boris)
        delete_message(note, by=desk.acme.boris)
    text = page(log_in(desk.acme.anna), desk)
    assert "The note was deleted · Boris" in text
    assert "Secret plan" not in text


def test_the_page_knows_what_its_menu_may_offer(desk, log_in):
    agents, admins = (page(log_in(who), desk) for who in (desk.acme.boris, desk.acme.anna))
    for text in (agents, admins):
        assert 'data-message-menu-edit-value="true"' in text
        assert 'data-message-menu-edit-hours-value="48"' in text
        assert 'id="message_menu"' in text
    assert 'data-message-menu-all-value="false"' in agents
    assert 'data-message-menu-all-value="true"' in admins
    assert 'id="message_edit"' not in page(log_in(desk.acme.marta), desk)


def test_a_taken_back_reaction_leaves_nothing(desk, log_in):
    with desk.acme.scope():
        message = make_message(desk.conversation)
    desk.do(react, message, "👍")
    desk.do(react, message, "")
    assert "message__reactions" not in news(desk)
