"""Writing into a conversation, and reading back in time."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from inbox.models import Attachment, Conversation, Message
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db

STREAM = {"Accept": "text/vnd.turbo-stream.html"}


@pytest.fixture
def talk(acme):
    with acme.scope():
        talk = make_conversation(make_channel(), status="new", unread_count=1)
        make_message(talk, "Is it in stock?")
        return talk


def messages_url(acme, talk):
    return f"{acme.url}/inbox/{talk.id}/messages/"


def send(client, acme, talk, **values):
    values.setdefault("client_id", str(uuid4()))
    return client.post(messages_url(acme, talk), values, headers=STREAM)


def sent(acme, talk):
    with acme.scope():
        return list(Message.objects.filter(conversation=talk, client_id__isnull=False))


def test_a_reply_is_queued_and_comes_back_as_a_bubble(acme, talk, log_in):
    client_id = str(uuid4())
    answer = send(log_in(acme.boris), acme, talk, text="Yes <b>", client_id=client_id)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert f'action="place" target="thread_{talk.id}"' in text
    assert f'id="message_{client_id}"' in text
    assert "Yes &lt;b&gt;" in text
    (message,) = sent(acme, talk)
    assert (message.status, message.author_id) == ("queued", acme.boris.id)


def test_the_same_reply_sent_twice_is_one_message(acme, talk, log_in):
    client, client_id = log_in(acme.boris), str(uuid4())
    first = send(client, acme, talk, text="Yes", client_id=client_id)
    second = send(client, acme, talk, text="Yes", client_id=client_id)
    assert first.status_code == second.status_code == 200
    assert len(sent(acme, talk)) == 1


def test_a_note_is_for_colleagues(acme, talk, log_in):
    answer = send(log_in(acme.boris), acme, talk, text="Call her", internal="1")
    assert "message--note" in answer.content.decode()
    (note,) = sent(acme, talk)
    assert note.direction == "internal"
    with acme.scope():
        assert Conversation.objects.get().status == "new"


def test_send_and_close_does_both(acme, talk, log_in):
    assert send(log_in(acme.boris), acme, talk, text="Bye", closes="1").status_code == 200
    with acme.scope():
        assert Conversation.objects.get().status == "closed"


@pytest.mark.parametrize(
    "values",
    [
        {"text": ""},
        {"text": "  \n "},
        {"text": "x" * 100_001},
        {"text": "x" * 60_000},
        {"text": "x", "client_id": "no-uuid"},
        {"text": "x", "reply_to": str(uuid4())},
        {"text": "x", "attachments": "not json"},
        {"text": "x", "attachments": json.dumps(["no-uuid"])},
        {"text": "x", "attachments": json.dumps({"a": 1})},
        {"text": "x", "attachments": json.dumps([str(uuid4())])},
    ],
)
def test_bad_input_is_refused_in_words(acme, talk, log_in, values):
    answer = send(log_in(acme.boris), acme, talk, **values)
    assert answer.status_code == 422
    assert "toast" in answer.content.decode()
    assert sent(acme, talk) == []


@pytest.mark.parametrize("path", ["messages/", "uploads"])
def test_strangers_and_readers_do_not_write(acme, rival, talk, log_in, path):
    address = f"{acme.url}/inbox/uploads/" if path == "uploads" else messages_url(acme, talk)
    values = {"text": "x", "client_id": str(uuid4())}
    assert log_in(rival.rita).post(address, values).status_code == 404
    assert log_in(acme.marta).post(address, values).status_code == 403
    assert sent(acme, talk) == []


def test_an_upload_waits_for_its_message(acme, talk, log_in):
    client = log_in(acme.boris)
    file = SimpleUploadedFile("План.pdf", b"%PDF-1.4 x", "application/pdf")
    answer = client.post(f"{acme.url}/inbox/uploads/", {"file": file})
    assert answer.status_code == 201
    draft = answer.json()
    assert draft["name"] == "План.pdf"
    answer = send(client, acme, talk, text="", attachments=json.dumps([draft["id"]]))
    assert answer.status_code == 200
    with acme.scope():
        assert str(Attachment.objects.get().message_id) == str(sent(acme, talk)[0].id)


def test_an_empty_or_missing_file_is_refused(acme, log_in):
    client = log_in(acme.boris)
    url = f"{acme.url}/inbox/uploads/"
    assert client.post(url, {}).status_code == 422
    answer = client.post(url, {"file": SimpleUploadedFile("a.txt", b"")})
    assert answer.status_code == 422
    assert answer.json()["error"]


@pytest.mark.parametrize("status", ["failed", "unknown"])
def test_a_retry_queues_again_and_only_once(acme, talk, log_in, status):
    with acme.scope():
        message = make_message(talk, "Yes", direction="outgoing", status=status)
    client = log_in(acme.boris)
    for _ in range(2):
        url = f"{messages_url(acme, talk)}{message.id}/retry/"
        answer = client.post(url, headers=STREAM)
        assert answer.status_code == 200
        assert "message--pending" in answer.content.decode()


def test_an_unknown_outcome_can_be_settled(acme, talk, log_in):
    with acme.scope():
        message = make_message(talk, "Yes", direction="outgoing", status="unknown")
    url = f"{messages_url(acme, talk)}{message.id}/arrival/"
    assert log_in(acme.marta).post(url, headers=STREAM).status_code == 403
    assert log_in(acme.boris).post(url, headers=STREAM).status_code == 200
    with acme.scope():
        assert Message.objects.get(pk=message.pk).status == "sent"


def test_a_message_of_another_conversation_is_not_found(acme, talk, log_in):
    with acme.scope():
        other = make_conversation(make_channel())
        message = make_message(other, "x", direction="outgoing", status="failed")
    url = f"{messages_url(acme, talk)}{message.id}/retry/"
    assert log_in(acme.boris).post(url, headers=STREAM).status_code == 404


def test_the_thread_is_read_back_page_by_page(acme, talk, log_in):
    now = timezone.now()
    with acme.scope():
        Message.objects.all().delete()
        for number in range(120):
            # Pairs at one moment, told apart by the platform's order.
            at = now - timedelta(minutes=120 - number // 2)
            make_message(talk, f"Line-{number:03}.", sent_at=at, platform_order=number)
    client, seen = log_in(acme.boris), []
    page = client.get(f"{acme.url}/inbox/{talk.id}/", headers={"Turbo-Frame": "conversation"})
    text = page.content.decode()
    while True:
        lines = [part[:3] for part in text.split("Line-")[1:]]
        seen = lines + seen
        older = re.search(r'id="(thread_older_\S+)" href="([^"]+)"', text)
        if older is None:
            break
        text = client.get(older[2], headers=STREAM).content.decode()
        # An answer that comes late, to a page that has begun anew, finds nothing to replace.
        assert f'target="{older[1]}"' in text
    assert seen == [f"{number:03}" for number in range(120)]


@pytest.mark.parametrize("before", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_damaged_place_in_the_thread_is_not_found(acme, talk, log_in, before):
    url = f"{messages_url(acme, talk)}?before={before}"
    assert log_in(acme.boris).get(url).status_code == 404
