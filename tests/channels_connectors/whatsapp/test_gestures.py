"""Files that come, signs beside a message, templates."""

import asyncio

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.types import OutboundAttachment, Template
from channels_connectors.whatsapp import words
from tests.sandbox_whatsapp import MARIA


def refused(call):
    with pytest.raises(ConnectorError) as caught:
        asyncio.run(call)
    return caught.value


def test_files_are_fetched_up_to_the_limit(connector, whatsapp_number):
    data = b"%PDF-" + b"x" * 995
    sent = whatsapp_number.say(files={"file": ("a.pdf", data, "application/pdf")})
    reference = {"media_id": sent["document"]["id"]}
    file = asyncio.run(connector.download(reference, 1000))
    assert (file.path.read_bytes(), file.size, file.mime) == (data, 1000, "application/pdf")
    file.path.unlink()
    for limit, wrong in ((999, reference), (1000, {"media_id": "1"}), (1000, {})):
        assert refused(connector.download(wrong, limit)).error_class == "bad_content"
    assert refused(connector.download({"media_id": "../me"}, 10)).words == words.NO_FILE


@pytest.mark.parametrize("url", ["http://127.0.0.2:9/x", "http://10.0.0.1/", "file:///etc/passwd"])
def test_files_elsewhere_must_be_public(connector, monkeypatch, url):
    async def get(self, path, **params):
        return {"url": url}

    monkeypatch.setattr("channels_connectors.whatsapp.api.Api.get", get)
    assert refused(connector.download({"media_id": "1"}, 10)).error_class == "channel_auth"


def test_reading_and_typing_are_one_call(connector, whatsapp_number):
    message = whatsapp_number.say("Привет")
    asyncio.run(connector.mark_read(MARIA, message["id"]))
    assert whatsapp_number.messages()[0]["read"] is True
    asyncio.run(connector.send_typing_below(MARIA, message["id"]))
    read, typing = (call["body"] for call in whatsapp_number.journal())
    assert read["message_id"] == typing["message_id"] == message["id"]
    assert "typing_indicator" not in read
    assert typing["typing_indicator"] == {"type": "text"}


def test_reactions_are_put_and_taken_back(connector, whatsapp_number):
    message = whatsapp_number.say("Спасибо!")
    for emoji in ("❤️", ""):
        asyncio.run(connector.react(MARIA, message["id"], emoji))
        assert whatsapp_number.messages()[0]["our_reaction"] == emoji
    assert refused(connector.react(MARIA, message["id"], "ok")).words == words.EMOJI
    assert refused(connector.react(MARIA, "", "❤️")).error_class == "bad_content"


def test_templates_are_listed_page_after_page(connector, whatsapp_number, monkeypatch):
    monkeypatch.setattr("channels_connectors.whatsapp.templates._PAGE", 2)
    for number in range(5):
        whatsapp_number.make_template(f"template_{number}", "Заказ {{1}}")
    whatsapp_number.make_template("named", "Заказ {{order}}", "REJECTED", named=True)
    found = asyncio.run(connector.list_templates())
    assert [one.name for one in found] == [*(f"template_{n}" for n in range(5)), "named"]
    assert len(whatsapp_number.journal("message_templates", verb="GET")) == 3
    first, last = found[0], found[-1]
    assert (first.status, first.category, first.language) == ("approved", "utility", "ru")
    assert first.components[0]["text"] == "Заказ {{1}}"
    assert (first.named, last.named, last.status) == (False, True, "rejected")
    assert first.reason == ""


def test_a_template_is_handed_in_and_deleted(connector, whatsapp_number):
    body = {"type": "BODY", "text": "Заказ {{1}}", "example": {"body_text": [["№ 5"]]}}
    template = Template("", "order_ready", "ru", "utility", "pending", [body])
    made = asyncio.run(connector.create_template(template))
    (kept,) = whatsapp_number.state()["templates"]
    assert (made.external_id, made.status, made.category) == (kept["id"], "pending", "utility")
    assert (kept["category"], kept["parameter_format"]) == ("UTILITY", "POSITIONAL")
    assert refused(connector.create_template(template)).words == words.TEMPLATE_EXISTS
    asyncio.run(connector.delete_template("order_ready"))
    assert whatsapp_number.state()["templates"] == []
    assert refused(connector.delete_template("order_ready")).error_class == "bad_content"


@pytest.mark.parametrize("is_told", [False, True])
def test_a_templates_picture_is_handed_in_before_it(connector, whatsapp_number, tmp_path, is_told):
    if is_told:
        connector.config.credentials["app_id"] = whatsapp_number.state()["app_id"]
    picture = tmp_path / "shop.png"
    picture.write_bytes(b"picture" * 100)
    header = asyncio.run(
        connector.template_header(OutboundAttachment("image", "shop.png", "image/png", picture))
    )
    assert (header["type"], header["format"]) == ("HEADER", "IMAGE")
    parts = [header, {"type": "BODY", "text": "Sale"}]
    template = Template("", "sale", "ru", "marketing", "pending", parts)
    assert asyncio.run(connector.create_template(template)).status == "pending"
    (kept,) = whatsapp_number.state()["templates"]
    assert kept["components"][0] == header


@pytest.mark.parametrize(
    ("name", "mime", "size", "said"),
    [
        ("a.gif", "image/gif", 10, words.TEMPLATE_FILE),
        ("a.png", "image/png", 6 * 1024 * 1024, words.FILE_TOO_LARGE),
        ("a.pdf", "application/pdf", None, words.FILE_MISSING),
    ],
)
def test_a_file_that_no_template_takes_is_refused(connector, tmp_path, name, mime, size, said):
    file = tmp_path / name
    if size is not None:
        file.write_bytes(b"x" * size)
    error = refused(connector.template_header(OutboundAttachment("file", name, mime, file)))
    assert (error.error_class, error.words) == ("bad_content", said)


@pytest.mark.parametrize("name", ["Order", "заказ", "a b", "", "x" * 513])
def test_a_template_has_a_plain_name(connector, whatsapp_number, name):
    template = Template("", name, "ru", "utility", "pending", [])
    assert refused(connector.create_template(template)).words == words.TEMPLATE_NAME
    assert whatsapp_number.journal("message_templates") == []
