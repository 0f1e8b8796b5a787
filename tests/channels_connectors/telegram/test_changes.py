"""Changing, deleting, reacting, against the sandbox over real HTTP."""

import asyncio

import pytest

from channels_connectors.telegram import errors
from channels_connectors.telegram.changes import REACTIONS
from tests.sandbox_server import MARIA

OLD_GROUP, NEW_GROUP = -4455, -1009


@pytest.fixture
def edit(connector, outbound):
    """`edit(receipt, text, ...)` of a message that was sent."""

    def run(receipt, text="", **facts):
        message = outbound(text, **facts)
        return asyncio.run(connector.edit(receipt.all_external_ids, message))

    return run


@pytest.fixture
def delete(connector):
    def run(receipt, chat=MARIA):
        return asyncio.run(connector.delete(str(chat), receipt.all_external_ids))

    return run


def test_a_text_is_changed_with_its_formatting(send, edit, telegram_bot):
    receipt = send("Завтра")
    bold = {"type": "bold", "offset": 3, "length": 7}
    edit(receipt, "👍 Сегодня", entities=[bold])
    (answer,) = telegram_bot.answers()
    assert (answer["text"], answer["entities"]) == ("👍 Сегодня", [bold])
    assert answer["edit_date"]


def test_the_same_text_again_is_no_trouble(send, edit, telegram_bot):
    receipt = send("Завтра")
    edit(receipt, "Завтра")
    edit(receipt, "Завтра")
    assert [call["status"] for call in telegram_bot.calls("editMessageText")] == [400, 400]


def test_a_files_text_is_its_caption(send, edit, attachment, telegram_bot):
    file = attachment("file")
    receipt = send("Счёт", attachments=(file,))
    edit(receipt, "Счёт за май", attachments=(file,))
    assert telegram_bot.texts() == ["Счёт за май"]
    # Whoever does not say that there was a file is understood as well.
    edit(receipt, "Счёт за июнь")
    assert telegram_bot.texts() == ["Счёт за июнь"]


def test_a_file_gets_its_first_caption(send, edit, attachment, telegram_bot):
    file = attachment("image")
    receipt = send(attachments=(file,))
    edit(receipt, "Вот", attachments=(file,))
    assert telegram_bot.texts() == ["Вот"]


def test_an_albums_caption_is_on_its_first_picture(send, edit, attachment, telegram_bot):
    pictures = tuple(attachment("image") for _ in range(3))
    receipt = send("Цвета", attachments=pictures)
    edit(receipt, "Все цвета", attachments=pictures)
    assert telegram_bot.texts() == ["Все цвета", "", ""]


def test_the_text_after_a_file_is_the_one_that_changes(send, edit, attachment, telegram_bot):
    file = attachment("file")
    receipt = send("слово " * 300, attachments=(file,))
    edit(receipt, "коротко", attachments=(file,))
    assert telegram_bot.texts() == ["", "коротко"]


def test_parts_that_a_shorter_text_needs_no_more_are_deleted(send, edit, telegram_bot):
    receipt = send("слово " * 2000)
    assert len(receipt.all_external_ids) == 3
    edit(receipt, "коротко")
    assert telegram_bot.texts() == ["коротко"]
    edit(receipt, "ещё короче")
    assert telegram_bot.texts() == ["ещё короче"]


def test_a_text_taken_away_leaves_the_file(send, edit, attachment, telegram_bot):
    file = attachment("file")
    long = send("слово " * 300, attachments=(file,))
    edit(long, "", attachments=(file,))
    assert len(telegram_bot.answers()) == 1
    short = send("Счёт", attachments=(file,))
    edit(short, "", attachments=(file,))
    assert ["document" in answer for answer in telegram_bot.answers()] == [True, True]
    assert telegram_bot.texts() == ["", ""]


def test_a_text_that_does_not_fit_changes_nothing(send, connector, outbound, refused, attachment):
    file = attachment("file")
    for receipt, files in ((send("Да"), ()), (send("Счёт", attachments=(file,)), (file,))):
        message = outbound("слово " * 1000, attachments=files)
        error = refused(connector.edit(receipt.all_external_ids, message))
        assert (error.error_class, error.words) == ("bad_content", errors.NEW_TEXT_TOO_LONG)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        ((f"{MARIA}:99999",), errors.UNCHANGEABLE),
        ((f"{MARIA}:1",), errors.UNCHANGEABLE),
        ((f"{MARIA}:button-5",), errors.NOT_A_MESSAGE),
        (("",), errors.NOT_A_MESSAGE),
        ((), errors.NOT_A_MESSAGE),
    ],
)
def test_what_is_not_ours_to_change_is_said(send, connector, outbound, refused, ids, words):
    error = refused(connector.edit(ids, outbound("Ой")))
    assert (error.error_class, error.words) == ("bad_content", words)


def test_an_empty_text_is_no_change(send, connector, outbound, refused):
    receipt = send("Да")
    assert refused(connector.edit(receipt.all_external_ids, outbound(" "))).words == errors.EMPTY


def test_all_that_a_message_became_is_deleted(send, delete, attachment, telegram_bot):
    receipt = send("слово " * 300, attachments=tuple(attachment("image") for _ in range(3)))
    assert len(telegram_bot.answers()) == 4
    delete(receipt)
    assert telegram_bot.answers() == []
    (call,) = telegram_bot.calls("deleteMessages")
    assert len(call["parameters"]["message_ids"]) == 4


def test_what_is_gone_already_counts_as_deleted(send, delete, telegram_bot):
    receipt = send("Ошибка")
    delete(receipt)
    delete(receipt)
    assert telegram_bot.answers() == []
    assert [call["status"] for call in telegram_bot.calls("deleteMessage")] == [200, 400]


def test_after_two_days_it_is_too_late(send, connector, telegram_bot, refused):
    receipt = send("Ошибка")
    telegram_bot.control("ages", person=MARIA, hours=49)
    error = refused(connector.delete(str(MARIA), receipt.all_external_ids))
    assert (error.error_class, error.words) == ("bad_content", errors.UNDELETABLE)
    assert len(telegram_bot.answers()) == 1


def test_a_reaction_replaces_the_one_before(connector, telegram_bot):
    question = telegram_bot.say("Спасибо")
    message = f"{MARIA}:{question['message_id']}"
    for emoji, shown in (("👍", ["👍"]), ("❤️", ["❤"]), ("", []), ("", [])):
        asyncio.run(connector.react(str(MARIA), message, emoji))
        assert telegram_bot.chat()["reactions"][str(question["message_id"])] == shown


def test_telegram_allows_every_reaction_that_we_offer(connector, telegram_bot):
    question = telegram_bot.say("Спасибо")
    assert connector.capabilities.reaction_emojis == REACTIONS
    assert len(set(REACTIONS)) == 73
    for emoji in REACTIONS[::6]:
        asyncio.run(connector.react(str(MARIA), f"{MARIA}:{question['message_id']}", emoji))


def test_other_reactions_are_refused_with_words(connector, telegram_bot, refused):
    question = telegram_bot.say("Спасибо")
    message = f"{MARIA}:{question['message_id']}"
    assert refused(connector.react(str(MARIA), message, "🧶")).words == errors.NO_REACTION
    gone = refused(connector.react(str(MARIA), f"{MARIA}:999", "👍"))
    assert gone.words == errors.NO_REACTION
    asyncio.run(connector.react(str(MARIA), f"{MARIA}:999", ""))


def test_reading_means_nothing_to_a_bots_own_chats(connector, telegram_bot):
    question = telegram_bot.say("Привет")
    asyncio.run(connector.mark_read(str(MARIA), f"{MARIA}:{question['message_id']}"))
    assert telegram_bot.calls() == []


@pytest.fixture
def moved_group(send, telegram_bot):
    """A group with a message of ours, which has become a supergroup since."""
    telegram_bot.control("groups", id=OLD_GROUP, title="Клуб", person=MARIA)
    receipt = send("Здравствуйте", chat=OLD_GROUP)
    telegram_bot.control("migrations", chat=OLD_GROUP, to=NEW_GROUP, person=MARIA)
    return receipt


def test_messages_of_the_old_group_stay_as_they_are(
    moved_group, send, connector, outbound, refused, telegram_bot
):
    later = send("Снова здравствуйте", chat=NEW_GROUP)
    ids = moved_group.all_external_ids
    for call in (
        connector.edit(ids, outbound("Ой", chat=NEW_GROUP)),
        connector.delete(str(NEW_GROUP), ids),
        connector.react(str(NEW_GROUP), ids[0], "👍"),
    ):
        assert refused(call).words == errors.UNCHANGEABLE
    assert telegram_bot.texts(NEW_GROUP) == ["Снова здравствуйте"]
    asyncio.run(connector.edit(later.all_external_ids, outbound("И снова", chat=NEW_GROUP)))
    assert telegram_bot.texts(NEW_GROUP) == ["И снова"]


def test_an_answer_to_the_old_group_quotes_nothing_in_the_new(moved_group, send, telegram_bot):
    before = telegram_bot.messages(OLD_GROUP)[0]["message_id"]
    for chat in (OLD_GROUP, NEW_GROUP):
        receipt = send("Ответ", chat=chat, reply_to=f"{OLD_GROUP}:{before}")
        assert receipt.chat_id == (str(NEW_GROUP) if chat == OLD_GROUP else "")
    assert not any("reply_to_message" in answer for answer in telegram_bot.answers(NEW_GROUP))


def test_topics_are_answered_where_they_asked(send, connector, telegram_bot):
    forum = telegram_bot.control("groups", title="Клуб", is_forum=True, person=MARIA)["id"]
    topic = telegram_bot.control("topics", chat=forum, name="Доставка", person=MARIA)
    question = telegram_bot.say("Когда?", chat=forum, topic=topic)
    receipt = send("Завтра", chat=f"{forum}/{topic}")
    (answer,) = telegram_bot.answers(forum)
    assert (answer["message_thread_id"], answer["is_topic_message"]) == (topic, True)
    assert receipt.external_id == f"{forum}:{answer['message_id']}"
    asyncio.run(connector.send_typing(f"{forum}/{topic}"))
    assert telegram_bot.calls("sendChatAction")[0]["parameters"]["message_thread_id"] == topic
    asyncio.run(connector.react(f"{forum}/{topic}", f"{forum}:{question['message_id']}", "👍"))
    asyncio.run(connector.delete(f"{forum}/{topic}", receipt.all_external_ids))
    assert telegram_bot.answers(forum) == []


def test_a_topic_that_was_deleted_is_gone(refusal, telegram_bot):
    forum = telegram_bot.control("groups", title="Клуб", is_forum=True, person=MARIA)["id"]
    error = refusal("Завтра", chat=f"{forum}/99999")
    assert (error.error_class, error.words) == ("recipient_gone", errors.TOPIC_GONE)
    assert refusal("Завтра", chat=f"{forum}/x").error_class == "recipient_gone"
