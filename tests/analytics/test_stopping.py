"""A worker that is asked to end while it adds up ends soon, and nothing is lost."""

import threading

import psycopg
import pytest
from django.db import connection

from analytics.models import DirtyBucket, RollupState
from analytics.rollups import freshness, rebuilding
from core import stopping
from demo import counting, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asks():
    yield
    stopping._asked.clear()


@pytest.fixture
def history(shop):
    shop.win(shop.deal(shop.contact(source="yandex"), amount=1000))


def dirty(acme):
    with acme.scope():
        return DirtyBucket.objects.filter(is_month=False).count()


def test_the_buckets_that_are_left_are_added_up_by_who_starts_next(
    acme, history, report, monkeypatch
):
    with acme.scope():
        freshness.count_what_is_new()
    before, built = dirty(acme), []

    def build(*bucket):
        built.append(bucket)
        build_bucket(*bucket)
        stopping.ask()

    build_bucket = freshness.build_bucket
    monkeypatch.setattr(freshness, "build_bucket", build)
    freshness.refresh_workspace(acme.workspace.id)
    assert (len(built), dirty(acme)) == (1, before - 1)
    with acme.scope():
        assert RollupState.objects.get().added_up_at is None
    freshness.refresh_all()
    assert len(built) == 1
    stopping._asked.clear()
    monkeypatch.setattr(freshness, "build_bucket", build_bucket)
    assert report("marketing").total["orders"] == 1
    assert dirty(acme) < before - 1


def test_a_long_statement_is_cancelled_and_undone(acme, history, monkeypatch):
    with acme.scope():
        freshness.count_what_is_new()
        freshness.add_up()
        version = RollupState.objects.get().version
        RollupState.objects.update(layout=1)

    def take_long(*_bucket):
        with connection.cursor() as cursor:
            cursor.execute("select pg_sleep(600)")

    monkeypatch.setattr(rebuilding, "build_all", take_long)
    ended: list[str] = []

    def work():
        try:
            freshness.refresh_workspace(acme.workspace.id)
        except stopping.Stopped:
            ended.append("stopped")
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    while thread.is_alive():
        stopping.ask()
        thread.join(0.01)
    assert ended == ["stopped"]
    with acme.scope():
        assert RollupState.objects.get().version == version


def test_a_connection_that_is_broken_keeps_no_other_from_being_cancelled(monkeypatch):
    cancelled = []

    class Broken:
        def cancel_safe(self, timeout):
            cancelled.append(self)
            raise psycopg.errors.CancellationTimeout

    monkeypatch.setattr(stopping, "_running", {Broken(), Broken()})
    stopping.ask()
    assert len(cancelled) == 2
    assert stopping.is_asked()


def test_the_journal_is_left_where_it_is(acme, history):
    stopping.ask()
    with acme.scope():
        assert freshness.count_what_is_new() > 0
    stopping._asked.clear()
    with acme.scope():
        assert freshness.count_what_is_new() == 0


def test_a_history_that_came_all_at_once_is_added_up_at_once(acme, history, report, monkeypatch):
    with acme.scope():
        freshness.count_what_is_new()
    monkeypatch.setattr(freshness, "_MANY_BUCKETS", 3)
    freshness.refresh_workspace(acme.workspace.id)
    with acme.scope():
        assert RollupState.objects.get().version == 2
    assert (dirty(acme), report("marketing").total["orders"]) == (0, 1)


def test_the_history_of_the_demo_is_handed_back(acme, history, monkeypatch):
    monkeypatch.setattr(counting, "put_together", lambda week, tells: stopping.ask())
    again: list[str] = []
    monkeypatch.setattr(tasks.count, "delay", again.append)
    tasks.count(str(acme.workspace.id))
    assert again == [str(acme.workspace.id)]
    stopping._asked.clear()
    weeks: list[object] = []
    monkeypatch.setattr(counting, "put_together", lambda week, tells: weeks.append(week))
    tasks.count(*again)
    assert len(weeks) == counting.DIGESTS
