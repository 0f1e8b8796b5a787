"""Boots a clean clone, sends a customer's message through it, answers it, and stops.

`python .ci/story.py <clone> <empty state folder>`; the standard library is all it needs.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

PORT = 8765
SITE = f"http://localhost:{PORT}"
SANDBOX = f"http://localhost:{PORT + 1}"
BOT = "777000:story-of-the-continuous-integration"
QUESTION, ANSWER = "Do you ship to Kazan?", "We do, within three days."
START_SECONDS, STEP_SECONDS, STOP_SECONDS = 600, 30, 5


def call(url: str, body: dict[str, Any] | None = None, token: str = "") -> Any:
    """The JSON answer of a GET, or of a POST when there is a body."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        sys.exit(f"story: {url} answered {error.code}: {error.read().decode()[:2000]}")


def wait(what: str, condition: Callable[[], Any], seconds: float = STEP_SECONDS) -> Any:
    """What the condition finds in time; ends the story when it finds nothing."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            print(f"story: {what}", flush=True)
            return found
        time.sleep(0.2)
    sys.exit(f"story: {what}: it never came true")


def is_ready() -> bool:
    """Whether /readyz says so."""
    try:
        with urllib.request.urlopen(f"{SITE}/readyz", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def manage(clone: Path, environment: dict[str, str], *arguments: str) -> str:
    """The last line that a command of the running instance prints."""
    told = subprocess.run(
        ["bin/manage", *arguments],
        cwd=clone,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        sys.exit(f"story: bin/manage {arguments[0]} failed:\n{told.stderr}")
    return told.stdout.strip().splitlines()[-1]


def exchange(clone: Path, environment: dict[str, str]) -> None:
    """A customer asks in Telegram, the API sees it and answers, the customer sees the answer."""
    owner = ("--owner", "story@example.com", "--password", "a-long-story")
    slug = manage(clone, environment, "create_workspace", "Story", *owner)
    token = manage(clone, environment, "api_token", slug)
    api = f"{SITE}/api/v1"
    channel = {"kind": "telegram", "name": "Story", "credentials": {"token": BOT}}
    made = call(f"{api}/channels/", channel, token)
    print(f"story: a channel is {made['status']}", flush=True)

    control = f"{SANDBOX}/telegram/{BOT}/control"
    person = call(f"{control}/people", {"first_name": "Maria"})["result"]["id"]
    call(f"{control}/messages", {"person": person, "text": QUESTION})

    def conversation() -> Any:
        return next(iter(call(f"{api}/conversations/", token=token)["results"]), None)

    found = wait("the message became a conversation", conversation)
    messages = f"{api}/conversations/{found['id']}/messages/"
    wait(
        "its text is there",
        lambda: [m for m in call(messages, token=token)["results"] if m["text"] == QUESTION],
    )
    sent = call(messages, {"text": ANSWER, "client_id": str(uuid.uuid4())}, token)
    wait(
        "the answer is sent",
        lambda: call(f"{api}/messages/{sent['id']}/", token=token)["status"] == "sent",
    )
    wait("the customer sees it", lambda: ANSWER in json.dumps(call(f"{control}/state")))


def leftovers(folder: Path) -> list[str]:
    """Command lines of the processes that still belong to the state folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            ours = f"TANDEM_DATA={folder}\0".encode() in (place / "environ").read_bytes() + b"\0"
        except OSError:
            continue
        if int(place.name) != os.getpid() and (ours or str(folder) in command):
            found.append(command)
    return found


def main(clone: Path, folder: Path) -> None:
    """The whole story; exits with words and 1 when something does not hold."""
    kept = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    environment |= {"TANDEM_DATA": str(folder), "PORT": str(PORT)}
    began = time.monotonic()
    instance = subprocess.Popen(["bin/dev"], cwd=clone, env=environment)
    try:
        wait("it is ready", lambda: is_ready() or instance.poll() is not None, START_SECONDS)
        if instance.poll() is not None:
            sys.exit("story: bin/dev ended")
        print(f"story: installed and started in {time.monotonic() - began:.1f} s", flush=True)
        exchange(clone, environment)
    finally:
        stopping = time.monotonic()
        if instance.poll() is None:
            instance.send_signal(signal.SIGINT)
        code = instance.wait(60)
    spent = time.monotonic() - stopping
    if code or spent > STOP_SECONDS:
        sys.exit(f"story: bin/dev stopped with {code} after {spent:.1f} s")
    if found := leftovers(folder):
        sys.exit(f"story: left behind: {found}")
    print(f"story: stopped in {spent:.1f} s and nothing is left", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
