"""Hands to play customers of a WhatsApp number with.

    def test_something(whatsapp_number):
        whatsapp_number.say("Hello")          # a customer writes
        whatsapp_number.fault("rate")         # the next send answers error 130429
        whatsapp_number.texts()               # what the chat shows

`whatsapp_number.token` is a fresh one's; WHATSAPP_API_URL leads to the sandbox meanwhile.
"""

import secrets
from typing import Any

import pytest

from tests.sandbox_server import Sandbox

MARIA = "79161230001"
EMMA = "447700900123"  # hides her number


class SandboxNumber:
    """One number seen from the customers' side."""

    def __init__(self, sandbox: Sandbox, token: str = "") -> None:
        self.sandbox = sandbox
        self.token = token or f"EAA{secrets.token_hex(24)}"
        known = self.state()
        self.id: str = known["phone_number_id"]
        self.waba_id: str = known["waba_id"]
        self.app_secret: str = known["app_secret"]

    @property
    def credentials(self) -> dict[str, str]:
        """What an admin enters."""
        return {
            "token": self.token,
            "phone_number_id": self.id,
            "waba_id": self.waba_id,
            "app_secret": self.app_secret,
        }

    def control(self, path: str, verb: str = "POST", files: Any = None, **facts: Any) -> Any:
        """Call the control API; a refusal is an AssertionError."""
        url = f"/whatsapp/{self.token}/control/{path}"
        if verb == "GET":
            answer = self.sandbox.http.get(url, params=facts)
        elif files:
            answer = self.sandbox.http.request(verb, url, data=facts, files=files)
        else:
            answer = self.sandbox.http.request(verb, url, json=facts)
        body = answer.json()
        assert body["ok"], body
        return body.get("result")

    def call(self, verb: str, path: str, **options: Any) -> dict[str, Any]:
        """Call the Graph API as a program would; the whole answer."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"/v26.0/{path}"
        return self.sandbox.http.request(verb, url, headers=headers, **options).json()

    def send(self, **body: Any) -> dict[str, Any]:
        """POST a message to Maria, or with `to` or `recipient` to another."""
        known = {"messaging_product": "whatsapp", "recipient_type": "individual"}
        if "recipient" not in body:
            known["to"] = MARIA
        return self.call("POST", f"{self.id}/messages", json=known | body)

    def say(self, text: str = "", *, person: str = MARIA, files: Any = None, **facts: Any) -> Any:
        """A customer writes, or sends `files` of a `kind`. Returns the message."""
        return self.control("messages", files=files, text=text, person=person, **facts)

    def inject(self, field: str, **value: Any) -> None:
        """A change of any content."""
        self.control("changes", changes=[{"field": field, "value": value}])

    def fault(self, kind: str, **facts: Any) -> None:
        """Trouble for the next calls: see sandbox.whatsapp.faults.Fault."""
        self.control("faults", kind=kind, **facts)

    def settle(self, **settings: Any) -> None:
        """`delivery`, `window`, `asynchronous`, `status`, `retry_base` and the like."""
        self.control("settings", **settings)

    def state(self) -> dict[str, Any]:
        """Addresses, pending webhooks, templates, faults, chats with messages."""
        return self.control("state", verb="GET")

    def messages(self, chat: str = MARIA) -> list[dict[str, Any]]:
        """All messages of a chat, as the customer sees them."""
        chats = self.control("state", verb="GET", chat=chat)["chats"]
        return chats[0]["messages"] if chats else []

    def answers(self, chat: str = MARIA) -> list[dict[str, Any]]:
        """What the account has said in a chat by a program."""
        return [message for message in self.messages(chat) if message["from"] == self.id]

    def texts(self, chat: str = MARIA) -> list[str]:
        """The account's texts and captions in a chat."""
        return [_words(message) for message in self.answers(chat)]

    def journal(self, method: str = "messages", **wanted: Any) -> list[dict[str, Any]]:
        """The calls of one method."""
        return self.sandbox.journal(phone=self.id, kind="call", method=method, **wanted)

    def handle(self, data: bytes, kind: str = "image/png") -> str:
        """Upload an example of a template's media; the handle by which it is named."""
        app = self.call("GET", "app")["id"]
        about = {"file_name": "a", "file_length": len(data), "file_type": kind}
        session = self.call("POST", f"{app}/uploads", params=about)["id"]
        headers = {"Authorization": f"OAuth {self.token}", "file_offset": "0"}
        return self.sandbox.http.post(f"/v26.0/{session}", content=data, headers=headers).json()[
            "h"
        ]

    def make_template(self, name: str, text: str, status: str = "APPROVED", **facts: Any) -> None:
        """A template with one body, judged already."""
        named = facts.pop("named", False)
        body: dict[str, Any] = {"type": "BODY", "text": text}
        if "{{" in text:
            key = "body_text_named_params" if named else "body_text"
            body["example"] = {key: [["x"]]}
        asked = {
            "name": name,
            "language": "ru",
            "category": "UTILITY",
            "parameter_format": "NAMED" if named else "POSITIONAL",
            "components": [*facts.pop("components", []), body],
            **facts,
        }
        made = self.call("POST", f"{self.waba_id}/message_templates", json=asked)
        assert made.get("status") == "PENDING", made
        self.control("templates", name=name, language=asked["language"], status=status)


def _words(message: dict[str, Any]) -> str:
    body = message.get(message["type"])
    if message["type"] == "template":
        return message["words"]
    if message["type"] == "interactive":
        return body["body"]["text"]
    return (body.get("body") or body.get("caption") or "") if isinstance(body, dict) else ""


@pytest.fixture
def whatsapp_number(sandbox: Sandbox, settings: Any) -> SandboxNumber:
    """A fresh number; WHATSAPP_API_URL leads to the sandbox."""
    settings.WHATSAPP_API_URL = sandbox.url
    return SandboxNumber(sandbox)
