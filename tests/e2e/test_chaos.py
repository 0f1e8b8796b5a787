"""Processes die and Redis forgets, and the agent's open page shows every message all the same."""

import json
import os
import signal

import pytest
import redis

from bench.storm import Storm, read_thread
from demo.seed import DEMO_BOT
from tests.config.launched import wait_until

MESSAGES, CHATS = 360, range(910_000_001, 910_000_004)
LASTS = 90  # seconds, on a busy machine


@pytest.fixture
def shared(site):
    """Addresses of the running demo's servers."""
    return json.loads((site.folder / "running.json").read_text())


@pytest.fixture
def storm(site, shared):
    made = Storm(site.sandbox, DEMO_BOT, shared["DATABASE_URL"], CHATS)
    yield made
    made.close()


def kill(site, words):
    """SIGKILL, once the process is there."""
    assert wait_until(lambda: site.find(words) != 0, LASTS)
    os.kill(site.find(words), signal.SIGKILL)


@pytest.mark.slow
def test_nothing_is_lost_on_the_way_to_the_open_page(site, shared, storm, agent):
    storm.greet(LASTS)
    page = agent("manager")
    pages = {}
    for chat, conversation in storm.conversations().items():
        pages[chat] = page.context.new_page()
        pages[chat].goto(f"/w/sever/inbox/{conversation}/?view=all")
        pages[chat].evaluate("window.neverReloaded = true")

    def sorter():
        kill(site, "tandem sorter")

    def worker():
        kill(site, "tandem worker")

    def forget():
        redis.Redis.from_url(shared["REDIS_URL"]).flushall()

    storm.blow(MESSAGES, [sorter, worker, forget, sorter, worker, sorter, worker], seconds=LASTS)
    storm.check()
    for chat, window in pages.items():
        assert wait_until(lambda: read_thread(window) == storm.sent[chat], LASTS)  # noqa: B023
        assert window.evaluate("window.neverReloaded") is True
    assert wait_until(lambda: site.get("/readyz") == 200, LASTS)  # the worker is back
