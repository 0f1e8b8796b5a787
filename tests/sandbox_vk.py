"""Hands to play customers of a VK community with.

    def test_something(vk_community):
        vk_community.say("Hello")             # a customer writes
        vk_community.fault("rate")            # the next send answers error 6
        vk_community.texts()                  # what the chat shows

`vk_community.token` is a fresh one's; VK_API_URL leads to the sandbox meanwhile.
"""

import secrets
from typing import Any

import pytest

from tests.sandbox_server import Sandbox

MARIA = 710_001


class SandboxCommunity:
    """One community seen from the customers' side."""

    def __init__(self, sandbox: Sandbox, token: str = "") -> None:
        self.sandbox = sandbox
        self.token = token or f"vk1.a.{secrets.token_hex(24)}"
        self.id: int = self.state()["id"]

    def control(self, path: str, verb: str = "POST", files: Any = None, **facts: Any) -> Any:
        """Call the control API; a refusal is an AssertionError."""
        url = f"/vk/{self.token}/control/{path}"
        if verb == "GET":
            answer = self.sandbox.http.get(url, params=facts)
        elif files:
            answer = self.sandbox.http.request(verb, url, data=facts, files=files)
        else:
            answer = self.sandbox.http.request(verb, url, json=facts)
        body = answer.json()
        assert body["ok"], body
        return body.get("result")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Call VK's API as a program would; the whole answer."""
        values = {"access_token": self.token, "v": "5.199", **parameters}
        return self.sandbox.http.post(f"/method/{method}", data=values).json()

    def say(self, text: str = "", *, person: int = MARIA, files: Any = None, **facts: Any) -> Any:
        """A customer writes, or sends `files` of a `kind`. Returns the message."""
        return self.control("messages", files=files, text=text, person=person, **facts)

    def inject(self, kind: str, **body: Any) -> dict[str, Any]:
        """An event of any content. Returns it as delivered."""
        return self.control("events", events=[{"type": kind, "object": body}])[0]

    def fault(self, kind: str, **facts: Any) -> None:
        """Trouble for the next calls: see sandbox.vk.faults.Fault."""
        self.control("faults", kind=kind, **facts)

    def state(self) -> dict[str, Any]:
        """Servers, pending events, faults, chats with messages."""
        return self.control("state", verb="GET")

    def messages(self, chat: int = MARIA) -> list[dict[str, Any]]:
        """All messages of a chat, as the customer sees them."""
        chats = self.control("state", verb="GET", chat=chat)["chats"]
        return chats[0]["messages"] if chats else []

    def answers(self, chat: int = MARIA) -> list[dict[str, Any]]:
        """What the community has said in a chat."""
        return [message for message in self.messages(chat) if message["from_id"] < 0]

    def texts(self, chat: int = MARIA) -> list[str]:
        """The community's texts in a chat."""
        return [message["text"] for message in self.answers(chat)]

    def journal(self, method: str, **wanted: Any) -> list[dict[str, Any]]:
        """The calls of one method."""
        return self.sandbox.journal(group=self.id, method=method, **wanted)


@pytest.fixture
def vk_community(sandbox: Sandbox, settings: Any) -> SandboxCommunity:
    """A fresh community; VK_API_URL leads to the sandbox."""
    settings.VK_API_URL = sandbox.url
    return SandboxCommunity(sandbox)
