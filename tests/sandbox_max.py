"""Hands to play customers of a MAX bot with.

    def test_something(max_bot):
        max_bot.say("Hello")             # a customer writes
        max_bot.fault("rate")            # the next send answers 429
        max_bot.texts()                  # what the dialog shows

`max_bot.token` is a fresh one's; MAX_API_URL leads to the sandbox meanwhile.
"""

import secrets
from typing import Any

import pytest

from tests.sandbox_server import Sandbox

MARIA = 810_001


class SandboxMaxBot:
    """One bot seen from the customers' side."""

    def __init__(self, sandbox: Sandbox, token: str = "") -> None:
        self.sandbox = sandbox
        self.token = token or f"f9LHodD0cOL{secrets.token_urlsafe(32)}"
        self.id: int = self.state()["id"]

    def control(self, path: str, verb: str = "POST", files: Any = None, **facts: Any) -> Any:
        """Call the control API; a refusal is an AssertionError."""
        url = f"/max/{self.token}/control/{path}"
        if verb == "GET":
            answer = self.sandbox.http.get(url, params=facts)
        elif files:
            answer = self.sandbox.http.request(verb, url, data=facts, files=files)
        else:
            answer = self.sandbox.http.request(verb, url, json=facts)
        body = answer.json()
        assert body["ok"], body
        return body.get("result")

    def call(self, verb: str, path: str, body: Any = None, **parameters: Any) -> Any:
        """Call MAX's API as a program would; the answer as httpx has it."""
        headers = {"Authorization": self.token}
        url = f"/max/{path}"
        return self.sandbox.http.request(verb, url, json=body, params=parameters, headers=headers)

    def say(self, text: str = "", *, person: int = MARIA, files: Any = None, **facts: Any) -> Any:
        """A customer writes, or sends `files` of a `kind`. Returns the message."""
        return self.control("messages", files=files, text=text, person=person, **facts)

    def start(self, payload: str = "", person: int = MARIA) -> int:
        """A customer presses Start. Returns the dialog's id."""
        return int(self.control("starts", person=person, payload=payload))

    def inject(self, kind: str, **body: Any) -> dict[str, Any]:
        """An update of any content. Returns it as delivered."""
        return self.control("updates", updates=[{"update_type": kind, **body}])[0]

    def fault(self, kind: str, **facts: Any) -> None:
        """Trouble for the next calls: see sandbox.max.faults.Fault."""
        self.control("faults", kind=kind, **facts)

    def state(self, person: int = 0) -> dict[str, Any]:
        """Subscriptions, waiting updates, faults, chats with messages."""
        return self.control("state", verb="GET", person=person)

    def chat(self, person: int = MARIA) -> int:
        """The id of a dialog."""
        return int(self.state(person)["chats"][0]["chat_id"])

    def messages(self, person: int = MARIA) -> list[dict[str, Any]]:
        """All messages of a dialog, as the customer sees them."""
        chats = self.state(person)["chats"]
        return chats[0]["messages"] if chats else []

    def answers(self, person: int = MARIA) -> list[dict[str, Any]]:
        """What the bot has said in a dialog."""
        said = self.messages(person)
        return [message for message in said if message["sender"]["user_id"] == self.id]

    def texts(self, person: int = MARIA) -> list[str]:
        """The bot's texts in a dialog."""
        return [message["body"]["text"] for message in self.answers(person)]

    def journal(self, method: str, **wanted: Any) -> list[dict[str, Any]]:
        """The calls of one method, by MAX's operation ids."""
        return self.sandbox.journal(bot=self.id, method=method, **wanted)


@pytest.fixture
def max_bot(sandbox: Sandbox, settings: Any) -> SandboxMaxBot:
    """A fresh bot; MAX_API_URL leads to the sandbox."""
    settings.MAX_API_URL = f"{sandbox.url}/max"
    return SandboxMaxBot(sandbox)
