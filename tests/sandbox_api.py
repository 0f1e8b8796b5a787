"""Hands to play another system and its customers with.

    def test_something(other_system):
        other_system.fault("rate")          # the next message is answered with 429
        other_system.texts()                # what its customer has been told

API_CALLBACK_URL names the sandbox meanwhile, so that its address may be called.
"""

import secrets
from typing import Any

import pytest

from tests.sandbox_server import Sandbox

MARIA = "maria"


class SandboxSystem:
    """One other system."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.name = f"s{secrets.token_hex(6)}"
        self.secret = secrets.token_hex(16)
        self.callback_url = f"{sandbox.url}/api-channel/{self.name}/callback"
        self.know(secret=self.secret)

    def control(self, path: str, verb: str = "POST", content: Any = None) -> Any:
        """Call the control API."""
        url = f"/api-channel/{self.name}/control/{path}"
        answer = self.sandbox.http.request(verb, url, json=content)
        assert answer.is_success, answer.text
        return answer.json()

    def know(self, **facts: str) -> None:
        """Tell it `secret` and `hook`."""
        self.control("settings", content=facts)

    def say(self, text: str = "", *, chat: str = MARIA, **facts: Any) -> Any:
        """A customer writes. Returns `{status, answer, item}`."""
        return self.control("messages", content={"chat": chat, "text": text, **facts})

    def post(self, *items: Any) -> Any:
        """Items as they are. Returns `{status, answer}`."""
        return self.control("items", content=list(items))

    def fault(self, kind: str, **facts: Any) -> None:
        """Trouble for the next events: see sandbox.api.world.Fault."""
        self.control("faults", content={"kind": kind, **facts})

    def state(self) -> Any:
        """Chats, events, faults."""
        return self.control("state", verb="GET")

    def answers(self, chat: str = MARIA) -> list[dict[str, Any]]:
        """What we have said in a chat."""
        messages = self.state()["chats"].get(chat, [])
        return [message for message in messages if message.get("ours")]

    def texts(self, chat: str = MARIA) -> list[str]:
        """Our texts in a chat."""
        return [message["text"] for message in self.answers(chat)]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of one name that it was told."""
        return [event for event in self.state()["events"] if event["event"] == name]

    def calls(self, event: str) -> list[dict[str, Any]]:
        """The calls of one event, from the journal."""
        return self.sandbox.journal(system=self.name, kind="call", event=event)


@pytest.fixture
def other_system(sandbox: Sandbox, settings: Any) -> SandboxSystem:
    """A fresh one."""
    settings.API_CALLBACK_URL = sandbox.url
    return SandboxSystem(sandbox)
