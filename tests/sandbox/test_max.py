"""What the stand-in of MAX takes and refuses, and how it hands out its updates."""

import pytest

from tests.sandbox.test_updates import Receiver
from tests.sandbox_max import MARIA, SandboxMaxBot
from tests.sandbox_server import start_sandbox, stop_sandbox, wait_for


@pytest.fixture
def send(max_bot):
    """Send a body into Maria's dialog; `(status, code, message)` or the message."""
    chat = max_bot.start()

    def run(body, **parameters):
        answer = max_bot.call("POST", "messages", body, **{"chat_id": chat, **parameters})
        told = answer.json()
        if answer.status_code == 200:
            return told["message"]
        return answer.status_code, told["code"], told["message"]

    return run


def keyboard(*rows):
    return {"attachments": [{"type": "inline_keyboard", "payload": {"buttons": list(rows)}}]}


CALLBACK = {"type": "callback", "text": "Да", "payload": "y"}
LINK = {"type": "link", "text": "Сайт", "url": "https://shop.example/"}
PLACE = {"type": "location", "latitude": 1.5, "longitude": 2}
CARD = {"type": "contact", "payload": {"name": "Анна"}}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "text or attachments"),
        ({"text": " "}, "text or attachments"),
        ({"text": "x" * 4001}, "4000"),
        ({"text": 7}, "4000"),
        ({"text": "x", "format": "bbcode"}, "format"),
        ({"text": "x", "attachments": {}}, "array"),
        ({"text": "x", "attachments": [{"type": "poll"}]}, "unknown type"),
        ({"text": "x", "attachments": [PLACE] * 13}, "at most 12"),
        ({"attachments": [CARD, PLACE]}, "only attachment"),
        ({"attachments": [{"type": "contact", "payload": {}}]}, "name"),
        ({"attachments": [{"type": "contact"}]}, "payload"),
        ({"attachments": [{"type": "location"}]}, "latitude"),
        ({"text": "x", **keyboard()}, "buttons"),
        ({"text": "x", **keyboard([])}, "row"),
        ({"text": "x", **keyboard([CALLBACK] * 8)}, "row"),
        ({"text": "x", **keyboard([LINK] * 4)}, "row"),
        ({"text": "x", **keyboard(*[[CALLBACK]] * 31)}, "too many"),
        ({"text": "x", **keyboard([{**CALLBACK, "text": "x" * 129}])}, "128"),
        ({"text": "x", **keyboard([{**CALLBACK, "payload": "x" * 1025}])}, "1024"),
        ({"text": "x", **keyboard([{**CALLBACK, "type": "jump"}])}, "type"),
        ({"text": "x", **keyboard([{**LINK, "url": "x"}])}, "url"),
        ({"text": "x", "link": {"type": "quote"}}, "link"),
    ],
)
def test_wrong_messages_are_refused_in_maxs_words(send, body, words):
    status, code, message = send(body)
    assert (status, code) == (400, "proto.payload")
    assert words in message


def test_a_call_needs_a_token_without_a_word_before_it(max_bot, sandbox):
    def status(token):
        headers = {"Authorization": token} if token else {}
        answer = sandbox.http.get("/max/me", headers=headers)
        return answer.status_code, answer.json().get("code")

    assert status(max_bot.token) == (200, None)
    for wrong in ("", f"Bearer {max_bot.token}", "short", "revokedrevokedrevoked"):
        assert status(wrong) == (401, "verify.token")


def test_a_bot_never_speaks_first(max_bot):
    answer = max_bot.call("POST", "messages", {"text": "Привет"}, user_id=MARIA)
    assert (answer.status_code, answer.json()["code"]) == (403, "chat.denied")
    for wrong in ({"chat_id": 5}, {"chat_id": "x"}, {}):
        assert max_bot.call("POST", "messages", {"text": "x"}, **wrong).status_code in (400, 404)
    max_bot.start()
    assert max_bot.call("POST", "messages", {"text": "Привет"}, user_id=MARIA).status_code == 200


def test_html_becomes_markup(send):
    message = send({"text": "👍 <b>да <i>нет</i></b> <script>x</script>&lt;", "format": "html"})
    assert message["body"]["text"] == "👍 да нет x<"
    assert {(one["type"], one["from"], one["length"]) for one in message["body"]["markup"]} == {
        ("strong", 3, 6),
        ("emphasized", 6, 3),
    }
    plain = send({"text": "<b>да</b>"})
    assert plain["body"]["text"] == "<b>да</b>"


def test_uploads_take_two_steps_and_a_ticket_is_good_once(send, max_bot, sandbox):
    place = max_bot.call("POST", "uploads", type="file").json()
    files = {"data": ("счёт.pdf", b"%PDF-", "application/pdf")}
    token = sandbox.http.post(place["url"], files=files).json()["token"]
    assert sandbox.http.post(place["url"], files=files).status_code == 400
    message = send({"attachments": [{"type": "file", "payload": {"token": token}}]})
    (shown,) = message["body"]["attachments"]
    assert (shown["filename"], shown["size"]) == ("счёт.pdf", 5)
    assert sandbox.http.get(shown["payload"]["url"]).content == b"%PDF-"
    assert send({"attachments": [{"type": "video", "payload": {"token": token}}]})[0] == 400
    assert max_bot.call("POST", "uploads", type="photo").status_code == 400
    broken = max_bot.call("POST", "uploads", type="image").json()
    assert sandbox.http.post(broken["url"], files=files).status_code == 400


def test_a_file_is_not_ready_while_it_is_processed(send, max_bot, sandbox):
    max_bot.control("settings", processing_seconds=60)
    place = max_bot.call("POST", "uploads", type="video").json()
    files = {"data": ("a.mp4", b"x", "video/mp4")}
    assert sandbox.http.post(place["url"], files=files).text == "<retval>1</retval>"
    token = place["token"]
    status, code, _words = send({"attachments": [{"type": "video", "payload": {"token": token}}]})
    assert (status, code) == (400, "attachment.not.ready")
    assert max_bot.call("GET", f"videos/{token}").json()["urls"]["mp4_720"]


def test_only_ones_own_fresh_messages_can_be_changed(send, max_bot):
    mid = send({"text": "раз"})["body"]["mid"]
    assert max_bot.call("PUT", "messages", {"text": "два"}, message_id=mid).json()["success"]
    assert max_bot.call("GET", f"messages/{mid}").json()["body"]["text"] == "два"
    theirs = max_bot.say("Привет")["body"]["mid"]
    for verb in ("PUT", "DELETE"):
        body = {"text": "x"} if verb == "PUT" else None
        assert max_bot.call(verb, "messages", body, message_id=theirs).status_code == 403
        assert max_bot.call(verb, "messages", body, message_id="mid.x").status_code == 404
        max_bot.control("ages", mid=mid, seconds=25 * 3600)
        assert max_bot.call(verb, "messages", body, message_id=mid).status_code == 400


def test_what_is_read_comes_in_order(send, max_bot):
    for text in ("раз", "два"):
        send({"text": text})
    found = max_bot.call("GET", "messages", chat_id=max_bot.chat(), count=1).json()["messages"]
    assert [message["body"]["text"] for message in found] == ["два"]
    assert max_bot.call("GET", "messages", chat_id=max_bot.chat(), count=101).status_code == 400
    (chat,) = max_bot.call("GET", "chats").json()["chats"]
    assert chat["dialog_with_user"]["user_id"] == MARIA


def test_rates_count_when_they_are_switched_on(send, max_bot):
    max_bot.control("settings", keeps_rates=True)
    answers = [send({"text": str(number)}) for number in range(3)]
    assert answers[2][:2] == (429, "too.many.requests")
    assert max_bot.texts() == ["0", "1"]


def test_faults_end_by_count_or_by_hand(send, max_bot):
    max_bot.fault("rate", count=2, retry_after="7")
    assert [send({"text": "x"})[0] for _ in range(2)] == [429, 429]
    max_bot.fault("error", status=418, code="tea.pot", count=None)
    assert [send({"text": "x"})[:2] for _ in range(3)] == [(418, "tea.pot")] * 3
    max_bot.control("faults", verb="DELETE")
    assert send({"text": "x"})["body"]["text"] == "x"
    max_bot.fault("rate", retry_after="7")
    answer = max_bot.call("POST", "messages", {"text": "x"}, chat_id=max_bot.chat())
    assert answer.headers["Retry-After"] == "7"


def test_the_journal_knows_no_secrets(send, sandbox, max_bot):
    message = send({"text": "раз"})
    body = {"url": "https://shop.example/", "secret": "very-secret"}
    max_bot.call("POST", "subscriptions", body)
    (entry,) = max_bot.journal("sendMessage")
    assert (entry["body"]["text"], entry["mid"]) == ("раз", message["body"]["mid"])
    assert max_bot.token not in str(sandbox.journal())
    assert "very-secret" not in str(sandbox.journal())


@pytest.mark.parametrize(
    "body",
    [
        {"url": "http://shop.example/"},
        {"url": ""},
        {"url": "https://shop.example/", "secret": "abc"},
        {"url": "https://shop.example/", "secret": "a b c d e"},
        {"url": "https://shop.example/", "update_types": ["dreams"]},
        {"url": "https://shop.example/", "update_types": "all"},
    ],
)
def test_wrong_subscriptions_are_refused(max_bot, body):
    assert max_bot.call("POST", "subscriptions", body).status_code == 400
    assert max_bot.state()["subscriptions"] == []
    answer = max_bot.call("DELETE", "subscriptions", url="https://shop.example/").json()
    assert answer["success"] is False


class Hook(Receiver):
    """An address that is subscribed."""

    def subscribe(self, bot, **facts):
        bot.control("settings", retry_base=0.05, retry_cap=0.2)
        bot.call("POST", "subscriptions", {"url": self.url, "secret": "s" * 8, **facts})

    @property
    def texts(self):
        return [
            update["message"]["body"]["text"]
            for update, _headers in self.received
            if update["update_type"] == "message_created"
        ]


@pytest.fixture
def hook():
    hook = Hook()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_who_is_subscribed_gets_what_they_asked_for_with_the_secret(hook, max_bot):
    hook.subscribe(max_bot, update_types=["message_created"])
    max_bot.start()
    for text in ("раз", "два"):
        max_bot.say(text)
    wait_for(lambda: hook.texts == ["раз", "два"])
    assert {headers["X-Max-Bot-Api-Secret"] for _update, headers in hook.received} == {"s" * 8}
    assert len(hook.received) == 2
    # Nothing waits for polling meanwhile.
    assert max_bot.state()["waiting"] == 0


def test_an_update_is_repeated_until_the_answer_is_200(hook, max_bot):
    hook.statuses = [500, 201, 302]
    hook.subscribe(max_bot)
    max_bot.say("раз")
    wait_for(lambda: len(hook.received) == 4)
    wait_for(lambda: max_bot.state()["subscriptions"][0]["pending"] == 0)


def test_updates_can_come_twice_and_shuffled(hook, max_bot):
    hook.subscribe(max_bot)
    max_bot.control("faults", deliver_twice=True, shuffle=True)
    for number in range(20):
        max_bot.say(str(number))
    wait_for(lambda: len(hook.texts) == 40)
    assert hook.texts != sorted(hook.texts, key=int)
    assert sorted(set(hook.texts), key=int) == [str(number) for number in range(20)]


def test_updates_wait_for_who_polls_until_they_are_confirmed(max_bot):
    max_bot.start("ad_7")
    first = max_bot.call("GET", "updates", timeout=0).json()
    assert [update["payload"] for update in first["updates"]] == ["ad_7"]
    assert max_bot.call("GET", "updates", timeout=0).json() == first
    marker = first["marker"]
    assert max_bot.call("GET", "updates", timeout=0, marker=marker).json()["updates"] == []
    for wrong in ({"timeout": 91}, {"limit": 0}, {"limit": 1001}, {"marker": "x"}):
        assert max_bot.call("GET", "updates", **wrong).status_code == 400


def test_a_restart_keeps_chats_subscriptions_and_waiting_updates(tmp_path):
    process, first = start_sandbox(tmp_path)
    bot = SandboxMaxBot(first)
    said = bot.say("Привет", files={"file": ("a.txt", b"text", "text/plain")})
    bot.call("POST", "messages", {"text": "Да"}, chat_id=bot.chat())
    stop_sandbox(process)
    process, second = start_sandbox(tmp_path)
    try:
        again = SandboxMaxBot(second, bot.token)
        assert again.texts() == ["Да"]
        assert again.state()["waiting"] == 1
        path = said["body"]["attachments"][0]["payload"]["url"].partition("/max/")[2]
        assert second.http.get(f"/max/{path}").content == b"text"
        again.call("POST", "subscriptions", {"url": "http://127.0.0.1:9/", "secret": "s" * 8})
        again.say("Снова")
    finally:
        stop_sandbox(process)
    process, third = start_sandbox(tmp_path)
    try:
        (subscription,) = SandboxMaxBot(third, bot.token).state()["subscriptions"]
        assert (subscription["url"], subscription["pending"]) == ("http://127.0.0.1:9/", 1)
    finally:
        stop_sandbox(process)
