"""Changing and deleting what was sent, against the sandbox."""

import asyncio
import uuid

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.max import errors
from channels_connectors.types import OutboundAttachment, OutboundMessage

pytestmark = pytest.mark.usefixtures("hasty")

BUTTONS = {"buttons": [[{"label": "Да", "action": "reply", "value": "y"}]]}


@pytest.fixture
def desk(connector, max_bot, tmp_path):
    """`desk.send(text, files)`, `desk.edit(ids, text)`, `desk.delete(ids)` in Maria's dialog."""

    class Desk:
        chat = str(max_bot.start())

        def message(self, text="", files=0, **facts):
            path = tmp_path / "price.pdf"
            path.write_bytes(b"%PDF-1")
            file = OutboundAttachment("file", "price.pdf", "application/pdf", path)
            attachments = (file,) * files
            return OutboundMessage(
                self.chat, uuid.uuid4(), text=text, attachments=attachments, **facts
            )

        def send(self, *arguments, **facts):
            sent = asyncio.run(connector.send(self.message(*arguments, **facts)))
            return sent.all_external_ids

        def edit(self, ids, *arguments, **facts):
            asyncio.run(connector.edit(ids, self.message(*arguments, **facts)))

        def delete(self, ids):
            asyncio.run(connector.delete(self.chat, ids))

        def refusal(self, deed, *arguments, **facts):
            with pytest.raises(ConnectorError) as caught:
                deed(*arguments, **facts)
            return caught.value

    return Desk()


def test_a_text_is_replaced_with_its_formatting(desk, max_bot):
    ids = desk.send("Цена 1 290 ₽")
    desk.edit(ids, "Цена 990 ₽", entities=[{"type": "bold", "offset": 5, "length": 3}])
    (answer,) = max_bot.answers()
    assert answer["body"]["mid"] == ids[0]
    assert answer["body"]["text"] == "Цена 990 ₽"
    assert answer["body"]["markup"] == [{"type": "strong", "from": 5, "length": 3}]
    desk.edit(ids, "Цена 990 ₽")
    assert "markup" not in max_bot.answers()[0]["body"]


def test_a_files_caption_is_replaced_and_taken_away(desk, max_bot):
    ids = desk.send("Прайс", 1)
    desk.edit(ids, "Прайс на осень")
    (answer,) = max_bot.answers()
    assert (answer["body"]["text"], len(answer["body"]["attachments"])) == ("Прайс на осень", 1)
    desk.edit(ids, "")
    assert max_bot.texts() == [""]


def test_the_text_beside_several_files_is_found(desk, max_bot):
    ids = desk.send("Прайс", 2)
    desk.edit(ids, "Два прайса")
    assert max_bot.texts() == ["Два прайса", ""]
    assert [len(answer["body"]["attachments"]) for answer in max_bot.answers()] == [1, 1]


def test_a_shorter_text_leaves_no_piece_of_the_longer_behind(desk, max_bot):
    ids = desk.send("слово " * 1200)
    assert len(ids) == 2
    desk.edit(ids, "Коротко")
    assert max_bot.texts() == ["Коротко"]
    assert len(max_bot.journal("deleteMessage")) == 1


def test_a_text_cannot_grow_over_its_messages(desk, max_bot):
    ids = desk.send("Коротко")
    error = desk.refusal(desk.edit, ids, "слово " * 1200)
    assert (error.error_class, error.words) == ("bad_content", errors.TOO_LONG)
    assert max_bot.texts() == ["Коротко"]


def test_buttons_are_replaced_and_files_stay(desk, max_bot):
    ids = desk.send("Берёте?")
    desk.edit(ids, "Точно берёте?", payload=BUTTONS)
    (answer,) = max_bot.answers()
    assert [found["type"] for found in answer["body"]["attachments"]] == ["inline_keyboard"]
    desk.edit(ids, "Берёте?", payload={"buttons": [[{"label": "Нет", "action": "reply"}]]})
    (keyboard,) = max_bot.answers()[0]["body"]["attachments"]
    assert keyboard["payload"]["buttons"][0][0]["text"] == "Нет"


def test_nothing_is_left_of_a_deleted_message(desk, max_bot):
    ids = desk.send("Ошибка", 2)
    desk.delete(ids)
    assert max_bot.answers() == []
    desk.delete(ids)


@pytest.mark.parametrize("deed", ["edit", "delete"])
def test_after_a_day_nothing_can_be_changed(desk, max_bot, deed):
    ids = desk.send("Старое")
    max_bot.control("ages", mid=ids[0], seconds=25 * 3600)
    arguments = (ids, "Новое") if deed == "edit" else (ids,)
    error = desk.refusal(getattr(desk, deed), *arguments)
    assert (error.error_class, error.words) == ("bad_content", errors.UNCHANGEABLE)
    assert max_bot.texts() == ["Старое"]


def test_what_is_gone_cannot_be_edited(desk):
    for ids in (("mid.gone",), ("mid.gone", "mid.too")):
        assert desk.refusal(desk.edit, ids, "Новое").words == errors.UNCHANGEABLE


@pytest.mark.parametrize(
    ("fault", "error_class"), [("rate", "rate"), ("auth", "channel_auth"), ("server", "transient")]
)
def test_troubles_are_classed(desk, max_bot, fault, error_class):
    ids = desk.send("Раз")
    for deed, arguments in (("edit", (ids, "Два")), ("delete", (ids,))):
        max_bot.fault(fault, methods="editMessage,deleteMessage")
        assert desk.refusal(getattr(desk, deed), *arguments).error_class == error_class
    assert max_bot.texts() == ["Раз"]
