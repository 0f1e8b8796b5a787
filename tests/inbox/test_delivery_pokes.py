"""Pokes: quick, few, and worth nothing when they are lost."""

from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core.redis import client
from inbox.actions import edit_message
from inbox.delivery import pokes, tasks
from inbox.delivery.sweeping import due_conversations
from live import typists
from tests.cast import make_message
from tests.inbox.delivering import plain_desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(monkeypatch):
    """What workers were asked for."""
    found = []
    for name in ("deliver", "mark_read", "show_typing"):
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


def test_reading_is_told_once_and_again_when_more_was_read(acme, platform, asked):
    other_side = platform(read=True)
    desk = plain_desk(acme)
    for number in (1, 2):
        with acme.scope():
            make_message(desk.conversation, external_id=f"7:{number}")
            desk.conversation.mark_unread(by=acme.anna)
        for _ in range(2):
            with acme.scope():
                desk.conversation.mark_read(by=acme.anna)
        ((name, arguments, _options),) = asked
        assert name == "mark_read"
        tasks.mark_read(*arguments)
        asked.clear()
    assert other_side.read == [("7", "7:1"), ("7", "7:2")]


def test_a_platform_that_cannot_be_told_is_not(acme, platform, asked):
    other_side = platform(read=False)
    desk = plain_desk(acme)
    with acme.scope():
        make_message(desk.conversation)
    tasks.mark_read(str(acme.workspace.id), str(desk.conversation.id))
    assert other_side.read == []


def test_a_change_of_a_sent_message_wakes_a_worker_and_one_of_a_note_does_not(
    acme, platform, asked
):
    platform()
    desk = plain_desk(acme)
    note = desk.send("Note", internal=True)
    message = desk.send()
    tasks.deliver(*asked.pop()[1])
    desk.do(edit_message, note, "Note!")
    assert asked == []
    desk.do(edit_message, desk.fresh(message), "Yes!")
    assert [name for name, _, _ in asked] == ["deliver"]


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
