"""The funnel's board over many deals: its server time, a drag stored, a drag seen by a colleague.

    .venv/bin/python -m bench.board [deals] [drags]

A hundred thousand deals by default, spread over all stages; four columns of eighty cards on the
page. First whole requests through Django's handler, once with every card drawn anew and once as a
board is mostly looked at, with cards that were drawn before. Then the whole product: a card is
posted to another column over HTTP, and a colleague's socket waits for it.
"""

import asyncio
import http.client
import json
import sys
import time
from uuid import UUID

from bench.lists import measure
from bench.people import log_in
from bench.product import product
from bench.watcher import Watcher
from bench.world import milliseconds, row, world

PORT = 8340
DEALS, DRAGS = 100_000, 100
TOKEN = "b" * 32  # of the form; the cookie says the same


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    deals, drags = (*given[:2], *(DEALS, DRAGS)[len(given[:2]) :])
    with world(PORT) as environment:
        slug, pipeline = seed(deals)
        row("deals", "page", "p50 / p95 / p99 ms", "queries", "Python", "PostgreSQL")
        row(*["---"] * 6)
        pages(deals, slug, pipeline)
        with product(environment):
            row("drags", "what", "p50 / p95 / p99 ms", "", "", "")
            asyncio.run(Drags(slug, pipeline).run(drags))


def seed(deals: int) -> tuple[str, UUID]:
    """A workspace with so many deals; its address and its pipeline."""
    from django.db import connection

    from channels_connectors.models import Channel
    from core.postgresql.roles import owner_connections
    from crm.models import Pipeline
    from demo.bulk import add_conversations
    from demo.bulk_deals import add_deals
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    with workspace_scope(workspace.id):
        channel = Channel.objects.create(kind="telegram", name="bot", status="active")
        pipeline = Pipeline.objects.get()
    add_conversations(workspace.id, channel.id, member.id, deals, messages=1)
    add_deals(workspace.id, [member.id], deals)
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
    return workspace.slug, pipeline.pk


def pages(deals: int, slug: str, pipeline: UUID) -> None:
    """Server time of the board, its sums, the next cards and the other views."""
    from django.test import Client

    from core.warming import settle
    from crm.templatetags import deal_cards
    from workspaces.models import User

    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.get(email="bench@example.com"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    board = f"/w/{slug}/funnel/{pipeline}/"

    def drawn_anew() -> None:
        deal_cards.fragments.clear()
        client.get(board)

    assert client.get(f"{board}heads/").status_code == 200  # counts the conversion once
    assert client.get(board).content.count(b"<article") == 320
    settle()  # as a web process does once it has started
    row(f"{deals:,}", "board", *measure(lambda: client.get(board)))
    row(f"{deals:,}", "board, every card drawn anew", *measure(drawn_anew))
    row(f"{deals:,}", "board, mine", *measure(lambda: client.get(f"{board}?owner=me")))
    row(f"{deals:,}", "sums over the columns", *measure(lambda: client.get(f"{board}heads/")))
    row(f"{deals:,}", "list", *measure(lambda: client.get(f"{board}list/?sort=-created")))


class Drags:
    """A member who drags and a colleague who looks on."""

    def __init__(self, slug: str, pipeline: UUID) -> None:
        self.slug, self.topic = slug, f"pipeline:{pipeline}"
        self.mover, self.looker = (f"{name}={value}" for name, value in log_in(slug, 2))
        self.deals, self.stages = _cards(slug, pipeline)
        self.stored: list[float] = []
        self.seen: list[float] = []

    async def run(self, count: int) -> None:
        """Drag so many cards, one after the other. AssertionError when one was not seen."""
        await self._look()
        await asyncio.sleep(2)  # presence settles
        for number in range(count):
            deal = self.deals[number % len(self.deals)]
            self.wanted, self.arrived = f"deal_{deal}".encode(), asyncio.Event()
            stage = self.stages[1 + number // len(self.deals) % (len(self.stages) - 1)]
            began = time.perf_counter()
            self.stored.append(await asyncio.to_thread(self._drop, deal, stage))
            async with asyncio.timeout(5):
                await self.arrived.wait()
            self.seen.append(self.at - began)
            await asyncio.sleep(0.15)
        row(count, "stored", milliseconds(self.stored), "", "", "")
        row(count, "seen by a colleague", milliseconds(self.seen), "", "", "")

    async def _look(self) -> None:
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.wanted, self.arrived = b"none", asyncio.Event()

        def heard(payload: bytes) -> None:
            if b'"hello"' in payload and not ready.done():
                since = json.loads(payload)["seq"]
                watcher.say({"type": "hello", "topics": [self.topic], "since": since})
            elif b'"replay"' in payload and not ready.done():
                ready.set_result(None)
            elif self.wanted in payload:
                self.at = time.perf_counter()
                self.arrived.set()

        watcher = Watcher(f"127.0.0.1:{PORT}", f"/ws/live/{self.slug}/", self.looker, heard)
        await asyncio.get_running_loop().create_connection(lambda: watcher, "127.0.0.1", PORT)
        await ready

    def _drop(self, deal: UUID, stage: UUID) -> float:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", PORT)
        headers = {
            "Host": f"localhost:{PORT}",
            "Cookie": f"{self.mover}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        path = f"/w/{self.slug}/funnel/deals/{deal}/place/"
        connection.request("POST", path, f"stage={stage}", headers)
        status = connection.getresponse().status
        assert status == 204, status
        connection.close()
        return time.perf_counter() - began


def _cards(slug: str, pipeline: UUID) -> tuple[list[UUID], list[UUID]]:
    """Cards on top of the first column, and the columns."""
    from crm.models import Deal, Stage
    from workspaces.models import Workspace
    from workspaces.scope import workspace_scope

    with workspace_scope(Workspace.objects.get(slug=slug).id):
        active = Stage.objects.filter(pipeline_id=pipeline, group="active").in_order()
        stages = list(active.values_list("pk", flat=True))
        first = Deal.objects.filter(stage_id=stages[0]).in_column_order()[:50]
        return list(first.values_list("pk", flat=True)), stages


if __name__ == "__main__":
    main()
