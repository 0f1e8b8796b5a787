"""The sandbox as its own process, and hands to play customers with.

    def test_something(telegram_bot):
        telegram_bot.say("Hello")                    # a customer writes
        telegram_bot.fault("rate", retry_after=1)    # the next send answers 429
        telegram_bot.texts()                         # what the chat shows

`telegram_bot.token` is a fresh bot's; TELEGRAM_API_URL leads to the sandbox meanwhile.
"""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.launch import children

MARIA = 610_001
ROOT = Path(__file__).parent.parent


class Sandbox:
    """The running server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=120, trust_env=False)

    def journal(self, after: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        """Entries whose facts have the wanted values: `method="sendMessage"`, `bot=...`."""
        answer = self.http.get("/journal", params={"after": after, "limit": 1_000_000, **wanted})
        return answer.json()["entries"]

    def bot(self, token: str = "") -> "SandboxBot":
        """Hands for a bot; a new one unless a token is given."""
        number = secrets.randbelow(10**9) + 10**9
        return SandboxBot(self, token or f"{number}:AAF{secrets.token_hex(16)}")


class SandboxBot:
    """One bot seen from the customers' side."""

    def __init__(self, sandbox: Sandbox, token: str) -> None:
        self.sandbox = sandbox
        self.token = token
        self.id = int(token.partition(":")[0])

    def control(self, path: str, verb: str = "POST", files: Any = None, **facts: Any) -> Any:
        """Call the control API; a refusal is an AssertionError."""
        url = f"/telegram/{self.token}/control/{path}"
        if verb == "GET":
            answer = self.sandbox.http.get(url, params=facts)
        elif files:
            answer = self.sandbox.http.request(verb, url, data=facts, files=files)
        else:
            answer = self.sandbox.http.request(verb, url, json=facts)
        body = answer.json()
        assert body["ok"], body
        return body.get("result")

    def say(self, text: str = "", *, person: int = MARIA, files: Any = None, **facts: Any) -> Any:
        """A customer writes, or sends `files` of a `kind`. Returns the message, or an album's."""
        messages = self.control("messages", files=files, text=text, person=person, **facts)
        return messages[0] if len(messages) == 1 else messages

    def inject(self, *updates: dict[str, Any]) -> list[dict[str, Any]]:
        """Updates of any content: `{"message": {...}}`. Returns them as delivered."""
        return self.control("updates", updates=list(updates))

    def fault(self, kind: str, **facts: Any) -> None:
        """Trouble for the next calls: see sandbox.telegram.faults.Fault."""
        self.control("faults", kind=kind, **facts)

    def disturb(self, **switches: bool) -> None:
        """`deliver_twice=True`, `shuffle=True`."""
        self.control("faults", **switches)

    def heal(self) -> None:
        """No more troubles."""
        self.control("faults", verb="DELETE")

    def flood(self, **facts: Any) -> dict[str, Any]:
        """Many messages: `messages, chats, duplicates, shuffled, connections, wait`."""
        return self.control("bulk", **{"wait": True, **facts})

    def state(self) -> dict[str, Any]:
        """Webhook, pending updates, faults, chats with messages."""
        return self.control("state", verb="GET")

    def chat(self, chat: int = MARIA, connection: str = "") -> dict[str, Any]:
        """A chat with its messages, keyboard and reactions, as the customer sees it."""
        chats = self.control("state", verb="GET", chat=chat, connection=connection)["chats"]
        return chats[0] if chats else {"messages": []}

    def messages(self, chat: int = MARIA, connection: str = "") -> list[dict[str, Any]]:
        """All messages of a chat; `connection` where it is one of a business account."""
        return self.chat(chat, connection)["messages"]

    def answers(self, chat: int = MARIA, connection: str = "") -> list[dict[str, Any]]:
        """What the bot has said in a chat."""
        return [
            message
            for message in self.messages(chat, connection)
            if message.get("sender_business_bot", message["from"])["id"] == self.id
        ]

    def texts(self, chat: int = MARIA, connection: str = "") -> list[str]:
        """The bot's texts and captions in a chat."""
        return [
            message.get("text") or message.get("caption", "")
            for message in self.answers(chat, connection)
        ]

    def calls(self, method: str = "") -> list[dict[str, Any]]:
        """What was asked in the bot's name, from the journal; of one method if it is named."""
        wanted = {"method": method} if method else {}
        return self.sandbox.journal(kind="call", bot=self.id, **wanted)

    def wait_for(self, condition: Callable[[], Any], seconds: float = 15) -> Any:
        """The first truthy value of the condition."""
        return wait_for(condition, seconds)


def wait_for(condition: Callable[[], Any], seconds: float = 15) -> Any:
    """Ask again until the answer is truthy."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.02)
    return value


def start_sandbox(folder: Path | None = None) -> tuple[subprocess.Popen[bytes], Sandbox]:
    """A sandbox process on a free port. The caller ends it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {**os.environ, "SANDBOX_PORT": str(port)}
    environment.pop("TANDEM_DATA", None)
    if folder is not None:
        environment["TANDEM_DATA"] = str(folder)
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        preexec_fn=children.hook(),
    )
    sandbox = Sandbox(f"http://127.0.0.1:{port}")

    def answers() -> bool:
        assert process.poll() is None, "The sandbox did not start."
        try:
            return sandbox.http.get("/telegram/bots").is_success
        except httpx.TransportError:
            return False

    try:
        wait_for(answers, 30)
    except BaseException:
        process.kill()
        raise
    return process, sandbox


def stop_sandbox(process: subprocess.Popen[bytes]) -> None:
    """End the process as the supervisor does."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox for the whole run; each test takes its own bot."""
    process, running = start_sandbox()
    yield running
    running.http.close()
    stop_sandbox(process)


@pytest.fixture
def telegram_bot(sandbox: Sandbox, settings: Any) -> SandboxBot:
    """A fresh bot; TELEGRAM_API_URL leads to the sandbox."""
    settings.TELEGRAM_API_URL = sandbox.url
    return sandbox.bot()
