"""A mailbox from end to end: connected, written to, answered, bounced, left and joined again."""

import time
import uuid

import pytest
from django.core.exceptions import ValidationError

from channels_connectors.email.connector import EmailConnector
from contacts.models import ContactIdentity
from events.subscriptions import run_workspace
from inbox.actions import send_message
from inbox.connections import connect_channel, disconnect_channel, update_channel
from inbox.delivery.machine import deliver
from inbox.letters.composing import draft
from inbox.models import Attachment, Conversation, Message
from inbox.sorter import envelopes
from tests.cast import make_channel, make_conversation
from tests.inbox.mailing import LETTERS, MailDesk
from tests.inbox.test_poller import poller_process
from tests.sandbox_email import MARIA
from tests.sandbox_server import wait_for
from workspaces.actions import set_calendar
from workspaces.models import Calendar
from workspaces.storage import absolute

SENT = "Отправленные"


def test_a_letter_goes_each_way(acme, mail_desk, mailbox):
    assert (mail_desk.channel.status, mail_desk.channel.transport) == ("active", "polling")
    asked = mailbox.say("Сколько стоит?", name="Мария Котова", subject="Диван")
    mail_desk.read()
    with acme.scope():
        conversation = Conversation.objects.select_related("contact", "identity").get()
        assert (conversation.contact.name, conversation.contact.email) == ("Мария Котова", MARIA)
        assert conversation.identity.external_id == MARIA
        question = Message.objects.get(direction="incoming")
    reply = mail_desk.answer("1 290 ₽")
    assert (reply.status, reply.external_id) == ("sent", f"<{reply.id}.tandem@example.org>")
    (letter,) = mailbox.received()
    assert letter["headers"]["Subject"] == "Re: Диван"
    assert letter["headers"]["In-Reply-To"] == asked["headers"]["Message-ID"]
    assert letter["headers"]["References"] == question.external_id

    # The customer goes on; our own copy in Sent makes no second message.
    mailbox.say("Беру", subject="Re: Диван", reply_to=letter["headers"]["Message-ID"])
    mail_desk.read(2)
    with acme.scope():
        told = Message.objects.in_order()
        assert [(m.direction, m.text) for m in told] == [
            ("incoming", "Сколько стоит?"),
            ("outgoing", "1 290 ₽"),
            ("incoming", "Беру"),
        ]
        assert told.last().reply_to_id == reply.id


def test_the_poller_hears_of_a_letter_at_once(acme, mail_desk, mailbox):
    with acme.scope():
        update_channel(mail_desk.channel, by=acme.anna, settings={"poll_seconds": 25})
    with poller_process(MAIL_TRUSTED_HOSTS="127.0.0.1"):
        wait_for(lambda: mailbox.commands("IMAP IDLE"), 30)
        before = len(mailbox.commands("IMAP IDLE"))
        wait_for(lambda: len(mailbox.commands("IMAP IDLE")) >= before)
        began = time.monotonic()
        mailbox.say("Are you there?")
        wait_for(mail_desk.envelopes)
        assert time.monotonic() - began < 10


def test_a_letter_that_comes_twice_is_one_message(acme, mail_desk, mailbox):
    raw = (LETTERS / "plain.eml").read_bytes()
    mailbox.deliver(raw)
    mailbox.deliver(raw)
    mail_desk.read()
    mailbox.control("settings", renumber=True)
    cursor = mail_desk.cursor()
    mail_desk.read_until(lambda: mail_desk.cursor() != cursor)
    mail_desk.sort()
    with acme.scope():
        assert Message.objects.count() == 1


def test_many_letters_are_sorted_a_few_at_a_time(acme, mail_desk, mailbox, monkeypatch):
    held = []
    read = envelopes.read
    monkeypatch.setattr(
        envelopes, "read", lambda *given: held.append(len(given[1])) or read(*given)
    )
    for number in range(20):
        mailbox.say(f"Letter {number}")
    mail_desk.read(20)
    with acme.scope():
        assert Message.objects.count() == 20
    assert max(held) <= EmailConnector.envelopes_at_once


def test_files_are_taken_out_of_the_letter(acme, mail_desk, mailbox):
    mailbox.deliver((LETTERS / "inline_images.eml").read_bytes())
    mail_desk.read()
    with acme.scope():
        files = list(Attachment.objects.order_by("position"))
        assert [file.status for file in files] == ["ready"] * 4
        assert absolute(files[2].path).read_bytes() == b"%PDF-1.4 plan"
        assert files[0].mime == "image/png"


def test_a_colleague_of_the_customer_answers_in_the_same_conversation(acme, mail_desk, mailbox):
    mailbox.say("Price?", name="Maria")
    mail_desk.read()
    mail_desk.answer("49 900")
    ours = mailbox.received()[0]["headers"]["Message-ID"]
    mailbox.say("We take it", person="boss@example.net", name="Boss", reply_to=ours)
    mail_desk.read(2)
    with acme.scope():
        conversation = Conversation.objects.select_related("contact").get()
        message = Message.objects.get(text="We take it")
        assert conversation.contact.name == "Maria"
        assert message.direction == "incoming"
        assert message.payload["from"] == {"name": "Boss", "address": "boss@example.net"}
        # The answer goes to both.
        assert draft(conversation).cc == ("boss@example.net",)
    mail_desk.answer("Thank you")
    assert len(mailbox.received("boss@example.net")) == 1
    assert len(mailbox.received()) == 2


def test_who_answers_a_letter_of_a_customer_is_somebody_else(acme, mail_desk, mailbox):
    theirs = mailbox.say("Price?", name="Maria")["headers"]["Message-ID"]
    mail_desk.read()
    mailbox.say("I guess ids", person="mallory@example.net", reply_to=theirs, subject="Re: Price?")
    mail_desk.read()
    with acme.scope():
        assert Conversation.objects.count() == 2


def test_the_same_subject_joins_nothing(acme, mail_desk, mailbox):
    mailbox.say("One", subject="Order")
    mailbox.say("Two", subject="Re: Order", person="other@example.net")
    mail_desk.read(2)
    with acme.scope():
        assert Conversation.objects.count() == 2


def test_a_forged_letter_is_never_an_agents(acme, mail_desk, mailbox):
    mailbox.say("Price?")
    mail_desk.read()
    reply = mail_desk.answer("49 900")
    headers = {"Message-ID": reply.external_id, "X-Tandem-Envelope": "folder=sent at=1 size=1"}
    mailbox.say("I am your agent", person="mallory@example.net", headers=headers)
    raw = f"From: {mailbox.address}\nTo: {MARIA}\nMessage-ID: <x@evil.example>\n\nPay me"
    mailbox.deliver(raw.encode())
    mail_desk.read(3)
    with acme.scope():
        forged = Message.objects.filter(text__in=["I am your agent", "Pay me"])
        assert {message.direction for message in forged} == {"incoming"}
        assert forged.count() == 2
        assert Message.objects.get(pk=reply.pk).text == "49 900"


def test_a_bounce_fails_the_message_and_the_customer_waits_again(acme, mail_desk, mailbox):
    mailbox.say("Price?")
    mail_desk.read()
    reply = mail_desk.answer("49 900")
    bounce = (LETTERS / "bounce_no_mailbox.eml").read_text()
    ours = "<0198f1c0-7c1b-7f0a-9a55-0f9f3c1d2b7a.tandem@example.org>"
    mailbox.deliver(bounce.replace(ours, reply.external_id).encode())
    mail_desk.read(2)
    failed = mail_desk.message(pk=reply.pk)
    assert (failed.status, failed.error_class) == ("failed", "recipient_gone")
    assert failed.error == "There is no such mailbox."
    assert failed.conversation.waiting_since is not None


def test_an_automatic_reply_is_shown_and_marked(acme, mail_desk, mailbox):
    mailbox.deliver((LETTERS / "out_of_office.eml").read_bytes())
    mail_desk.read()
    assert mail_desk.message().payload["auto_reply"] == "auto_reply"


def test_a_letter_from_another_program_is_ours(acme, mail_desk, mailbox):
    raw = f"From: {mailbox.address}\nTo: Maria <{MARIA}>\nSubject: Sofa\nMessage-ID: <a@b>\n\nHello"
    mailbox.deliver(raw.encode(), folder=SENT)
    mail_desk.read()
    message = mail_desk.message()
    assert (message.direction, message.status, message.external_id) == ("outgoing", "sent", "<a@b>")
    with acme.scope():
        assert ContactIdentity.objects.get().external_id == MARIA


def test_a_letter_perhaps_sent_is_known_when_its_copy_is_seen(acme, mail_desk, mailbox):
    mailbox.control("settings", keeps_copies=True)
    mailbox.say("Price?")
    mail_desk.read()
    mailbox.fault("drop_after_data")
    reply = mail_desk.answer("49 900")
    assert reply.status == "unknown"
    mail_desk.read()
    found = mail_desk.message(pk=reply.pk)
    assert (found.status, found.external_id) == ("sent", f"<{reply.id}.tandem@example.org>")
    assert len(mailbox.received()) == 1


def test_a_retry_is_the_same_letter(acme, mail_desk, mailbox):
    mailbox.say("Price?")
    mail_desk.read()
    mailbox.fault("smtp_data", code=451, text="4.3.0 Later")
    reply = mail_desk.answer("49 900")
    assert reply.status == "queued"

    def sent():
        with acme.scope():
            Message.objects.filter(pk=reply.pk).update(next_attempt_at=None)
        deliver(acme.workspace.id, reply.conversation_id)
        return mail_desk.message(pk=reply.pk).status == "sent"

    wait_for(sent)
    assert len(mailbox.received()) == 1


def test_a_refused_password_breaks_the_channel_and_keeps_the_letter(acme, mail_desk, mailbox):
    mailbox.say("Price?")
    mail_desk.read()
    mailbox.fault("smtp_auth", count=None)
    reply = mail_desk.answer("49 900")
    assert reply.status == "queued"
    with acme.scope():
        mail_desk.channel.refresh_from_db()
    assert mail_desk.channel.status == "broken"


def test_connected_again_it_goes_on_where_it_was(acme, mail_desk, mailbox):
    with acme.scope():
        disconnect_channel(mail_desk.channel, by=acme.anna)
    mailbox.say("While you were away")
    again = MailDesk(acme, mailbox)
    assert again.channel.id == mail_desk.channel.id
    if not again.envelopes():
        again.read()
    again.sort()
    assert again.message().text == "While you were away"


def test_subject_and_copies_of_an_agent(acme, mail_desk, mailbox):
    mailbox.say("Price?", subject="Sofa", cc="boss@example.net")
    mail_desk.read()
    with acme.scope():
        assert draft(Conversation.objects.get()).copies == "boss@example.net"
    mail_desk.answer("49 900", subject=" Your\r\noffer ", cc=["Lawyer@example.net"])
    headers = mailbox.received()[0]["headers"]
    assert (headers["Subject"], headers["Cc"]) == ("Your offer", "lawyer@example.net")


def test_what_is_said_by_itself_goes_to_the_writer_alone(acme, mail_desk, mailbox):
    with acme.scope():
        mail_desk.channel.away_reply = "We answer in the morning."
        mail_desk.channel.save(update_fields=["away_reply"])
        never = {"time_zone": "UTC", "weekly": [[] for _ in range(7)], "holidays": []}
        company = (Calendar.Owner.WORKSPACE, acme.workspace.pk)
        set_calendar(company, mode="weekly", by=acme.anna, **never)
    mailbox.say("Price?", cc="boss@example.net")
    mail_desk.read()
    run_workspace(acme.workspace.id)
    reply = mail_desk.message(payload__auto="away")
    assert reply.payload["cc"] == []


def test_what_is_no_address_is_refused_in_words(acme, mail_desk, mailbox):
    mailbox.say("Price?")
    mail_desk.read()
    for values in (
        {"cc": ["x"]},
        {"cc": [f"{n}@example.com" for n in range(30)]},
        {"subject": "x" * 400},
    ):
        with pytest.raises(ValidationError):
            mail_desk.answer("49 900", **values)
    assert mailbox.received() == []


@pytest.mark.django_db
def test_other_channels_have_no_subject(acme):
    with acme.scope():
        conversation = make_conversation(make_channel("telegram"))
        with pytest.raises(ValidationError):
            send_message(conversation, "Hi", by=acme.anna, subject="Sofa")
        message = send_message(conversation, "Hi", by=acme.anna, client_id=uuid.uuid4())
    assert message.payload == {}


def test_a_webhook_makes_no_sense(acme, mailbox, transactional_db):
    with acme.scope(), pytest.raises(ValidationError):
        connect_channel(
            kind="email",
            credentials=mailbox.credentials,
            settings={"transport": "webhook"},
            by=acme.anna,
        )


def test_an_admin_reads_what_is_wrong(acme, mailbox, transactional_db):
    mailbox.fault("imap_auth")
    with acme.scope(), pytest.raises(ValidationError) as refused:
        connect_channel(kind="email", credentials=mailbox.credentials, by=acme.anna)
    assert "password" in str(refused.value)
    assert "app-password" not in str(refused.value)
