"""The window above the composer, the picker of templates, and writing first."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from inbox.models import Conversation, Message
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.test_changing import make_desk
from tests.inbox.test_payloads import close_window, draft, template

pytestmark = pytest.mark.django_db
STREAM = {"Accept": "text/vnd.turbo-stream.html"}


@pytest.fixture
def desk(acme, platform):
    desk = make_desk(acme, platform(templates=True, window_hours=24))
    with acme.scope():
        make_message(desk.conversation, sent_at=timezone.now() - timedelta(hours=20, minutes=30))
    return desk


@pytest.fixture
def client(acme, log_in):
    return log_in(acme.anna)


def url(desk, rest=""):
    return f"{desk.acme.url}/inbox/{desk.conversation.id}/{rest}"


def page(client, desk):
    return client.get(url(desk)).content.decode()


def test_an_open_window_says_how_long_it_is_open(client, desk):
    text = page(client, desk)
    assert "<window-clock" in text
    assert "The Platform window is open for another" in text
    assert "3\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}29" in text
    assert "then templates only" in text


def test_a_closed_window_offers_a_template_and_leaves_notes(client, desk):
    close_window(desk)
    text = page(client, desk)
    assert "data-wall" in text
    assert "Choose a template" in text
    assert "Only a template can be sent." in text
    assert "composer#toNote" in text


def test_without_templates_it_says_when_one_may_write_again(client, acme, platform):
    desk = make_desk(acme, platform(window_hours=24))
    with acme.scope():
        make_message(desk.conversation)
    assert "then the customer must write" in page(client, desk)
    close_window(desk)
    text = page(client, desk)
    assert "The platform lets us write again when they do." in text
    assert 'id="template_dialog"' not in text


def test_a_channel_without_a_window_says_nothing(client, acme, platform):
    assert "<window-clock" not in page(client, make_desk(acme, platform()))


def test_the_picker_lists_what_is_approved(client, desk):
    template(desk)
    template(desk, name="promo", category="marketing")
    template(desk, name="later", status="pending")
    text = client.get(url(desk, "templates/")).content.decode()
    assert "hello" in text
    assert "Marketing" in text
    assert "later" not in text
    assert 'data-words="hello hello order {{1}} dear {{1}}, your {{2}} is here."' in text


def test_an_empty_picker_says_what_to_do(client, desk):
    assert "no approved templates yet" in client.get(url(desk, "templates/")).content.decode()


def test_the_form_is_filled_from_the_card_and_shows_what_will_be_read(client, desk):
    row = template(desk, category="marketing")
    text = client.get(url(desk, f"templates/{row.id}/")).content.decode()
    assert 'name="body-1" value="Maria"' in text
    assert 'data-variable="body-2"' in text
    assert 'name="buttons-1"' in text
    assert "customers who agreed" in text


def test_a_filled_template_is_sent_once(client, desk):
    close_window(desk)
    row = template(desk)
    values = {"header-1": "17", "body-1": "Maria", "body-2": "sofa", "buttons-1": "17"}
    values["client_id"] = str(uuid4())
    for _ in range(2):
        answer = client.post(url(desk, f"templates/{row.id}/"), values, headers=STREAM)
        assert answer.status_code == 200
        assert "your sofa is here" in answer.content.decode()
    with desk.acme.scope():
        (message,) = Message.objects.filter(direction="outgoing")
        assert message.payload["template"]["body"] == ["Maria", "sofa"]


def test_a_missing_value_is_asked_for_again(client, desk):
    row = template(desk)
    answer = client.post(url(desk, f"templates/{row.id}/"), {"body-1": "Masha"}, headers=STREAM)
    assert answer.status_code == 422
    assert 'name="body-1" value="Masha"' in answer.content.decode()


def test_a_header_takes_its_picture(client, desk):
    media = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Look"}]
    row = template(desk, components=media)
    path = url(desk, f"templates/{row.id}/")
    assert "Picture of the header" in client.get(path).content.decode()
    picture = draft(desk, "image")
    assert client.post(path, {"attachment": picture.pk}, headers=STREAM).status_code == 200


def test_readers_and_strangers_get_no_templates(desk, acme, rival, log_in):
    row = template(desk)
    for rest in ("templates/", f"templates/{row.id}/"):
        assert log_in(acme.marta).get(url(desk, rest)).status_code == 403
        assert log_in(rival.rita).get(url(desk, rest)).status_code == 404


def test_a_template_of_another_channel_is_not_there(client, desk, acme, platform):
    other = make_desk(acme, platform(templates=True))
    row = template(other)
    assert client.get(url(desk, f"templates/{row.id}/")).status_code == 404


def start(client, acme, channel, **values):
    values = {"channel": str(channel.id), "client_id": str(uuid4()), **values}
    return client.post(f"{acme.url}/inbox/new/", values, headers=STREAM)


def test_a_conversation_is_started_with_its_first_message(client, acme, platform):
    platform(can_write_first=True)
    with acme.scope():
        channel = make_channel("platform")
    answer = start(client, acme, channel, to="maria@example.com", name="Maria", text="Hello")
    with acme.scope():
        conversation = Conversation.objects.get()
        assert Message.objects.get().text == "Hello"
    assert answer.status_code == 200
    assert f'url="{acme.url}/inbox/{conversation.id}/"' in answer.content.decode()


def test_an_address_that_is_there_already_is_opened_with_a_word(client, acme, platform):
    platform(can_write_first=True)
    with acme.scope():
        channel = make_channel("platform")
        known = make_conversation(channel, chat="maria@example.com")
    assert str(known.id) in start(client, acme, channel, to="maria@example.com").content.decode()
    text = client.get(f"{acme.url}/inbox/{known.id}/").content.decode()
    assert "There is a conversation with this address already." in text


def test_the_dialog_says_what_is_wrong(client, acme, platform):
    platform(templates=True)
    with acme.scope():
        channel = make_channel("platform")
    answer = start(client, acme, channel, to="hello")
    assert answer.status_code == 422
    assert "This is not a phone number" in answer.content.decode()
    assert start(client, acme, channel, to="").status_code == 422


def test_the_dialog_offers_channels_that_can(client, acme, platform):
    dialog = f"{acme.url}/inbox/new/"
    assert "customers begin" in client.get(dialog).content.decode()
    platform(templates=True)
    with acme.scope():
        make_channel("platform", name="Shop line")
        make_channel("telegram", name="Shop bot")
    text = client.get(dialog).content.decode()
    assert ("Shop line" in text, "Shop bot" in text) == (True, False)
    assert "data-by-template" in text


def test_readers_start_nothing(acme, log_in):
    assert log_in(acme.marta).get(f"{acme.url}/inbox/new/").status_code == 403
