"""The stand-in's business accounts, groups, keyboards and what it keeps of them."""

import pytest

from tests.sandbox_server import MARIA, start_sandbox, stop_sandbox

OLGA = 620_001


@pytest.fixture
def call(sandbox, telegram_bot):
    """Call a method in Maria's chat, which she has opened."""
    telegram_bot.say("Привет")

    def run(method, **parameters):
        url = f"/bot{telegram_bot.token}/{method}"
        return sandbox.http.post(url, json={"chat_id": MARIA, **parameters}).json()

    return run


@pytest.fixture
def connection(telegram_bot):
    """Olga lets the bot answer for her account; Maria has written to it."""
    made = telegram_bot.control("business", owner=OLGA)["id"]
    telegram_bot.say("Здравствуйте", connection=made)
    return made


def kinds(call):
    """What the bot was told, in order."""
    return [next(iter(set(update) - {"update_id"})) for update in call("getUpdates")["result"]]


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {"text": "x", "business_connection_id": "1"}, "connection not found"),
        ("getBusinessConnection", {"business_connection_id": "1"}, "connection not found"),
        ("sendMessage", {"text": "x", "message_thread_id": 5}, "message thread not found"),
        ("sendVenue", {"title": "x", "latitude": 1, "longitude": 2}, "address is empty"),
        ("sendVenue", {"title": "x", "address": "y", "latitude": "z"}, "must be numbers"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
        ("setMessageReaction", {"message_id": 99}, "message to react not found"),
        (
            "setMessageReaction",
            {"message_id": 1, "reaction": [{"type": "emoji", "emoji": "🧶"}]},
            "REACTION_INVALID",
        ),
        (
            "sendMessage",
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "x" * 65}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x", "url": "x:y"}]]}},
            "BUTTON_URL_INVALID",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
            "text buttons are unallowed",
        ),
    ],
)
def test_wrong_calls_are_refused_in_telegrams_words(call, method, parameters, description):
    answer = call(method, **parameters)
    assert (answer["ok"], answer["error_code"]) == (False, 400)
    assert description in answer["description"]


def test_a_business_account_tells_of_all_that_is_said_there(call, connection, telegram_bot):
    call("sendMessage", text="Да", business_connection_id=connection)
    telegram_bot.say("Я сама", connection=connection, by_owner=True)
    ours, own = telegram_bot.messages(connection=connection)[1:]
    assert (ours["from"]["id"], ours["sender_business_bot"]["id"]) == (OLGA, telegram_bot.id)
    assert (own["from"]["id"], "sender_business_bot" in own) == (OLGA, False)
    edit = {"message_id": ours["message_id"], "text": "Да!"}
    assert call("editMessageText", **edit, business_connection_id=connection)["ok"]
    ids = [ours["message_id"]]
    assert call("deleteBusinessMessages", business_connection_id=connection, message_ids=ids)["ok"]
    assert kinds(call) == [
        "message",
        "business_connection",
        *["business_message"] * 3,
        "edited_business_message",
        "deleted_business_messages",
    ]


def test_the_owners_own_messages_are_not_the_bots_to_delete(call, connection, telegram_bot):
    own = telegram_bot.say("Я сама", connection=connection, by_owner=True)["message_id"]
    answer = call("deleteBusinessMessages", business_connection_id=connection, message_ids=[own])
    assert "NOT_ALLOWED" in answer["description"]


def test_the_window_closes_after_a_day_and_opens_with_a_word(call, connection, telegram_bot):
    def send():
        return call("sendMessage", text="Да", business_connection_id=connection)

    telegram_bot.control("ages", person=MARIA, connection=connection, hours=25)
    assert "BUSINESS_PEER_USAGE_MISSING" in send()["description"]
    telegram_bot.say("Алло", connection=connection)
    assert send()["ok"]


def test_a_group_tells_of_its_coming_topics_and_move(call, telegram_bot):
    forum = telegram_bot.control("groups", title="Клуб", is_forum=True, person=MARIA)["id"]
    topic = telegram_bot.control("topics", chat=forum, name="Доставка", person=MARIA)
    telegram_bot.say("Правила", chat=forum, topic=topic, anonymous=True)
    message = telegram_bot.messages(forum)[-1]
    assert message["sender_chat"]["id"] == forum
    assert message["reply_to_message"]["forum_topic_created"]["name"] == "Доставка"
    group = telegram_bot.control("groups", title="Свои", person=MARIA)["id"]
    telegram_bot.control("migrations", chat=group, to=-1009, person=MARIA)
    answer = call("sendMessage", chat_id=group, text="x")
    assert answer["parameters"] == {"migrate_to_chat_id": -1009}
    came = [update.get("message", {}) for update in call("getUpdates")["result"]]
    assert came[-2]["migrate_to_chat_id"] == -1009
    assert came[-1]["migrate_from_chat_id"] == group


def test_whoever_was_thrown_out_hears_nothing(call, telegram_bot):
    group = telegram_bot.control("groups", title="Клуб", person=MARIA)["id"]
    telegram_bot.control("blocks", person=MARIA, chat=group, blocked=True)
    before = len(kinds(call))
    telegram_bot.say("Секрет", chat=group)
    assert len(kinds(call)) == before
    assert "kicked" in call("sendMessage", chat_id=group, text="x")["description"]


def test_only_forums_have_topics(telegram_bot):
    group = telegram_bot.control("groups", title="Клуб", person=MARIA)["id"]
    with pytest.raises(AssertionError, match="not a forum"):
        telegram_bot.control("topics", chat=group, name="x", person=MARIA)


def test_ordinary_deletions_are_not_told(call, telegram_bot):
    own = telegram_bot.messages()[0]["message_id"]
    telegram_bot.control("deletions", person=MARIA, message_ids=[own])
    assert telegram_bot.messages() == []
    assert kinds(call) == ["message"]


def test_a_restart_keeps_accounts_topics_and_reactions(tmp_path):
    process, first = start_sandbox(tmp_path)
    bot = first.bot()
    connection = bot.control("business", owner=OLGA)["id"]
    bot.say("Здравствуйте", connection=connection)
    forum = bot.control("groups", title="Клуб", is_forum=True, person=MARIA)["id"]
    topic = bot.control("topics", chat=forum, name="Доставка", person=MARIA)
    bot.control("reactions", person=MARIA, chat=forum, message_id=topic, emojis=["👍"])
    stop_sandbox(process)
    process, second = start_sandbox(tmp_path)
    try:
        again = second.bot(bot.token)
        assert again.messages(connection=connection)[0]["text"] == "Здравствуйте"
        assert again.state()["connections"][0]["id"] == connection
        assert again.chat(forum)["topics"] == {str(topic): "Доставка"}
        assert again.chat(forum)["reactions"] == {str(topic): ["👍"]}
        again.say("Ещё", chat=forum, topic=topic)
    finally:
        stop_sandbox(process)
