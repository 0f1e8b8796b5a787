"""Exactly once, in order, whatever happens to the worker."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.redis import client
from events import pokes, subscriptions, types
from events.journal import record
from events.models import Event, SubscriptionCursor
from events.subscriptions import Subscription, catch_up, run_workspace
from events.tasks import lagging_workspaces, run_subscriptions, sweep_subscriptions
from workspaces.models import Team

pytestmark = pytest.mark.django_db

NAME = "test"


class Ledger:
    """A handler whose effect is a row of the same transaction: a team named after the event."""

    def __init__(self, monkeypatch) -> None:
        self.batches: list[list[int]] = []
        self.fails_at: set[int] = set()
        self.seconds = 0.0
        self.subscription = Subscription(
            NAME, self.handle, frozenset({types.TEAM_CHANGED, types.MEMBER_CHANGED})
        )
        monkeypatch.setattr(subscriptions, "_subscriptions", {NAME: self.subscription})

    def handle(self, events: list[Event]) -> None:
        self.batches.append([event.seq for event in events])
        for event in events:
            Team.objects.create(name=f"seen {event.seq:05}")
            if event.seq in self.fails_at:
                raise RuntimeError(f"event {event.seq}")
        time.sleep(self.seconds)


@pytest.fixture
def ledger(monkeypatch):
    return Ledger(monkeypatch)


def write(workspace, count=1, action=types.TEAM_CHANGED):
    for _ in range(count):
        with workspace.scope():
            record(action, subject=workspace.workspace)


def seen(workspace):
    with workspace.scope():
        found = Team.objects.filter(name__startswith="seen").order_by("name")
        return [int(team.name[5:]) for team in found]


def cursor(workspace):
    with workspace.scope():
        return SubscriptionCursor.objects.get(name=NAME)


def test_events_are_handled_once_and_in_order(acme, ledger):
    write(acme, 3)
    assert run_workspace(acme.workspace.id) == 3
    assert run_workspace(acme.workspace.id) == 0
    write(acme, 2)
    run_workspace(acme.workspace.id)
    assert ledger.batches == [[1, 2, 3], [4, 5]]
    assert seen(acme) == [1, 2, 3, 4, 5]


def test_other_events_are_passed_over_without_being_loaded(acme, ledger):
    write(acme)
    write(acme, 3, types.INVITATION_SENT)
    write(acme)
    run_workspace(acme.workspace.id)
    assert ledger.batches == [[1, 5]]
    write(acme, 2, types.INVITATION_SENT)
    run_workspace(acme.workspace.id)
    assert cursor(acme).seq == 7
    assert lagging_workspaces() == []


def test_a_long_journal_is_read_in_batches(acme, ledger, monkeypatch):
    monkeypatch.setattr(subscriptions, "BATCH", 2)
    monkeypatch.setattr(subscriptions, "LONGEST_LOOK", 3)
    write(acme, 2)
    write(acme, 5, types.INVITATION_SENT)
    write(acme, 3)
    run_workspace(acme.workspace.id)
    assert seen(acme) == [1, 2, 8, 9, 10]
    assert cursor(acme).seq == 10


def test_a_handler_that_raises_leaves_no_effect_and_is_called_again_later(acme, ledger):
    write(acme, 3)
    ledger.fails_at = {2}
    run_workspace(acme.workspace.id)
    assert seen(acme) == [1]
    failed = cursor(acme)
    assert (failed.seq, failed.failures, "event 2" in failed.error) == (1, 1, True)
    assert timezone.now() < failed.retry_at <= timezone.now() + timedelta(seconds=2)
    run_workspace(acme.workspace.id)
    assert cursor(acme).failures == 1
    assert lagging_workspaces() == []


def test_the_pause_grows_and_a_success_ends_it(acme, ledger):
    write(acme, 2)
    ledger.fails_at = {1}
    for failures in range(1, 4):
        run_workspace(acme.workspace.id)
        failed = cursor(acme)
        assert failed.failures == failures
        assert failed.retry_at > timezone.now() + timedelta(seconds=2**failures - 1)
        with acme.scope():
            SubscriptionCursor.objects.update(retry_at=None)
    ledger.fails_at = set()
    run_workspace(acme.workspace.id)
    assert seen(acme) == [1, 2]
    assert (cursor(acme).failures, cursor(acme).retry_at, cursor(acme).error) == (0, None, "")


def test_the_pause_has_an_end(acme, ledger):
    write(acme)
    ledger.fails_at = {1}
    run_workspace(acme.workspace.id)
    with acme.scope():
        SubscriptionCursor.objects.update(failures=60, retry_at=None)
    run_workspace(acme.workspace.id)
    assert cursor(acme).retry_at <= timezone.now() + subscriptions.LONGEST_PAUSE


def test_a_failing_subscription_does_not_hold_up_another(acme, ledger, monkeypatch):
    other: list[int] = []
    monkeypatch.setitem(
        subscriptions._subscriptions,
        "zoo",
        Subscription("zoo", lambda events: other.extend(event.seq for event in events),
                     ledger.subscription.actions),
    )  # fmt: skip
    write(acme)
    ledger.fails_at = {1}
    run_workspace(acme.workspace.id)
    assert (seen(acme), other) == ([], [1])


def test_a_workspace_made_later_is_found(acme, ledger, rival):
    write(acme)
    run_workspace(acme.workspace.id)
    write(rival)
    assert lagging_workspaces() == [rival.workspace.id]
    sweep_subscriptions()
    assert (seen(acme), seen(rival), lagging_workspaces()) == ([1], [1], [])


def test_news_that_nobody_wants_is_no_reason_to_run(acme, ledger):
    write(acme, 3, action=types.CHANNEL_CREATED)
    assert lagging_workspaces() == []
    write(acme)
    assert lagging_workspaces() == [acme.workspace.id]
    sweep_subscriptions()
    assert (seen(acme), lagging_workspaces()) == ([4], [])


def test_much_news_that_nobody_wants_is_looked_through_once(acme, ledger):
    with acme.scope():
        for _ in range(1001):
            record(types.CHANNEL_CREATED, subject=acme.workspace)
    assert lagging_workspaces() == [acme.workspace.id]
    sweep_subscriptions()
    assert (seen(acme), lagging_workspaces()) == ([], [])


def test_a_run_lets_the_next_poke_through(acme, ledger):
    key = pokes.due_key(acme.workspace.id)
    client().set(key, 1)
    write(acme)
    run_subscriptions(str(acme.workspace.id))
    assert not client().exists(key)
    assert seen(acme) == [1]


def test_who_is_far_behind_holds_up_no_other(acme, ledger, monkeypatch):
    monkeypatch.setattr(subscriptions, "FAR_BEHIND", 2)
    write(acme, 3)
    run_workspace(acme.workspace.id)
    other: list[list[int]] = []
    monkeypatch.setitem(
        subscriptions._subscriptions,
        "zoo",
        Subscription("zoo", lambda events: other.append([event.seq for event in events]),
                     ledger.subscription.actions),
    )  # fmt: skip
    write(acme)
    run_subscriptions(str(acme.workspace.id))
    assert (seen(acme), other) == ([1, 2, 3, 4], [])
    sweep_subscriptions()
    assert other == [[1, 2, 3, 4]]


def test_those_that_are_behind_together_go_on_together(acme, ledger, monkeypatch):
    """After a flood all of them are far from the end: each alone would read it again."""
    together: list[int] = []
    monkeypatch.setitem(
        subscriptions._subscriptions,
        "zoo",
        Subscription("zoo", lambda events: together.append(len(ledger.batches)),
                     ledger.subscription.actions),
    )  # fmt: skip
    write(acme)
    run_workspace(acme.workspace.id)
    monkeypatch.setattr(subscriptions, "FAR_BEHIND", 2)
    write(acme, 5)
    run_workspace(acme.workspace.id)
    assert (ledger.batches, together) == ([[1], [2, 3, 4, 5, 6]], [1, 2])


def test_what_nobody_waits_for_is_left_to_the_sweep(acme, ledger, monkeypatch):
    leisurely = replace(ledger.subscription, is_prompt=False)
    monkeypatch.setitem(subscriptions._subscriptions, NAME, leisurely)
    assert not subscriptions.wanted(set(leisurely.actions))
    write(acme)
    run_subscriptions(str(acme.workspace.id))
    assert seen(acme) == []
    sweep_subscriptions()
    assert seen(acme) == [1]


def test_what_is_committed_during_a_run_is_looked_at_before_it_ends(acme, ledger, monkeypatch):
    def handle(events):
        ledger.subscription.handler(events)
        if events[0].seq == 1:
            write(acme)

    handling = replace(ledger.subscription, handler=handle)
    monkeypatch.setitem(subscriptions._subscriptions, NAME, handling)
    write(acme)
    assert run_workspace(acme.workspace.id) == 2
    assert seen(acme) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_a_cursor_is_in_one_hand_at_a_time(acme, ledger):
    write(acme, 20)
    ledger.seconds = 0.05
    start = threading.Barrier(4)

    def work(_):
        try:
            start.wait(timeout=10)
            return catch_up(acme.workspace.id, ledger.subscription)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, range(4))) == 20
    assert seen(acme) == list(range(1, 21))


@pytest.mark.django_db(transaction=True)
def test_writers_and_readers_at_once_miss_nothing_and_double_nothing(acme, ledger):
    done = threading.Event()

    def write_many():
        try:
            write(acme, 25)
        finally:
            connection.close()

    def read():
        try:
            while not done.is_set():
                catch_up(acme.workspace.id, ledger.subscription)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        writers = [pool.submit(write_many) for _ in range(4)]
        for writer in writers:
            writer.result()
        done.set()
        for reader in readers:
            reader.result()
    catch_up(acme.workspace.id, ledger.subscription)
    assert seen(acme) == list(range(1, 101))
    assert [seq for batch in ledger.batches for seq in batch] == list(range(1, 101))


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_mid_handling_leaves_no_trace(acme, ledger):
    write(acme, 3)
    ledger.seconds = 60
    connection.close()
    worker = multiprocessing.get_context("fork").Process(
        target=run_workspace, args=[acme.workspace.id]
    )
    worker.start()
    deadline = time.monotonic() + 10
    while not _is_held(acme):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(10)
    ledger.seconds = 0.0
    while not run_workspace(acme.workspace.id):
        assert time.monotonic() < deadline, "The dead worker's lock stayed."
        time.sleep(0.02)
    assert seen(acme) == [1, 2, 3]


def _is_held(workspace) -> bool:
    with workspace.scope():
        cursors = SubscriptionCursor.objects.filter(name=NAME)
        if not cursors.exists():
            # The other process makes the row in a transaction that we cannot see yet.
            with connection.cursor() as sql:
                sql.execute(
                    "select count(*) from pg_locks where locktype = 'relation' and"
                    " relation = 'workspaces_team'::regclass and pid <> pg_backend_pid()"
                )
                return sql.fetchone()[0] > 0
        return cursors.select_for_update(skip_locked=True).first() is None


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_who_may_not_wait_and_a_rollback_nobody(acme, monkeypatch):
    woken: list[list[int]] = []
    monkeypatch.setattr(pokes, "_wakers", [])
    pokes.wake(
        lambda events: woken.append([event.seq for event in events]), actions=[types.TEAM_CHANGED]
    )
    with pytest.raises(ZeroDivisionError), acme.scope():
        record(types.TEAM_CHANGED, subject=acme.sales)
        _ = 1 / 0
    with acme.scope():
        record(types.MEMBER_CHANGED, subject=acme.anna)
        record(types.TEAM_CHANGED, subject=acme.sales)
        assert woken == []
    assert woken == [[2]]
