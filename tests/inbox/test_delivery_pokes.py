"""Pokes: quick, few, and worth nothing when they are lost."""

from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.redis import client
from inbox.delivery import pokes, tasks
from inbox.delivery.sweeping import due_conversations
from live import typists
from tests.inbox.delivering import plain_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch):
    """What workers were asked for."""
    found = []
    for name in ("deliver", "show_typing"):
        monkeypatch.setattr(
            getattr(tasks, name),
            "apply_async",
            lambda arguments, name=name, **options: found.append((name, arguments, options)),
        )
    return found


def test_pokes_for_one_conversation_are_one_until_a_worker_arrives(asked):
    workspace, conversation = uuid4(), uuid4()
    for _ in range(3):
        pokes.deliver(workspace, conversation)
    pokes.deliver(workspace, uuid4())
    assert len(asked) == 2
    pokes.arrived(workspace, conversation)
    pokes.deliver(workspace, conversation)
    assert len(asked) == 3


def test_a_task_nobody_takes_runs_out(asked):
    pokes.deliver(uuid4(), uuid4())
    (_, _, options) = asked[0]
    assert options["expires"] == pokes.EXPIRES_SECONDS


def test_a_short_wait_is_a_countdown_and_a_long_one_is_left_to_the_sweep(asked):
    pokes.deliver_later(uuid4(), uuid4(), 0.8)
    pokes.deliver_later(uuid4(), uuid4(), 30)
    assert [options["countdown"] for _, _, options in asked] == [0.8]


def test_typing_is_shown_once_in_a_while(asked):
    workspace, conversation = uuid4(), uuid4()
    for _ in range(5):
        typists.tell(workspace, conversation)
    assert [name for name, _, _ in asked] == ["show_typing"]


def test_without_redis_nothing_breaks_and_the_sweep_knows(acme, platform, monkeypatch, asked):
    platform()
    desk = plain_desk(acme)
    away = redis.Redis(unix_socket_path="/nowhere/at/all", retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(pokes, "client", lambda: away)
    desk.send()
    pokes.arrived(desk.acme.workspace.id, desk.conversation.id)
    pokes.show_typing(desk.acme.workspace.id, desk.conversation.id)
    assert asked == []
    assert due_conversations() == [(desk.acme.workspace.id, desk.conversation.id)]


def test_the_sweep_asks_for_what_is_due_and_the_task_sends_it(acme, platform, asked):
    other_side = platform()
    desk = plain_desk(acme)
    desk.send()
    client().flushdb()
    asked.clear()
    tasks.sweep_outbox()
    ((name, arguments, _),) = asked
    assert (name, arguments) == (
        "deliver", [str(desk.acme.workspace.id), str(desk.conversation.id)],
    )  # fmt: skip
    tasks.deliver(*arguments)
    assert other_side.texts == ["Yes"]
    tasks.sweep_outbox()
    assert len(asked) == 1
