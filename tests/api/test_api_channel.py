"""docs/api-channel.md does what it says, and a secret that we made is shown once."""

import hashlib
import hmac
import json
import re
import shutil
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from django.conf import settings as django_settings
from django.db import connections

from channels_connectors.models import Channel
from config.asgi import application
from inbox.actions import send_message
from inbox.delivery.machine import deliver
from inbox.models import Conversation, Message
from live.threads import in_thread
from tests.api.calls import is_problem
from tests.api.test_documentation import call
from tests.inbox.sorting import sort
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port

PAGE = (Path(django_settings.BASE_DIR) / "docs" / "api-channel.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
SENDS = [block for block in BLOCKS if block.startswith("send '")]
CURLS = [block for block in BLOCKS if block.startswith("curl ")]
BODY = {"kind": "api", "name": "Shop app", "credentials": {}}


@pytest.fixture
async def tandem(transactional_db, settings, monkeypatch):
    """The web process on a port of its own."""
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    server = Server(application, free_port())
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
    await server.start()
    yield server
    await server.stop()
    await go_quiet()


@pytest.fixture
async def channel(acme, tandem, client):
    """Connected as the page says, without a callback address: `(its answer, its secret)`."""
    answer = await in_thread(lambda: client.send("post", "/channels/", BODY))
    made = answer.json()
    return made, made["shown_once"]["secret"]


async def post(hook, secret, body):
    """What the page's `send` does."""
    moment, raw = str(int(time.time())), body.encode()
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": moment, "X-Signature": f"sha256={digest}"}
    async with httpx.AsyncClient(trust_env=False) as other:
        return await other.post(hook, content=raw, headers=headers)


def body_of(block, message=""):
    """The text between the quotes, as the shell would see it."""
    return block.strip().removeprefix("send ").replace("'$MESSAGE'", message).strip("'")


async def test_what_the_page_posts_is_taken(acme, channel):
    made, secret = channel
    assert len(SENDS) == 7
    for block in SENDS[:-1]:
        answer = await post(made["webhook_url"], secret, body_of(block))
        count = len(json.loads(body_of(block))) if block.startswith("send '[") else 1
        assert (answer.status_code, answer.json()) == (202, {"accepted": count}), block
    await in_thread(sort)

    def look():
        with acme.scope():
            conversation = Conversation.objects.select_related("contact").get()
            texts = [m.text for m in conversation.messages.filter(deleted_at=None)]
            return conversation.contact.name, sorted(texts)

    assert await in_thread(look) == ("Maria Sidorova", ["", "Is there a size 46?"])


async def test_without_an_address_messages_are_fetched_and_reported(acme, client, channel, nobody):
    made, secret = channel
    await post(made["webhook_url"], secret, body_of(SENDS[0]))
    await in_thread(sort)

    def answer():
        with acme.scope():
            conversation = Conversation.objects.get()
            send_message(conversation, "Yes", by=acme.anna)
        deliver(acme.workspace.id, conversation.id)

    await in_thread(answer)
    variables = {"TOKEN": client.secret, "TANDEM": "http://localhost:8000", "AFTER": "0"}
    _connect, events, message = (block.replace("\\\n", " ").strip() for block in CURLS)
    told = (await in_thread(lambda: call(nobody, events, variables))).json()["results"]
    (sent,) = [
        event["subject"]["id"]
        for event in told
        if event["action"] == "message.sent"
        and event["data"]["channel"] == made["id"]
        and event["data"]["direction"] == "outgoing"
    ]
    variables["MESSAGE"] = sent
    found = (await in_thread(lambda: call(nobody, message, variables))).json()
    assert (found["text"], found["status"]) == ("Yes", "sent")
    assert (await post(made["webhook_url"], secret, body_of(SENDS[-1], sent))).status_code == 202
    await in_thread(sort)

    def status():
        with acme.scope():
            return Message.objects.get(pk=sent).status

    assert await in_thread(status) == "delivered"


async def test_the_pages_shell_function_signs_rightly(channel):
    if not (shutil.which("curl") and shutil.which("openssl")):
        pytest.skip("curl and openssl are not here")
    made, secret = channel
    (function,) = [block for block in BLOCKS if block.startswith("send()")]
    environment = {"HOOK": made["webhook_url"], "SECRET": secret, "PATH": "/usr/bin:/bin"}
    told = await in_thread(
        lambda: subprocess.run(
            ["sh", "-c", f"{function}\n{SENDS[0]}"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    )
    assert json.loads(told.stdout) == {"accepted": 1}


@pytest.mark.django_db
def test_the_pages_way_to_connect_works(client, nobody, monkeypatch):
    variables = {"TOKEN": client.secret, "TANDEM": "http://localhost:8000"}
    made = call(nobody, CURLS[0].replace("\\\n", " ").strip(), variables)
    assert (made.status_code, made.json()["name"]) == (201, "Shop app")


@pytest.mark.django_db
def test_a_secret_of_ours_is_told_once_and_a_repetition_is_not_told(client, acme):
    first = client.send("post", "/channels/", BODY, Idempotency_Key="k")
    made = first.json()
    secret = made.pop("shown_once")["secret"]
    assert len(secret) >= 40
    again = client.send("post", "/channels/", BODY, Idempotency_Key="k")
    assert (again.status_code, again.json()) == (201, made)
    for path in ("/channels/", f"/channels/{made['id']}/"):
        assert secret not in client.get(f"/api/v1{path}").content.decode()
    changed = client.send("patch", f"/channels/{made['id']}/", {"name": "Other"})
    assert secret not in changed.content.decode()
    with acme.scope():
        assert Channel.objects.get().credentials["secret"] == secret


@pytest.mark.django_db
def test_a_secret_of_ones_own_is_not_told_back(client, other_system):
    credentials = {"callback_url": other_system.callback_url, "secret": other_system.secret}
    made = client.send("post", "/channels/", {**BODY, "credentials": credentials})
    assert made.status_code == 201
    assert other_system.secret not in made.content.decode()
    assert "shown_once" not in made.json()


async def test_another_secret_counts_at_once(acme, channel, client, monkeypatch):
    made, secret = channel
    # How long what is known of a channel is taken for true.
    monkeypatch.setattr("inbox.letterbox.addresses.LIFETIME", 0)
    monkeypatch.setattr("inbox.letterbox.addresses.SHORTEST", 0)
    hook, body = made["webhook_url"], body_of(SENDS[0])
    assert (await post(hook, secret, body)).status_code == 202
    other = "another secret of theirs"
    path = f"/channels/{made['id']}/"

    def change(values):
        return client.send("patch", path, {"credentials": values})

    changed = await in_thread(lambda: change({"secret": other}))
    assert changed.status_code == 200
    assert other not in changed.content.decode()
    assert "shown_once" not in changed.json()
    assert (await post(hook, other, body)).status_code == 202
    assert (await post(hook, secret, body)).status_code == 401
    refused = await in_thread(lambda: change({"secret": "short"}))
    is_problem(refused, 422)
    refused = await in_thread(lambda: change({"secre": other}))
    is_problem(refused, 422)
    assert (await post(hook, other, body)).status_code == 202


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("credentials", "words"),
    [
        ({"secret": "short"}, "at least 16"),
        ({"callback_url": "http://shop.example/"}, "https"),
        ({"callback_url": "https://10.0.0.1/"}, "private network"),
    ],
)
def test_what_will_not_do_is_refused_in_words(client, credentials, words):
    answer = client.send("post", "/channels/", {**BODY, "credentials": credentials})
    assert words in is_problem(answer, 422)["detail"]


def test_every_type_and_event_is_on_the_page():
    from channels_connectors.api.payloads import _READERS

    for name in (*_READERS, "message", "edit", "delete", "reaction", "read", "typing", "ping"):
        assert f"`{name}`" in PAGE or f"### {name}" in PAGE
