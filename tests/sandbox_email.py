"""Hands to play those who write to a mailbox.

    def test_something(mailbox):
        mailbox.say("Hello", subject="Sofa")     # a customer writes
        mailbox.fault("smtp_rcpt", code=550)     # the next recipient is refused
        mailbox.received()                       # what the customer got

`mailbox.credentials` connect it; MAIL_TRUSTED_HOSTS lets us reach it meanwhile.
"""

import base64
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from channels_connectors.email import pool
from channels_connectors.registry import connector_class
from channels_connectors.types import ChannelConfig
from tests.sandbox_server import Sandbox

MARIA = "maria@example.com"


class SandboxMailbox:
    """One mailbox seen from outside."""

    def __init__(self, sandbox: Sandbox, address: str) -> None:
        self.sandbox, self.address = sandbox, address
        ports = sandbox.http.get("/email/mailboxes").json()
        self.credentials = {
            "address": address,
            "password": "app-password",
            "imap_host": "127.0.0.1",
            "imap_port": str(ports["imap_port"]),
            "smtp_host": "127.0.0.1",
            "smtp_port": str(ports["smtp_port"]),
        }

    def control(self, path: str, verb: str = "POST", **facts: Any) -> Any:
        """Call the control API; a refusal is an AssertionError."""
        url = f"/email/{self.address}/control/{path}"
        if verb == "GET":
            answer = self.sandbox.http.get(url, params=facts)
        else:
            answer = self.sandbox.http.request(verb, url, json=facts)
        body = answer.json()
        assert body["ok"], body
        return body.get("result")

    def say(self, text: str = "", *, person: str = MARIA, **facts: Any) -> dict[str, Any]:
        """A customer writes. Returns the letter."""
        return self.control("letters", text=text, person=person, **facts)

    def deliver(self, raw: bytes, **facts: Any) -> dict[str, Any]:
        """A letter as it is."""
        return self.control("letters", raw=base64.b64encode(raw).decode(), **facts)

    def fault(self, kind: str, **facts: Any) -> None:
        """Trouble for the next calls: see sandbox.email.faults."""
        self.control("faults", kind=kind, **facts)

    def received(self, person: str = MARIA) -> list[dict[str, Any]]:
        """The letters that somebody outside got."""
        return self.control("state", verb="GET", person=person)["received"]

    def folder(self, name: str) -> list[dict[str, Any]]:
        """The letters of a folder."""
        return self.control("state", verb="GET")["folders"][name]

    def commands(self, method: str) -> list[str]:
        """The command lines of one method, such as "IMAP IDLE"."""
        entries = self.sandbox.journal(mailbox=self.address, method=method)
        return [entry["line"] for entry in entries]

    def connector(self, **settings: Any) -> Any:
        """A connector for it, outside of any channel."""
        config = ChannelConfig("email", secrets.token_hex(8), self.credentials, settings)
        return connector_class("email")(config)


@pytest.fixture
def mailbox(sandbox: Sandbox, settings: Any) -> Iterator[SandboxMailbox]:
    """A fresh mailbox on servers that we may reach."""
    settings.MAIL_TRUSTED_HOSTS = frozenset({"127.0.0.1"})
    yield SandboxMailbox(sandbox, f"shop-{secrets.token_hex(4)}@example.org")
    pool.drop_all()
