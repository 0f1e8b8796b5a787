"""What is posted to the other system, against its stand-in over HTTP."""

import asyncio
import uuid

import pytest

from channels_connectors.addresses import PRIVATE_ADDRESS
from channels_connectors.api import words
from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, OutboundMessage
from tests.sandbox_api import MARIA

HOOK = "https://tandem.example/hooks/api/channel-key/"


@pytest.fixture
def send(connector):
    """`send(text, ...)` to Maria."""

    def run(text="", key=None, to=connector, **facts):
        message = OutboundMessage(MARIA, key or uuid.uuid4(), text=text, **facts)
        return asyncio.run(to.send(message))

    return run


def refused(call):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(call)
    return caught.value


@pytest.fixture
def refusal(send):
    """The error of a send that must fail."""

    def run(*arguments, **facts):
        with pytest.raises(ConnectorError) as caught:
            send(*arguments, **facts)
        return caught.value

    return run


def test_a_message_arrives_signed_and_gets_the_others_id(send, other_system):
    key = uuid.uuid4()
    entities = [{"type": "bold", "offset": 0, "length": 2}]
    receipt = send("Да, есть", key=key, entities=entities, reply_to="m-1")
    (shown,) = other_system.answers()
    assert receipt.external_id == shown["id"] != str(key)
    assert (shown["key"], shown["chat"], shown["text"]) == (str(key), MARIA, "Да, есть")
    assert (shown["entities"], shown["reply_to"]) == (entities, "m-1")


def test_the_same_key_is_done_once(send, other_system):
    key = uuid.uuid4()
    first, second = send("Да", key=key), send("Да", key=key)
    assert first.external_id == second.external_id
    assert other_system.texts() == ["Да"]
    assert {call["key"] for call in other_system.calls("message")} == {str(key)}


def test_files_go_inside(send, other_system, tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"%PDF-" + b"x" * 995)
    send("Вот", attachments=(OutboundAttachment("file", "Счёт.pdf", "application/pdf", path),))
    (file,) = other_system.answers()[0]["attachments"]
    assert (file["name"], file["mime"], file["size"], file["received"]) == (
        "Счёт.pdf",
        "application/pdf",
        1000,
        1000,
    )


def test_buttons_and_places_travel_as_they_are(send, other_system):
    buttons = [[{"label": "Да", "action": "reply", "value": "yes"}]]
    place = {"latitude": 1.5, "longitude": 2.5}
    send(payload={"buttons": buttons, "location": place, "external_ids": ["x"]})
    (shown,) = other_system.answers()
    assert (shown["buttons"], shown["location"]) == (buttons, place)
    assert "external_ids" not in shown


def test_nothing_and_too_much_are_not_sent(refusal, other_system, tmp_path):
    assert refusal(" ").words == words.EMPTY
    assert refusal("x" * 10_001).words == words.TOO_LONG
    path = tmp_path / "x"
    gone = OutboundAttachment("file", "a", "", path)
    assert refusal(attachments=(gone,)).words == words.NO_FILE
    path.write_bytes(b"x" * 11 * 1024 * 1024)
    assert refusal(attachments=(gone, gone)).words == words.FILES_TOO_LARGE
    assert other_system.calls("message") == []


@pytest.mark.parametrize(
    ("fault", "error_class", "said", "maybe_sent", "wait"),
    [
        ({"kind": "rate", "retry_after": 7}, "rate", words.TOO_OFTEN, False, 7),
        ({"kind": "rate"}, "rate", words.TOO_OFTEN, False, 5),
        ({"kind": "server"}, "transient", words.UNAVAILABLE, True, None),
        ({"kind": "gone"}, "recipient_gone", words.GONE, False, None),
        ({"kind": "gone", "words": "Чат закрыт."}, "recipient_gone", "Чат закрыт.", False, None),
        ({"kind": "auth"}, "channel_auth", words.SIGNATURE_REFUSED, False, None),
        ({"kind": "refused"}, "bad_content", words.REFUSED, False, None),
        ({"kind": "refused", "words": "Нет шаблона."}, "bad_content", "Нет шаблона.", False, None),
        ({"kind": "redirect"}, "channel_auth", words.REDIRECTS, False, None),
        ({"kind": "timeout_before"}, "transient", words.MAYBE_SENT, True, None),
        ({"kind": "timeout_after"}, "transient", words.MAYBE_SENT, True, None),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
def test_troubles_are_classed(refusal, other_system, fault, error_class, said, maybe_sent, wait):
    other_system.fault(**{"seconds": 0.1, **fault})
    error = refusal("Привет")
    assert (error.error_class, error.words, error.maybe_sent, error.retry_after) == (
        error_class,
        said,
        maybe_sent,
        wait,
    )
    assert len(other_system.calls("message")) == 1
    assert other_system.texts() == (["Привет"] if fault["kind"] == "timeout_after" else [])


def test_a_resend_after_a_lost_answer_doubles_nothing(send, refusal, other_system):
    key = uuid.uuid4()
    other_system.fault("timeout_after", seconds=0.1)
    assert refusal("Привет", key=key).maybe_sent is True
    assert send("Привет", key=key).external_id == other_system.answers()[0]["id"]
    assert other_system.texts() == ["Привет"]


def test_another_secret_is_refused_by_the_other_side(make_connector, refusal):
    error = refusal("Привет", to=make_connector({"secret": "x" * 32}))
    assert (error.error_class, error.words) == ("channel_auth", words.SIGNATURE_REFUSED)


def test_without_an_address_messages_wait_to_be_fetched(make_connector, send, other_system):
    quiet, key = make_connector({"callback_url": ""}), uuid.uuid4()
    assert send("Привет", key=key, to=quiet).external_id == str(key)
    asyncio.run(quiet.mark_read(MARIA, "m-1"))
    assert asyncio.run(quiet.check()) == {"ok": True}
    assert other_system.state()["events"] == []


def test_changes_and_gestures_are_told(connector, send, other_system):
    said = other_system.say("Привет")["item"]
    name = send("Да").external_id
    edited = OutboundMessage(MARIA, uuid.uuid4(), text="Да, есть")
    asyncio.run(connector.edit((name,), edited))
    assert [(one["text"], one["edited"]) for one in other_system.answers()] == [("Да, есть", True)]
    asyncio.run(connector.react(MARIA, said["id"], "👍"))
    asyncio.run(connector.mark_read(MARIA, said["id"]))
    asyncio.run(connector.send_typing(MARIA))
    question = other_system.state()["chats"][MARIA][0]
    assert (question["reaction"], question["read"]) == ("👍", True)
    asyncio.run(connector.react(MARIA, said["id"], ""))
    assert other_system.state()["chats"][MARIA][0]["reaction"] is None
    assert len(other_system.events("typing")) == 1
    asyncio.run(connector.delete(MARIA, (name,)))
    assert other_system.answers() == []


def test_connecting_tries_a_secret_that_the_other_side_knows(make_connector, other_system):
    result = asyncio.run(make_connector().connect(HOOK))
    assert result.name == "127.0.0.1"
    assert (result.credentials, result.reveal) == ({"secret": other_system.secret}, ())
    assert len(other_system.calls("ping")) == 1
    error = refused(make_connector({"secret": "x" * 16}).connect(HOOK))
    assert (error.error_class, error.words) == ("channel_auth", words.SIGNATURE_REFUSED)


def test_connecting_makes_a_secret_where_there_is_none(make_connector, other_system):
    result = asyncio.run(make_connector({"secret": ""}).connect(HOOK))
    assert len(result.credentials["secret"]) >= 40
    assert result.reveal == ("secret",)
    assert result.credentials["secret"] not in repr(result)
    # It cannot know it yet.
    assert other_system.calls("ping") == []
    assert asyncio.run(make_connector({"callback_url": ""}).connect(HOOK)).name == "API"


@pytest.mark.parametrize(
    ("credentials", "said"),
    [
        ({"secret": "short"}, words.SHORT_SECRET),
        ({"callback_url": "http://shop.example/"}, words.NOT_HTTPS),
        ({"callback_url": "ftp://shop.example/"}, words.NOT_HTTPS),
        ({"callback_url": "https://10.0.0.1/"}, PRIVATE_ADDRESS),
        ({"callback_url": "https://localhost/"}, PRIVATE_ADDRESS),
        ({"callback_url": "https://[::1]/"}, PRIVATE_ADDRESS),
    ],
)
def test_addresses_and_secrets_that_will_not_do_are_refused(make_connector, credentials, said):
    error = refused(make_connector(credentials).connect(HOOK))
    assert (error.error_class, error.words) == ("channel_auth", said)


@pytest.mark.parametrize("address", ["nonsense", "https://", "https://user:pw@shop.example/"])
def test_what_is_no_address_is_refused(make_connector, address):
    assert refused(make_connector({"callback_url": address}).connect(HOOK)).error_class == (
        "channel_auth"
    )


def test_it_cannot_be_polled(connector):
    assert refused(connector.connect(None)).words == words.NO_POLLING


def test_files_are_fetched_and_unpacked_up_to_the_limit(connector, other_system):
    url = f"{other_system.sandbox.url}/static/phone.css"
    size = len(other_system.sandbox.http.get("/static/phone.css").content)
    file = asyncio.run(connector.download({"url": url}, size))
    assert (file.size, file.mime) == (size, "text/css")
    file.path.unlink()
    file = asyncio.run(connector.download({"data": "eHh4"}, 3))
    assert (file.path.read_bytes(), file.size) == (b"xxx", 3)
    file.path.unlink()
    for reference, limit in (({"url": url}, size - 1), ({"data": "eHh4"}, 2)):
        assert refused(connector.download(reference, limit)).words == words.FILE_TOO_LARGE
    for wrong in ({"url": f"{url}x"}, {"data": "%"}, {"data": ""}):
        assert refused(connector.download(wrong, size)).words == words.NO_FILE


@pytest.mark.parametrize("url", ["http://files.example/x", "file:///etc/passwd", "nonsense", ""])
def test_files_elsewhere_must_come_by_https(connector, url):
    assert refused(connector.download({"url": url}, 10)).error_class == "bad_content"


def test_files_never_lead_inside(connector):
    for url in ("https://127.0.0.2/x", "https://localhost/x"):
        error = refused(connector.download({"url": url}, 10))
        assert error.words == PRIVATE_ADDRESS
