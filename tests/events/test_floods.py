"""While very much happens, what nobody waits for is left for a few seconds."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection

from core.postgresql.roles import owner_connections
from events import subscriptions, tasks
from events.tasks import sweep_subscriptions
from tests.events.test_subscriptions import NAME, Ledger, seen, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def ledger(monkeypatch):
    return Ledger(monkeypatch)


@pytest.fixture
def leisure(ledger, monkeypatch):
    """Nobody waits for the ledger, four events within an hour are a flood, and leisure waits four
    hours."""
    leisurely = replace(ledger.subscription, is_prompt=False)
    monkeypatch.setitem(subscriptions._subscriptions, NAME, leisurely)
    monkeypatch.setattr(tasks, "FLOOD", 4)
    monkeypatch.setattr(tasks, "AT_ONCE", timedelta(hours=1))
    monkeypatch.setattr(tasks, "LONGEST_PATIENCE", timedelta(hours=4))
    return ledger


def moved_back(workspace, hours, **which):
    with owner_connections(), connection.cursor() as cursor:
        cursor.execute(
            "update events_event set at = at - %s * interval '1 hour'"
            " where workspace_id = %s and seq >= %s and seq <= %s",
            [hours, workspace.workspace.id, which["first"], which["last"]],
        )


def test_in_a_flood_leisure_waits(acme, leisure):
    write(acme)
    sweep_subscriptions()
    write(acme, 5)
    sweep_subscriptions()
    assert seen(acme) == [1]
    # It is over.
    moved_back(acme, 2, first=1, last=6)
    sweep_subscriptions()
    assert seen(acme) == [1, 2, 3, 4, 5, 6]


def test_leisure_does_not_wait_for_the_end_of_a_long_flood(acme, leisure):
    write(acme)
    sweep_subscriptions()
    write(acme, 6)
    moved_back(acme, 5, first=2, last=2)
    sweep_subscriptions()
    assert seen(acme) == [1, 2, 3, 4, 5, 6, 7]


def test_a_flood_holds_up_nothing_that_is_prompt(acme, ledger, monkeypatch):
    monkeypatch.setattr(tasks, "FLOOD", 2)
    monkeypatch.setattr(tasks, "AT_ONCE", timedelta(hours=1))
    write(acme, 3)
    sweep_subscriptions()
    assert seen(acme) == [1, 2, 3]
