"""The visitor's socket: who gets in, what is told, and that nothing is missed or doubled."""

from datetime import timedelta
from uuid import uuid4

import pytest

from inbox.actions import send_message
from inbox.connections import disconnect_channel
from inbox.models import Message
from live import ephemeral
from live.hub import hub
from live.threads import in_thread
from livechat import tokens
from tests.live.conftest import eventually
from tests.livechat.conftest import VisitorPage, connect_widget
from workspaces.presence import touch


def new_id():
    return str(uuid4())


async def say(page, company, text, **more):
    """Say it, have it stored and sorted, and see it come back."""
    message_id = more.pop("id", None) or new_id()
    await page.say(type="message", id=message_id, text=text, **more)
    assert (await page.next("ack"))["id"] == message_id
    await company.sort()
    await page.until(lambda page: message_id in page.messages)
    return message_id


async def test_message_is_stored_before_it_is_acknowledged(open_page, company):
    page = await open_page(profile={"name": "Maria", "phone": "+7 912 345-67-89"})
    message_id = await say(page, company, "Is the sofa there?")
    conversation = await company.conversation()
    assert conversation.contact.name == "Maria"
    assert conversation.contact.phone == "+79123456789"
    assert page.messages[message_id]["mine"] is True
    assert await company.texts() == ["Is the sofa there?"]


async def test_visitor_without_a_name_is_numbered_until_they_say_it(open_page, company):
    page = await open_page()
    await say(page, company, "Hello")
    assert (await company.conversation()).contact.name.startswith("Visitor ")
    await page.say(type="profile", profile={"name": "Maria", "email": "m@example.com"})
    await page.say(type="message", id=new_id(), text="It is me")
    await page.next("ack")
    await company.sort()
    contact = (await company.conversation()).contact
    assert (contact.name, contact.email) == ("Maria", "m@example.com")
    again = await open_page(token=page.token)
    await say(again, company, "From another place")
    assert (await company.conversation()).contact.name == "Maria"


async def test_answer_reaches_the_open_page(open_page, company):
    page = await open_page()
    await say(page, company, "Hello")
    await company.answer("Good day")
    await page.until(lambda page: "Good day" in page.texts)
    answer = next(message for message in page.messages.values() if not message["mine"])
    assert answer["author"] == {"name": "Anna", "initials": "A"}
    assert page.texts == ["Hello", "Good day"]


async def test_colleague_without_a_name_shows_no_address(open_page, company, acme):
    page = await open_page()
    await say(page, company, "Hello")

    def forget_name(_):
        acme.anna.user.name = ""
        acme.anna.user.save()

    await company.do(forget_name)
    await company.answer("Good day")
    await page.until(lambda page: "Good day" in page.texts)
    assert "example.com" not in str(page.messages)


async def test_note_never_reaches_the_visitor(open_page, company):
    page = await open_page()
    await say(page, company, "Hello")
    await company.answer("He never pays", internal=True)
    await company.answer("Good day")
    await page.until(lambda page: "Good day" in page.texts)
    again = await open_page(token=page.token)
    assert again.texts == ["Hello", "Good day"]


async def test_message_that_is_not_sent_yet_is_not_shown(open_page, company, acme):
    page = await open_page()
    await say(page, company, "Hello")

    def queue(conversation):
        return send_message(conversation, "Later", by=acme.anna)

    await company.do(queue)
    again = await open_page(token=page.token)
    assert again.texts == ["Hello"]


async def test_the_same_message_said_twice_is_one(open_page, company):
    page = await open_page()
    message_id = await say(page, company, "Once")
    await page.say(type="message", id=message_id, text="Once")
    assert (await page.next("ack"))["id"] == message_id
    await company.sort()
    assert await company.texts() == ["Once"]


async def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_twice(open_page, company):
    page = await open_page()
    await say(page, company, "One")
    cursor = page.cursor
    await page.close()
    await company.answer("Two")
    await company.answer("Three")
    again = await open_page(token=page.token, cursor=cursor)
    assert again.greeting["whole"] is False
    assert again.texts == ["Two", "Three"]


async def test_a_page_that_missed_nothing_is_told_nothing(open_page, company):
    page = await open_page()
    await say(page, company, "One")
    await company.answer("Two")
    await page.until(lambda page: "Two" in page.texts)
    again = await open_page(token=page.token, cursor=page.cursor)
    assert again.greeting["messages"] == []


async def test_a_reloaded_page_gets_the_history(open_page, company):
    page = await open_page()
    await say(page, company, "One")
    await company.answer("Two")
    again = await open_page(token=page.token)
    assert again.greeting["whole"] is True
    assert again.texts == ["One", "Two"]


async def test_long_history_comes_page_by_page(open_page, company, acme):
    page = await open_page()
    await say(page, company, "First")

    def fill(conversation):
        for number in range(60):
            Message.objects.create(
                conversation=conversation,
                channel_id=conversation.channel_id,
                direction="outgoing",
                status="sent",
                text=f"{number}",
                sent_at=conversation.next_moment(),
            )

    await company.do(fill)
    again = await open_page(token=page.token)
    assert len(again.messages) == 50
    assert again.greeting["has_earlier"] is True
    first = min(again.messages.values(), key=lambda message: message["key"])
    await again.say(type="earlier", before=first["id"])
    earlier = await again.next("earlier")
    assert earlier["has_earlier"] is False
    assert again.texts[0] == "First"
    assert len(again.messages) == 61


async def test_a_cursor_that_is_not_ours_means_the_whole_history(open_page, company):
    page = await open_page()
    await say(page, company, "One")
    again = await open_page(token=page.token, cursor="12")
    assert again.greeting["whole"] is True
    assert again.texts == ["One"]


async def test_both_tabs_of_a_visitor_see_the_first_message(open_page, company):
    one = await open_page()
    other = await open_page(token=one.token)
    await say(one, company, "Hello")
    await other.until(lambda page: "Hello" in page.texts)


async def test_another_visitor_sees_nothing(open_page, company):
    page, stranger = await open_page(), await open_page()
    await say(page, company, "Hello")
    await company.answer("Good day")
    await page.until(lambda page: "Good day" in page.texts)
    assert await stranger.silent()
    assert stranger.messages == {}


async def test_token_of_another_channel_is_refused(connections, acme, channel):
    other = await in_thread(connect_widget, acme)
    page = VisitorPage(channel.key, tokens.issue(other.pk))
    await page.open()
    await page.say(type="hello", token=page.token)
    assert await page.code() == 4401


@pytest.mark.parametrize("token", [None, "", "x", "a:b:c", 7, {"a": 1}, ["x"]])
async def test_nonsense_for_a_token_is_refused(connections, channel, token):
    page = VisitorPage(channel.key)
    await page.open()
    await page.say(type="hello", token=token)
    assert await page.code() == 4401


async def test_whoever_does_not_say_hello_first_is_shown_out(connections, channel):
    page = VisitorPage(channel.key)
    await page.open()
    await page.say(type="message", id=new_id(), text="Hello")
    assert await page.code() == 4400


async def test_unknown_widget_is_refused(connections):
    page = VisitorPage("nothing")
    await page.open()
    assert await page.code() == 4404


async def test_page_of_another_site_is_refused(connections, channel):
    page = VisitorPage(channel.key, origin=b"https://evil.example")
    assert (await page.open())["type"] == "websocket.close"


async def test_disconnected_channel_ends_the_socket(open_page, company, acme, channel):
    page = await open_page()
    await say(page, company, "Hello")
    await company.do(lambda conversation: disconnect_channel(channel, by=acme.anna))
    assert await page.code() == 4404


async def test_too_much_at_once_is_asked_to_wait(open_page):
    page = await open_page()
    for number in range(12):
        await page.say(type="message", id=new_id(), text=str(number))
    frames = [await page.next() for _ in range(12)]
    refused = [frame for frame in frames if frame["type"] == "refused"]
    assert len(refused) >= 1
    assert {frame["reason"] for frame in refused} == {"rate"}
    assert all(frame["retry_after"] > 0 for frame in refused)


async def test_text_that_is_too_long_is_refused(open_page, company):
    page = await open_page()
    await page.say(type="message", id=new_id(), text="я" * 4001)
    assert (await page.next("refused"))["reason"] == "long"
    await page.say(type="message", id=new_id(), text=" \0 ")
    assert (await page.next("refused"))["reason"] == "empty"
    assert await company.sort() == 0


async def test_html_of_a_visitor_stays_text(open_page, company):
    page = await open_page(profile={"name": "<img src=x onerror=alert(1)>"})
    text = "<script>alert(1)</script> https://shop.example/?a=1&b=<b>"
    message_id = await say(page, company, text)
    assert page.messages[message_id]["text"] == text
    html = page.messages[message_id]["html"]
    assert "<script" not in html
    assert "<b>" not in html
    assert '<a href="https://shop.example/?a=1&amp;b=' in html


async def test_agent_reads_and_the_visitor_sees_it(open_page, company, acme):
    page = await open_page()
    message_id = await say(page, company, "Hello")
    assert page.greeting["read"] is None
    await company.do(lambda conversation: conversation.mark_read(by=acme.anna))
    assert (await page.next("news"))["read"] == message_id


async def test_visitor_reads_and_the_agent_sees_it(open_page, company):
    page = await open_page()
    await say(page, company, "Hello")
    one, two = await company.answer("One"), await company.answer("Two")
    await page.until(lambda page: "Two" in page.texts)
    await page.say(type="seen", id=str(one.pk), status="delivered")
    await page.say(type="seen", id=str(two.pk), status="read")
    await page.say(type="seen", id=str(two.pk), status="read")
    await page.say(type="earlier", before=str(one.pk))
    await page.next("earlier")
    await company.sort()
    statuses = await company.do(
        lambda conversation: list(
            Message.objects.filter(direction="outgoing").in_order().values_list("status", flat=True)
        )
    )
    assert statuses == ["read", "read"]


async def test_visitor_marks_nothing_that_is_not_theirs(open_page, company, acme):
    page, stranger = await open_page(), await open_page()
    await say(page, company, "Hello")
    answer = await company.answer("One")
    await say(stranger, company, "I am somebody else")
    await stranger.say(type="seen", id=str(answer.pk), status="read")
    await stranger.say(type="seen", id="nonsense", status="read")
    await stranger.say(type="seen", id=str(answer.pk), status="failed")
    await stranger.say(type="earlier", before=str(answer.pk))
    assert (await stranger.next("earlier"))["messages"] == []
    assert await company.sort() == 0


async def test_typing_goes_both_ways(open_page, company, acme):
    page = await open_page()
    await say(page, company, "Hello")
    conversation = await company.conversation()
    whispers = []

    class Listener:
        language, topics = "en", frozenset()

        def offer(self, batch): ...

        def beat(self, seq): ...

        def whisper(self, whisper):
            whispers.append(whisper)

    listener = Listener()
    await hub().join(acme.workspace.id, listener)
    try:
        await page.say(type="typing")
        heard = await eventually(lambda: [one for one in whispers if one.kind == "typing"])
        assert heard[0].conversation_id == conversation.id
        assert heard[0].data["who"]["type"] == "contact"
        data = ephemeral.typing("member", acme.anna.id, "Anna Petrova")
        await ephemeral.publish_soon(acme.workspace.id, "typing", data, conversation.id)
        assert (await page.next("typing"))["name"] == "Anna"
        hidden = ephemeral.typing("member", acme.anna.id, "Anna", internal=True)
        await ephemeral.publish_soon(acme.workspace.id, "typing", hidden, conversation.id)
        assert await page.silent()
    finally:
        await hub().leave(acme.workspace.id, listener)


async def test_somebody_comes_online(open_page, acme):
    page = await open_page()
    assert page.greeting["online"] is False

    def come():
        with acme.scope():
            touch(acme.anna.id)

    await in_thread(come)
    assert (await page.next("online", timeout=10))["online"] is True


async def test_how_the_visitor_came_is_kept_with_the_first_message(open_page, company):
    context = {
        "url": "https://shop.example/sofas?utm_source=vk",
        "title": "Sofas",
        "first_touch": {"utm_source": "yandex", "yclid": "1", "evil": "x", "at": "2026-01-01"},
        "last_touch": {"utm_source": "vk"},
        "ids": {"ym_client_id": "99"},
        "password": "no",
    }
    page = await open_page(context=context, consent={"at": "2026-01-02", "text": "I agree"})
    await say(page, company, "One")
    await say(page, company, "Two")
    first, second = await company.do(lambda _: list(Message.objects.in_order()))
    assert first.referral == {
        "source": "website",
        "url": "https://shop.example/sofas?utm_source=vk",
        "title": "Sofas",
        "ids": {"ym_client_id": "99"},
        "first_touch": {"at": "2026-01-01", "utm_source": "yandex", "yclid": "1"},
        "last_touch": {"utm_source": "vk"},
    }
    assert first.payload["consent"] == {"at": "2026-01-02", "text": "I agree"}
    assert second.referral is None


async def test_old_token_is_replaced_by_a_fresh_one(open_page, monkeypatch, channel):
    token = tokens.issue(channel.pk)
    monkeypatch.setattr(tokens, "RENEW_AFTER", timedelta(seconds=-1))
    page = VisitorPage(channel.key, token)
    await page.open()
    await page.say(type="hello", token=token)
    fresh = (await page.next("token"))["token"]
    assert tokens.read(fresh, channel.pk).visitor_id == tokens.read(token, channel.pk).visitor_id
    await page.close()
