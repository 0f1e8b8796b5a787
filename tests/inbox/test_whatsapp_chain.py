"""A WhatsApp number from end to end: connected, written to, answered, read, left again."""

import hashlib
import hmac
import json
import random

import pytest
from django.db import connections

from channels_connectors.models import Channel, ChannelNotice
from config.asgi import application
from contacts.models import Consent, ContactIdentity
from inbox.actions import send_message
from inbox.connections import connect_channel, disconnect_channel
from inbox.delivery import gestures
from inbox.delivery.machine import deliver
from inbox.media import fetching
from inbox.models import Attachment, Conversation, InboundEnvelope, Message
from live.threads import in_thread
from tests.inbox.sorting import sort
from tests.live.conftest import eventually
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port
from tests.sandbox_whatsapp import EMMA, MARIA


@pytest.fixture
async def tandem(transactional_db, settings, monkeypatch):
    """The web process on a port of its own."""
    # Each request has a thread of its own, which must leave no connection behind.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    server = Server(application, free_port())
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
    await server.start()
    yield server
    await server.stop()
    await go_quiet()


@pytest.fixture
async def channel(acme, tandem, whatsapp_number):
    """A connected number whose address Meta has confirmed."""
    whatsapp_number.settle(retry_base="0.05", retry_cap="0.2")

    def connect():
        with acme.scope():
            credentials = whatsapp_number.credentials
            made = connect_channel(kind="whatsapp", credentials=credentials, by=acme.anna)
        gestures.finish_connecting(acme.workspace.id, made.id)
        return made

    made = await in_thread(connect)
    assert whatsapp_number.state()["number_callback"].endswith(f"/hooks/whatsapp/{made.key}/")
    return made


async def arrived(whatsapp_number):
    """All webhooks of Meta were taken and sorted. Returns how many there were."""
    await eventually(lambda: whatsapp_number.state()["pending"] == 0)
    return await in_thread(sort)


def answer(acme, question, text, **facts):
    """Anna answers; returns what the customer asked and her reply, as they are kept."""
    with acme.scope():
        asked = Message.objects.get(direction="incoming", text=question)
        send_message(asked.conversation, text, by=acme.anna, reply_to=asked, **facts)
    deliver(acme.workspace.id, asked.conversation_id)
    with acme.scope():
        return asked, Message.objects.get(direction="outgoing", text=text)


async def test_a_message_goes_each_way_and_is_read(acme, channel, whatsapp_number):
    assert (channel.status, channel.transport) == ("active", "webhook")
    assert channel.external_id == whatsapp_number.id
    referral = {"source_type": "ad", "source_id": "7", "ctwa_clid": "ARAk"}
    said = await in_thread(whatsapp_number.say, "Сколько стоит?", referral=referral)
    assert await arrived(whatsapp_number) == 1
    asked, reply = await in_thread(answer, acme, "Сколько стоит?", "1 290 ₽")
    assert (asked.external_id, asked.referral) == (said["id"], referral)
    assert whatsapp_number.texts() == ["1 290 ₽"]
    assert whatsapp_number.answers()[0]["context"] == {"id": said["id"]}

    # Sent and delivered by itself; then she reads, reacts and changes her mind.
    await eventually(lambda: whatsapp_number.answers()[0]["status"] == "delivered")
    whatsapp_number.control("reads", person=MARIA)
    whatsapp_number.control("reactions", person=MARIA, message_id=reply.external_id, emoji="❤️")
    whatsapp_number.control("edits", person=MARIA, message_id=said["id"], text="А две?")
    whatsapp_number.control("echoes", person=MARIA, text="Ещё с телефона")
    assert await arrived(whatsapp_number) == 6

    def look():
        with acme.scope():
            sent = Message.objects.filter(direction="outgoing").order_by("sent_at", "id")
            reactions = [r.emojis for m in sent for r in m.reactions.all()]
            question = Message.objects.get(direction="incoming")
            return [(m.text, m.status) for m in sent], reactions, question.text

    assert await in_thread(look) == (
        [("1 290 ₽", "read"), ("Ещё с телефона", "sent")],
        ["❤️"],
        "А две?",
    )


async def test_who_hides_the_number_can_be_answered(acme, channel, whatsapp_number):
    await in_thread(whatsapp_number.say, "Hi", person=EMMA)
    assert await arrived(whatsapp_number) == 1

    def look():
        with acme.scope():
            return ContactIdentity.objects.select_related("contact").get()

    identity = await in_thread(look)
    assert identity.external_id.startswith("GB.")
    assert (identity.contact.name, identity.contact.phone) == ("Emma Clarke", "")
    _asked, reply = await in_thread(answer, acme, "Hi", "Hello")
    assert reply.status == "sent"
    assert whatsapp_number.texts(EMMA) == ["Hello"]


async def test_news_finds_the_message_whose_answer_was_lost(acme, channel, whatsapp_number):
    await in_thread(whatsapp_number.say, "Есть кто?")
    await arrived(whatsapp_number)
    whatsapp_number.fault("timeout_after", seconds=0.1)
    _asked, reply = await in_thread(answer, acme, "Есть кто?", "Да!")
    assert (reply.status, reply.external_id) == ("unknown", None)
    await eventually(lambda: whatsapp_number.answers()[0]["status"] == "delivered")
    await arrived(whatsapp_number)

    def look():
        with acme.scope():
            return Message.objects.get(direction="outgoing")

    found = await in_thread(look)
    assert (found.status, found.external_id) == ("delivered", whatsapp_number.answers()[0]["id"])
    assert whatsapp_number.texts() == ["Да!"]


async def test_a_closed_window_is_told_by_the_news(acme, channel, whatsapp_number):
    await in_thread(whatsapp_number.say, "Здравствуйте")
    await arrived(whatsapp_number)
    whatsapp_number.settle(window="closed")
    _asked, reply = await in_thread(answer, acme, "Здравствуйте", "Добрый день")
    assert reply.status == "sent"
    await eventually(lambda: whatsapp_number.answers()[0]["status"] == "failed")
    await arrived(whatsapp_number)

    def look():
        with acme.scope():
            return Message.objects.get(direction="outgoing")

    failed = await in_thread(look)
    assert (failed.status, failed.error_class) == ("failed", "window_closed")
    assert "More than 24 hours" in failed.error
    assert len(whatsapp_number.journal()) == 1


async def test_a_file_is_fetched(acme, channel, whatsapp_number):
    file = {"file": ("Счёт.pdf", b"%PDF-1.7 paid", "application/pdf")}
    await in_thread(whatsapp_number.say, "Вот", files=file)
    await arrived(whatsapp_number)

    def fetch():
        with acme.scope():
            attachment = Attachment.objects.get()
        fetching.fetch(acme.workspace.id, attachment.id)
        with acme.scope():
            return Attachment.objects.get()

    fetched = await in_thread(fetch)
    assert (fetched.status, fetched.name, fetched.size) == ("ready", "Счёт.pdf", 13)


async def test_doubled_shuffled_and_batched_webhooks_are_each_taken_once(
    acme, channel, whatsapp_number
):
    whatsapp_number.control("faults", deliver_twice=True, shuffle=True, batch=True)
    for number in range(20):
        await in_thread(whatsapp_number.say, str(number))
    await arrived(whatsapp_number)

    def look():
        with acme.scope():
            return Conversation.objects.count(), sorted(
                Message.objects.values_list("text", flat=True), key=int
            )

    assert await in_thread(look) == (1, [str(number) for number in range(20)])
    deliveries = whatsapp_number.sandbox.journal(phone=whatsapp_number.id, kind="delivery")
    assert max(len(entry["event"].split(",")) for entry in deliveries) > 1


async def test_no_body_however_broken_is_answered_with_a_failure(
    acme, channel, tandem, whatsapp_number
):
    document = {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": []}]}
    whole = json.dumps(document).encode()
    letters = list(whole)
    random.Random(3).shuffle(letters)
    url = f"http://127.0.0.1:{tandem.port}/hooks/whatsapp/{channel.key}/"

    def post(body, secret=whatsapp_number.app_secret):
        digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={digest}"}
        return whatsapp_number.sandbox.http.post(url, content=body, headers=headers).status_code

    bodies = (whole, whole, whole[:20], whole + whole, bytes(letters), b"")
    answers = [await in_thread(post, body) for body in bodies]
    assert answers == [200, 200, 400, 400, 400, 400]
    assert await in_thread(post, whole, "guess") == 401

    def kept():
        with acme.scope():
            return InboundEnvelope.objects.count()

    assert await in_thread(kept) == 1


async def test_a_customer_who_changes_the_number_keeps_the_conversation(
    acme, channel, whatsapp_number
):
    old, new = "79160007001", "79160007002"
    await in_thread(whatsapp_number.say, "Это я", person=old)
    await arrived(whatsapp_number)
    whatsapp_number.control("moves", person=old, wa_id=new)
    await in_thread(whatsapp_number.say, "И это я", person=new)
    await arrived(whatsapp_number)

    def look():
        with acme.scope():
            conversation = Conversation.objects.select_related("identity").get()
            kinds = Message.objects.order_by("id").values_list("kind", flat=True)
            return conversation.identity.external_id, list(kinds)

    assert await in_thread(look) == (new, ["text", "system", "text"])


async def test_what_is_told_of_wishes_templates_and_the_account_is_kept(
    acme, channel, whatsapp_number
):
    await in_thread(whatsapp_number.say, "Здравствуйте")
    await in_thread(whatsapp_number.make_template, "order_ready", "Заказ готов")
    whatsapp_number.control("preferences", person=MARIA, stopped=True)
    flagged = {"display_phone_number": "79991234567", "event": "FLAGGED"}
    whatsapp_number.inject("phone_number_quality_update", **flagged, current_limit="TIER_1K")
    whatsapp_number.inject("quantum_update", state="both")
    await arrived(whatsapp_number)

    def look():
        with acme.scope():
            consent = Consent.objects.get()
            notices = ChannelNotice.objects.order_by("topic").values_list("topic", "level")
            health = Channel.objects.get().health
            return (consent.is_granted, consent.origin), list(notices), health["messaging_limit"]

    assert await in_thread(look) == (
        (False, "platform"),
        [("phone_number_quality_update", "warning"), ("quantum_update", "info")],
        "TIER_1K",
    )


async def test_leaving_takes_the_address_back(acme, channel, whatsapp_number):
    def leave():
        with acme.scope():
            disconnect_channel(channel, by=acme.anna)

    await in_thread(leave)
    state = whatsapp_number.state()
    assert (state["number_callback"], state["account_callback"]) == ("", "")
