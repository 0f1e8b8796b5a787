"""The big storm: 5,000 messages of the sandbox's customers, each delivered one to three times and
shuffled, while the sorter and the worker are killed ten times each and Redis forgets all twice.

    .venv/bin/python -m bench.chaos [messages] [chats]

Afterwards: exactly so many messages, each conversation in order, a journal without gaps, and an
agent's pages in Chromium, open all the time and never reloaded, that show every one of them. Ends
with 1 when any of this does not hold. A storm without troubles comes first, for comparison.
"""

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bench.people import log_in
from bench.product import Product, product
from bench.storm import Storm, read_thread
from bench.world import row, world

PORT = 8330
TOKEN = "7000000009:AAF-bench-storm-bot-0123456789abcdefghi"
CHAT = 930_000_001
KILLS, FLUSHES = 10, 2
PATIENCE = 300  # seconds


def main() -> None:
    given = [int(argument) for argument in sys.argv[1:]]
    messages, chats = (*given, *(5000, 5)[len(given) :])
    platform = f"http://127.0.0.1:{PORT + 1}"
    with (
        world(PORT, SANDBOX_PORT=str(PORT + 1)) as environment,
        product(environment, ("sandbox", "web", "sorter", "worker", "beat")) as running,
    ):
        slug = connect(platform)
        row("storm", "messages", "deliveries", "seconds", "a second", "found", "on open pages")
        row(*["---"] * 7)
        for name, first, troubles in (
            ("without troubles", CHAT, []),
            (f"{KILLS}+{KILLS} kills, {FLUSHES} flushes", CHAT + 1000, make_troubles(running)),
        ):
            storm = Storm(platform, TOKEN, environment["DATABASE_URL"], range(first, first + chats))
            storm.greet(PATIENCE)
            with open_pages(slug, storm.conversations()) as pages:
                began = time.perf_counter()
                storm.blow(messages, troubles, seconds=PATIENCE)
                spent = time.perf_counter() - began
                storm.check()
                shown = sum(await_pages(pages, storm))
            row(
                name,
                f"{messages:,}",
                f"{storm.deliveries:,}",
                f"{spent:.1f}",
                f"{messages / spent:,.0f}",
                f"{storm.stored() - chats:,}, in order, told once, no gaps",
                f"{shown - chats:,}",
            )
            storm.close()


def make_troubles(running: Product) -> list[Any]:
    """Sorter, worker, sorter, worker ... with the flushes among them."""
    from core.redis import client

    troubles: list[Any] = []
    for _ in range(KILLS):
        troubles += [lambda: running.kill("sorter"), lambda: running.kill("worker")]
    for number in range(FLUSHES):
        place = (number + 1) * len(troubles) // (FLUSHES + 1)
        troubles.insert(place, lambda: client().flushall())
    return troubles


def connect(platform: str) -> str:
    """A workspace with the sandbox's bot; returns its address."""
    from inbox.connections import connect_channel
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    with workspace_scope(workspace.id):
        connect_channel(kind="telegram", credentials={"token": TOKEN}, by=member)
    return workspace.slug


@contextlib.contextmanager
def open_pages(slug: str, conversations: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Chat -> a page of Chromium that shows its conversation."""
    from playwright.sync_api import sync_playwright

    from tests.browser import find_browser

    (name, value), *_ = log_in(slug, 1)
    site = f"http://localhost:{PORT}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        context = browser.new_context(locale="ru-RU")
        context.add_cookies([{"name": name, "value": value, "url": site}])
        pages = {}
        for chat, conversation in conversations.items():
            pages[chat] = context.new_page()
            pages[chat].goto(f"{site}/w/{slug}/inbox/{conversation}/?view=all")
            pages[chat].evaluate("window.neverReloaded = true")
        yield pages
        browser.close()


def await_pages(pages: dict[str, Any], storm: Storm) -> Iterator[int]:
    """How many messages each page shows, once they are what was sent."""
    for chat, page in pages.items():
        deadline = time.monotonic() + PATIENCE
        while (shown := read_thread(page)) != storm.sent[chat]:
            assert time.monotonic() < deadline, difference(chat, storm.sent[chat], shown)
            page.wait_for_timeout(100)
        assert page.evaluate("window.neverReloaded"), "a page was reloaded"
        yield len(shown)


def difference(chat: str, sent: list[str], shown: list[str]) -> str:
    """What a page lacks, shows twice, or shows in another place."""
    lacks = [text for text in sent if text not in shown]
    twice = [text for text, count in Counter(shown).items() if count > 1]
    places = (
        place for place, pair in enumerate(zip(sent, shown, strict=False)) if len(set(pair)) > 1
    )
    first = next(places, min(len(sent), len(shown)))
    return (
        f"chat {chat}: of {len(sent)} the page shows {len(shown)}, lacks {lacks[:5]},"
        f" has twice {twice[:5]}, and from {first} on {shown[first : first + 5]}"
        f" instead of {sent[first : first + 5]}"
    )


if __name__ == "__main__":
    main()
