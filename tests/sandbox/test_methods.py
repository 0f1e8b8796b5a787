"""What the stand-in of Telegram takes and refuses."""

import pytest

from tests.sandbox_server import MARIA, start_sandbox, stop_sandbox


@pytest.fixture
def call(sandbox, telegram_bot):
    """Call a method in Maria's chat, which she has opened."""
    telegram_bot.say("Привет")

    def run(method, **parameters):
        url = f"/bot{telegram_bot.token}/{method}"
        return sandbox.http.post(url, json={"chat_id": MARIA, **parameters}).json()

    return run


@pytest.mark.parametrize(
    ("method", "parameters", "description"),
    [
        ("sendMessage", {"text": " "}, "message text is empty"),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"text": "x", "chat_id": 1}, "chat not found"),
        ("sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
        ("sendMessage", {"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities"),
        ("sendMessage", {"text": "x", "reply_parameters": {"message_id": 99}}, "to be replied"),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "nonsense"}, "wrong remote file identifier"),
        ("sendMediaGroup", {"media": [{"type": "photo"}]}, "2-10 items"),
        ("sendChatAction", {}, "action is empty"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
        ("getFile", {"file_id": "x"}, "wrong file_id"),
        ("setWebhook", {"url": "tandem"}, "bad webhook"),
        ("setWebhook", {"url": "http://127.0.0.1", "secret_token": "я"}, "secret token"),
        ("sendPoll", {"question": "x"}, "does not play"),
    ],
)
def test_wrong_calls_are_refused_in_telegrams_words(call, method, parameters, description):
    answer = call(method, **parameters)
    assert answer["ok"] is False
    assert answer["error_code"] == 400
    assert description in answer["description"]


def test_tokens_have_a_shape_and_may_be_revoked(sandbox):
    answers = [
        sandbox.http.get(f"/bot{token}/getMe").status_code
        for token in (
            "12345:short",
            "123456:AAFrevokedrevokedrevoked",
            "123456:AAFgoodgoodgoodgood",
        )
    ]
    assert answers == [404, 401, 200]


def test_html_becomes_entities(call):
    text = '👍 <b>да <i>и</i></b> <a href="https://x.example/">тут</a> &lt;'
    message = call("sendMessage", text=text, parse_mode="HTML")["result"]
    assert message["text"] == "👍 да и тут <"
    assert message["entities"] == [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "italic", "offset": 6, "length": 1},
        {"type": "text_link", "offset": 8, "length": 3, "url": "https://x.example/"},
    ]


def test_edits_and_deletions_change_the_chat(call, telegram_bot):
    number = call("sendMessage", text="раз")["result"]["message_id"]
    assert call("editMessageText", message_id=number, text="два")["result"]["edit_date"]
    assert "not modified" in call("editMessageText", message_id=number, text="два")["description"]
    assert telegram_bot.texts() == ["два"]
    assert call("deleteMessages", message_ids=[number, 99])["result"] is True
    assert telegram_bot.texts() == []


def test_a_blocked_bot_is_refused_until_the_customer_writes(call, telegram_bot):
    telegram_bot.control("blocks", person=MARIA, blocked=True)
    assert call("sendMessage", text="x")["error_code"] == 403
    telegram_bot.say("Я вернулась")
    assert call("sendMessage", text="x")["ok"]
    kinds = [next(iter(set(update) - {"update_id"})) for update in call("getUpdates")["result"]]
    assert kinds == ["message", "my_chat_member", "my_chat_member", "message"]


def test_files_go_round(call, sandbox, telegram_bot):
    message = telegram_bot.say("Счёт", files={"file": ("a.pdf", b"%PDF-", "application/pdf")})
    assert message["caption"] == "Счёт"
    path = call("getFile", file_id=message["document"]["file_id"])["result"]["file_path"]
    assert sandbox.http.get(f"/file/bot{telegram_bot.token}/{path}").content == b"%PDF-"
    assert call("sendDocument", document=message["document"]["file_id"])["ok"]


def test_faults_end_by_count_or_by_hand(call, telegram_bot):
    telegram_bot.fault("rate", count=2, retry_after=5)
    answers = [call("sendMessage", text="x") for _ in range(3)]
    assert [answer["ok"] for answer in answers] == [False, False, True]
    assert answers[0]["parameters"] == {"retry_after": 5}
    telegram_bot.fault("server", count=None)
    assert [call("sendMessage", text="x")["ok"] for _ in range(5)] == [False] * 5
    assert call("getMe")["ok"]
    telegram_bot.heal()
    assert call("sendMessage", text="x")["ok"]


def test_the_journal_knows_no_tokens(call, sandbox, telegram_bot):
    call("sendMessage", text="раз")
    (entry,) = sandbox.journal(bot=telegram_bot.id, method="sendMessage")
    assert entry["parameters"]["text"] == "раз"
    assert entry["message_ids"] == [2]
    assert telegram_bot.token not in str(sandbox.journal())


def test_a_restart_keeps_chats_and_waiting_updates(tmp_path):
    process, first = start_sandbox(tmp_path)
    bot = first.bot()
    bot.say("Привет", files={"file": ("a.txt", b"text", "text/plain")})
    first.http.post(f"/bot{bot.token}/sendMessage", json={"chat_id": MARIA, "text": "Да"})
    stop_sandbox(process)
    process, second = start_sandbox(tmp_path)
    try:
        again = second.bot(bot.token)
        assert again.texts() == ["Да"]
        assert again.state()["pending"] == 1
        file_id = again.messages()[0]["document"]["file_id"]
        assert second.http.get(f"/telegram/{bot.token}/files/{file_id}").content == b"text"
        assert "sendMessage" in (tmp_path / "sandbox/journal.jsonl").read_text()
    finally:
        stop_sandbox(process)


def test_customers_of_the_demos_past_can_be_written_to(call):
    answer = call("sendMessage", text="Sale", chat_id=600_000_123)
    assert answer["result"]["chat"]["id"] == 600_000_123
