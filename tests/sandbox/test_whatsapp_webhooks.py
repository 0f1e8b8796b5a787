"""How the stand-in of WhatsApp hands out its webhooks."""

import hashlib
import hmac
import http.server
import json
import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox_server import wait_for
from tests.sandbox_whatsapp import EMMA, MARIA

TEXT = {"type": "text", "text": {"body": "Да"}}
REPLIES = {
    "type": "interactive",
    "interactive": {
        "type": "button",
        "body": {"text": "Берёте?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Да"}}]},
    },
}


class Hook:
    """A webhook that knows one token and remembers what came."""

    def __init__(self, number):
        self.number, self.received, self.statuses = number, [], []
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                told = parse_qs(urlsplit(self.path).query)
                known = told["hub.verify_token"] == ["t0ken"]
                self.send_response(200 if known else 403)
                self.end_headers()
                self.wfile.write(told["hub.challenge"][0].encode() if known else b"")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.received.append((body, self.headers["X-Hub-Signature-256"]))
                self.send_response(hook.statuses.pop(0) if hook.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def connect(self, token="t0ken"):
        told = {"override_callback_uri": self.url, "verify_token": token}
        return self.number.call("POST", f"{self.number.waba_id}/subscribed_apps", json=told)

    @property
    def values(self):
        return [
            change["value"]
            for body, _signature in self.received
            for entry in json.loads(body)["entry"]
            for change in entry["changes"]
        ]

    @property
    def texts(self):
        return [
            message["text"]["body"]
            for value in self.values
            for message in value.get("messages", ())
            if message["type"] == "text"
        ]


@pytest.fixture
def hook(whatsapp_number):
    whatsapp_number.settle(retry_base="0.05", retry_cap="0.2")
    hook = Hook(whatsapp_number)
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


def test_an_address_must_return_the_challenge(hook, whatsapp_number):
    refused = hook.connect("guess")
    assert refused["error"]["code"] == 2200
    assert "HTTP Status = 403" in refused["error"]["message"]
    assert whatsapp_number.state()["account_callback"] == ""
    assert hook.connect() == {"success": True}
    assert whatsapp_number.state()["account_callback"] == hook.url


def test_webhooks_are_signed_over_their_bytes(hook, whatsapp_number):
    hook.connect()
    whatsapp_number.say("Привет 👍")
    wait_for(lambda: hook.texts == ["Привет 👍"])
    ((body, signature),) = hook.received
    secret = whatsapp_number.app_secret.encode()
    assert signature == f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    (value,) = hook.values
    assert value["metadata"]["phone_number_id"] == whatsapp_number.id
    assert value["contacts"][0]["wa_id"] == value["messages"][0]["from"] == MARIA


def test_who_hides_the_number_is_named_by_the_scoped_id_alone(hook, whatsapp_number):
    hook.connect()
    whatsapp_number.say("Hi", person=EMMA)
    wait_for(lambda: hook.texts == ["Hi"])
    assert EMMA not in hook.received[0][0].decode()
    assert hook.values[0]["messages"][0]["from_user_id"].startswith("GB.")


def test_a_numbers_own_address_hears_of_messages_and_the_accounts_of_the_rest(
    hook, whatsapp_number
):
    hook.connect()
    own = Hook(whatsapp_number)
    told = {"override_callback_uri": own.url, "verify_token": "t0ken"}
    whatsapp_number.call("POST", whatsapp_number.id, json={"webhook_configuration": told})
    whatsapp_number.say("Привет")
    whatsapp_number.make_template("hello", "Здравствуйте")
    wait_for(lambda: own.texts and hook.values)
    assert (own.texts, hook.texts) == (["Привет"], [])
    assert hook.values[0]["event"] == "APPROVED"
    own.server.shutdown()
    own.server.server_close()


def test_a_webhook_is_repeated_until_it_is_taken(hook, whatsapp_number):
    hook.connect()
    hook.statuses = [500, 404, 503]
    whatsapp_number.say("раз")
    wait_for(lambda: len(hook.received) == 4)
    assert len({body for body, _signature in hook.received}) == 1
    wait_for(lambda: whatsapp_number.state()["pending"] == 0)


@pytest.mark.parametrize(
    ("delivery", "steps"),
    [
        ("none", []),
        ("sent", ["sent"]),
        ("delivered", ["sent", "delivered"]),
        ("read", ["sent", "delivered", "read"]),
    ],
)
def test_a_sent_message_has_its_news(hook, whatsapp_number, delivery, steps):
    hook.connect()
    whatsapp_number.say("Привет")
    whatsapp_number.settle(delivery=delivery)
    sent = whatsapp_number.send(**TEXT, biz_opaque_callback_data="k1")["messages"][0]["id"]

    def news():
        return [status for value in hook.values for status in value.get("statuses", ())]

    wait_for(lambda: len(news()) == len(steps))
    assert [status["status"] for status in news()] == steps
    assert {status["id"] for status in news()} <= {sent}
    assert {status["biz_opaque_callback_data"] for status in news()} <= {"k1"}


def test_a_refusal_of_the_customers_comes_as_news(hook, whatsapp_number):
    hook.connect()
    assert whatsapp_number.send(**TEXT)["messages"]
    wait_for(lambda: hook.values)
    (status,) = hook.values[0]["statuses"]
    assert (status["status"], status["errors"][0]["code"]) == ("failed", 131047)


def test_webhooks_can_come_twice_shuffled_and_in_batches(hook, whatsapp_number):
    hook.connect()
    whatsapp_number.control("faults", deliver_twice=True, shuffle=True)
    for number in range(20):
        whatsapp_number.say(str(number))
    wait_for(lambda: len(hook.texts) == 40)
    assert hook.texts != sorted(hook.texts, key=int)
    hook.received.clear()
    whatsapp_number.control("faults", deliver_twice=False, shuffle=False, batch=True)
    for number in range(5):
        whatsapp_number.say(str(number))
    wait_for(lambda: len(hook.texts) == 5)
    assert len(hook.received) < 5


def test_what_people_do_becomes_webhooks(hook, whatsapp_number):
    hook.connect()
    said = whatsapp_number.say("Привет")
    facts = {"person": MARIA, "message_id": said["id"]}
    whatsapp_number.control("edits", **facts, text="Пока")
    whatsapp_number.control("reactions", **facts, emoji="👍")
    whatsapp_number.send(**REPLIES)
    ours = whatsapp_number.answers()[0]["id"]
    whatsapp_number.control("presses", person=MARIA, message_id=ours, id="yes")
    whatsapp_number.control("revocations", **facts)
    whatsapp_number.control("echoes", person=MARIA, text="С телефона")
    whatsapp_number.control("preferences", person=MARIA, stopped=False)
    whatsapp_number.inject("account_update", event="VERIFIED_ACCOUNT")
    moved = whatsapp_number.control("moves", person="79160009999", wa_id="79160008888")
    wait_for(lambda: whatsapp_number.state()["pending"] == 0)
    kinds = [message["type"] for value in hook.values for message in value.get("messages", ())]
    assert set(kinds) == {"text", "edit", "reaction", "interactive", "revoke", "system"}
    names = {name for value in hook.values for name in value}
    assert {"message_echoes", "user_preferences", "event"} <= names
    assert moved["wa_id"] == "79160008888"
