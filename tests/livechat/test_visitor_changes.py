"""Agents change what they said, and the visitor's open window follows; buttons work both ways."""

from uuid import uuid4

from inbox.actions import delete_message, edit_message, react
from inbox.models import Message
from tests.livechat.test_visitor_socket import say


async def test_what_an_agent_changes_changes_in_the_open_page(open_page, company, acme):
    page = await open_page()
    question = await say(page, company, "Hello")
    await company.answer("Goood day")
    await page.until(lambda page: "Goood day" in page.texts)
    answer = next(message for message in page.messages.values() if not message["mine"])

    def change(verb, *values, of):
        def run(conversation):
            return verb(Message.objects.get(**of), *values, by=acme.anna)

        return company.do(run)

    await change(edit_message, "Good day", of={"pk": answer["id"]})
    await page.until(lambda page: page.texts == ["Hello", "Good day"])
    assert page.messages[answer["id"]]["edited"]
    await change(react, "👍", of={"external_id": question})
    await page.until(lambda page: page.messages[question].get("reactions") == ["👍"])
    await change(delete_message, of={"pk": answer["id"]})
    await page.until(lambda page: page.texts == ["Hello"])


async def test_a_pressed_button_comes_back_with_its_value(open_page, company, acme):
    page = await open_page()
    await say(page, company, "Hello")
    await company.answer("When?", payload={"buttons": [[{"label": "Today", "value": "d0"}]]})
    await page.until(lambda page: "When?" in page.texts)
    answer = next(message for message in page.messages.values() if not message["mine"])
    assert answer["buttons"] == [[{"label": "Today", "value": "d0"}]]
    await page.say(type="message", id=str(uuid4()), text="Today", button="d0")
    await page.next("ack")
    await company.sort()

    def pressed(conversation):
        return Message.objects.get(text="Today").payload

    assert await company.do(pressed) == {"button": "d0"}
