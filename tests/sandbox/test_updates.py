"""How the stand-in of Telegram hands out its updates."""

import http.server
import json
import threading

import pytest

from tests.sandbox_server import MARIA, wait_for


class Receiver:
    """A webhook that answers as it is told and remembers what came."""

    def __init__(self):
        self.received = []
        self.statuses = []
        self.headers = {}
        self.answer = lambda update: b""
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                receiver.received.append((body, dict(self.headers)))
                answer = receiver.answer(body)
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def texts(self):
        return [update["message"]["text"] for update, _headers in self.received]


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def call(sandbox, telegram_bot):
    def run(method, **parameters):
        return sandbox.http.post(f"/bot{telegram_bot.token}/{method}", json=parameters).json()

    return run


@pytest.fixture
def hooked(telegram_bot, receiver, call):
    telegram_bot.control("webhook", retry_base=0.05, retry_cap=0.2)
    assert call("setWebhook", url=receiver.url, secret_token="secret-1")["ok"]
    return receiver


def test_updates_come_in_order_with_the_secret(hooked, telegram_bot):
    for text in ("раз", "два", "три"):
        telegram_bot.say(text)
    wait_for(lambda: len(hooked.received) == 3)
    assert hooked.texts == ["раз", "два", "три"]
    ids = [update["update_id"] for update, _headers in hooked.received]
    assert ids == list(range(ids[0], ids[0] + 3))
    assert hooked.received[0][1]["X-Telegram-Bot-Api-Secret-Token"] == "secret-1"
    wait_for(lambda: telegram_bot.state()["pending"] == 0)


def test_a_failed_update_is_tried_again_before_the_next(hooked, telegram_bot, call):
    hooked.statuses = [500, 503, 502]
    telegram_bot.say("раз")
    telegram_bot.say("два")
    wait_for(lambda: len(hooked.received) == 5)
    assert hooked.texts == ["раз"] * 4 + ["два"]
    assert "502" in call("getWebhookInfo")["result"]["last_error_message"]


def test_retry_after_is_obeyed(hooked, telegram_bot, sandbox):
    hooked.statuses, hooked.headers = [429], {"Retry-After": "1"}
    telegram_bot.say("раз")
    wait_for(lambda: len(hooked.received) == 2)
    first, second = sandbox.journal(kind="delivery", bot=telegram_bot.id)
    assert second["at"] - first["at"] >= 0.95


def test_updates_can_come_twice(hooked, telegram_bot):
    telegram_bot.disturb(deliver_twice=True)
    telegram_bot.say("раз")
    wait_for(lambda: len(hooked.received) == 2)
    assert hooked.received[0][0] == hooked.received[1][0]


def test_updates_can_come_shuffled(hooked, telegram_bot):
    telegram_bot.disturb(shuffle=True)
    for number in range(20):
        telegram_bot.say(str(number))
    wait_for(lambda: len(hooked.received) == 20)
    assert hooked.texts != sorted(hooked.texts, key=int)
    assert sorted(hooked.texts, key=int) == [str(number) for number in range(20)]


def test_a_new_webhook_gets_what_was_waiting(telegram_bot, receiver, call):
    telegram_bot.say("раз")
    call("setWebhook", url=receiver.url)
    wait_for(lambda: receiver.texts == ["раз"])


def test_a_flood_repeats_and_shuffles_and_keeps_a_ledger(hooked, telegram_bot):
    hooked.statuses = [503] * 5
    report = telegram_bot.flood(messages=200, chats=20, duplicates=3, shuffled=True)
    assert report["done"]
    assert report["retries"] == 5
    assert 200 < report["deliveries"] <= 600
    assert len(hooked.received) == report["deliveries"] + 5
    came = {
        (str(update["message"]["chat"]["id"]), update["message"]["message_id"])
        for update, _headers in hooked.received
    }
    assert came == {(chat, number) for chat, number, _text in report["ledger"]}
    assert len(came) == 200


def test_polling_excludes_a_webhook_and_a_second_reader(telegram_bot, call, receiver):
    call("setWebhook", url=receiver.url)
    assert call("getUpdates")["error_code"] == 409
    call("deleteWebhook")
    answers = []
    first = threading.Thread(target=lambda: answers.append(call("getUpdates", timeout=30)))
    first.start()
    wait_for(lambda: call("getUpdates", timeout=1)["ok"] and not first.is_alive())
    assert answers[0]["error_code"] == 409


def test_reactions_come_only_when_asked_for(telegram_bot, call):
    message = telegram_bot.say("раз")
    number = message["message_id"]
    telegram_bot.control("reactions", person=MARIA, message_id=number, emojis=["👍"])
    assert len(call("getUpdates")["result"]) == 1
    call("getUpdates", allowed_updates=["message", "message_reaction"])
    telegram_bot.control("reactions", person=MARIA, message_id=number, emojis=["👍"])
    assert "message_reaction" in call("getUpdates")["result"][-1]
