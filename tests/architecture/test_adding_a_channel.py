"""docs/adding-a-channel.md is true: the platform that it builds works."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from aiohttp import web
from django.conf import settings as django_settings
from django.db import connections

import channels_connectors
import sandbox
from channels_connectors import registry
from channels_connectors.apps import PLATFORMS
from channels_connectors.types import ChannelConfig
from config.asgi import application
from inbox.actions import send_message
from inbox.connections import connect_channel, disconnect_channel
from inbox.delivery.machine import deliver
from inbox.models import Conversation, Message
from live.threads import in_thread
from tests.channels_connectors import test_contract as contract
from tests.inbox.sorting import sort
from tests.live.quiet import go_quiet
from tests.livechat.serving import Server, free_port

ROOT = Path(django_settings.BASE_DIR)
PAGE = (ROOT / "docs" / "adding-a-channel.md").read_text(encoding="utf-8")
MOST_LINES = 250
TOKEN = "pg-0123456789"


def blocks():
    """The page's files: path -> content. Their first line names them."""
    found = re.findall(r"```(?:python|json)\n(?:#|//) (\S+)\n(.*?)```", PAGE, re.DOTALL)
    return dict(found)


@pytest.fixture
def pager(tmp_path, monkeypatch, settings):
    """The page's files in a folder of their own, found as if they lay in the project."""
    for name, content in blocks().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for package in (channels_connectors, sandbox):
        place = str(tmp_path / package.__name__)
        monkeypatch.setattr(package, "__path__", [*package.__path__, place])
    settings.PAGER_API_URL = None
    yield SimpleNamespace(
        connector=importlib.import_module("channels_connectors.pager.connector").PagerConnector,
        stand_in=importlib.import_module("sandbox.pager.stand_in"),
        folder=tmp_path,
    )
    registry._connectors.pop("pager")
    for name in [name for name in sys.modules if ".pager" in name]:
        del sys.modules[name]


@pytest.fixture
async def tandem(transactional_db, settings, monkeypatch):
    """The web process on a port of its own."""
    # Each request has a thread of its own, which must leave no connection behind.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    server = Server(application, free_port())
    settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
    await server.start()
    yield server
    await server.stop()
    await go_quiet()


@pytest.fixture
async def stand_in(pager, settings):
    """The platform on a port of its own."""
    app = web.Application()
    app.add_routes(pager.stand_in.pager_routes)
    runner, port = web.AppRunner(app), free_port()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    settings.PAGER_API_URL = f"http://127.0.0.1:{port}/pager"
    yield pager.stand_in
    await runner.cleanup()


def test_it_is_small():
    files = blocks()
    assert len(files) == 5
    assert sum(len(content.splitlines()) for content in files.values()) < MOST_LINES


def test_it_keeps_the_rules_of_the_house(pager):
    ruff, settings = Path(sys.executable).parent / "ruff", ROOT / "pyproject.toml"
    # Imports are sorted, and libraries allowed, by where a file lies in the project.
    told = subprocess.run(
        [ruff, "check", "--config", settings, "--ignore", "I001,TID251", pager.folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout


def test_it_holds_what_every_connector_must_hold(pager, monkeypatch, caplog):
    monkeypatch.setattr(contract, "HERE", pager.folder / "tests" / "channels_connectors")
    monkeypatch.setitem(contract.PROOFS, "pager", {b"x-pager-secret": contract.SECRET.encode()})
    config = ChannelConfig(
        kind="pager",
        key="key",
        credentials={"token": contract.SECRET, "secret": contract.SECRET},
        settings={"api_url": "http://127.0.0.1:9"},
    )
    monkeypatch.setattr(contract, "KINDS", ["pager"])
    available = {"connector": pager.connector(config), "caplog": caplog}
    checked = 0
    for name, check in inspect.getmembers(contract, inspect.isfunction):
        wanted = list(inspect.signature(check).parameters)
        if name.startswith("test_") and "connector" in wanted:
            check(**{name: available[name] for name in wanted})
            checked += 1
    for flag in contract.KEPT_BY:
        contract.test_what_is_claimed_is_done_and_what_is_not_claimed_is_not(flag)
    assert checked >= 14
    assert len(contract.payloads("pager")) == 1


async def test_it_carries_a_message_each_way(acme, pager, tandem, stand_in):
    def connect():
        with acme.scope():
            credentials = {"token": TOKEN}
            return connect_channel(kind="pager", credentials=credentials, by=acme.anna)

    channel = await in_thread(connect)
    assert (channel.name, channel.status) == ("The shop's pager", "active")

    said = {"token": TOKEN, "person": "555-0100", "name": "Maria", "text": "Price?"}
    async with httpx.AsyncClient(trust_env=False) as customer:
        url = f"{django_settings.PAGER_API_URL}/control/say"
        assert (await customer.post(url, json=said)).json() == {"status": 200}
    assert await in_thread(sort) == 1

    def answer():
        with acme.scope():
            conversation = Conversation.objects.select_related("contact").get()
            [question] = conversation.messages.all()
            send_message(conversation, "100 ₽", by=acme.anna)
        deliver(acme.workspace.id, conversation.id)
        with acme.scope():
            reply = Message.objects.get(direction="outgoing")
        return conversation.contact.name, question, reply

    name, question, reply = await in_thread(answer)
    assert (name, question.text) == ("Maria", "Price?")
    assert question.external_id.startswith("555-0100:")
    [page] = stand_in.pages.values()
    assert (page["to"], page["text"]) == ("555-0100", "100 ₽")
    assert (reply.status, reply.external_id) == ("sent", f"555-0100:{page['number']}")

    def disconnect():
        with acme.scope():
            disconnect_channel(channel, by=acme.anna)

    await in_thread(disconnect)
    assert stand_in.hooks[TOKEN]["url"] == ""


def test_the_files_that_it_names_are_there():
    for name in re.findall(r"`((?:[\w<>-]+/)+[\w.<>*-]*)`", PAGE):
        if "pager" in name or "<kind>" in name or name.startswith(("api/", "v1/")):
            continue
        assert (ROOT / name).exists(), name


def test_every_platform_is_found_by_the_contract_test():
    for platform in PLATFORMS:
        assert platform in contract.KINDS
        assert contract.payloads(platform), f"{platform} has no recorded bodies."
        polls_only = registry.connector_class(platform).polls_only
        assert polls_only or platform in contract.PROOFS
