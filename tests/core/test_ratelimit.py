import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from core import ratelimit
from core.ratelimit import Bucket, count_within, pause, take, take_each
from core.redis import client


@pytest.fixture
def bucket():
    """`bucket(per_second, burst)`: a bucket of its own."""

    def make(per_second: float = 0.0, burst: int = 1) -> Bucket:
        return Bucket(f"test:{uuid4().hex}", per_second, burst)

    return make


@pytest.fixture
def redis_is_away(monkeypatch):
    away = redis.Redis(unix_socket_path="/nowhere/at/all", retry=Retry(NoBackoff(), 0))
    monkeypatch.setattr(ratelimit, "client", lambda: away)
    monkeypatch.setattr(ratelimit, "_alone", ratelimit._Alone())
    ratelimit._script.cache_clear()
    yield
    ratelimit._script.cache_clear()


def test_a_burst_goes_at_once_and_then_the_rate_holds(bucket):
    chat = bucket(per_second=2, burst=3)
    assert [take([chat]) for _ in range(3)] == [0, 0, 0]
    assert 0.4 < take([chat]) <= 0.5


def test_the_bucket_fills_again(bucket):
    chat = bucket(per_second=20, burst=1)
    assert take([chat]) == 0
    wait = take([chat])
    assert wait > 0
    time.sleep(wait)
    assert take([chat]) == 0


def test_of_two_buckets_both_must_agree_and_a_refusal_takes_nothing(bucket):
    channel, chat = bucket(10, 5), bucket(1, 1)
    assert take([channel, chat]) == 0
    for _ in range(10):
        assert take([channel, chat]) > 0.5
    assert [take([channel]) for _ in range(4)] == [0, 0, 0, 0]


def test_work_that_can_wait_leaves_tokens_for_replies(bucket):
    channel = bucket(per_second=1, burst=10)
    taken = sum(take([channel], low_priority=True) == 0 for _ in range(10))
    assert taken == 5
    assert [take([channel]) for _ in range(5)] == [0] * 5


def test_work_that_can_wait_gets_on_also_where_one_token_is_all(bucket):
    assert take([bucket(per_second=1, burst=1)], low_priority=True) == 0


def test_processes_racing_for_a_bucket_take_no_more_than_it_holds(bucket):
    channel = bucket(per_second=0.1, burst=20)
    with ThreadPoolExecutor(8) as pool:
        taken = sum(wait == 0 for wait in pool.map(lambda _: take([channel]), range(100)))
    assert taken == 20


def test_a_pause_holds_also_where_no_rate_is_known(bucket):
    chat = bucket()
    assert take([chat]) == 0
    pause(chat, 5)
    pause(chat, 1)
    assert 4.5 < take([chat]) <= 5


def test_after_a_loss_of_redis_a_bucket_starts_nearly_empty(bucket):
    channel = bucket(per_second=10, burst=10)
    client().delete("ratelimit:born")
    assert sum(take([channel]) == 0 for _ in range(10)) in {2, 3}


def test_without_redis_a_process_goes_on_slowly(bucket, redis_is_away):
    chat = bucket(per_second=10, burst=10)
    assert take([chat]) == 0
    assert 0.4 < take([chat]) <= 0.5
    assert take([bucket()]) == 0
    pause(chat, 3)
    assert take([chat]) > 2.5
    assert count_within("test:strikes", 5) == 1


def test_events_within_a_time_are_counted():
    key = f"test:{uuid4().hex}"
    assert [count_within(key, 5) for _ in range(3)] == [1, 2, 3]
    assert 0 < client().pttl(key) <= 5000


def test_each_is_told_whether_its_own_bucket_has_room_until_the_shared_one_is_empty(bucket):
    channel, full = bucket(10, 3), bucket(1, 1)
    take([full])
    chats = [bucket(1, 1), full, bucket(), bucket(1, 1), bucket(1, 1)]
    taken, wait = take_each([channel], chats)
    assert (taken, 0 < wait <= 0.1) == ([True, False, True, True], True)
    assert take([chats[0]]) > 0
    assert take([chats[4]]) == 0


def test_a_pause_of_the_shared_bucket_ends_it_at_once(bucket):
    channel = bucket()
    pause(channel, 5)
    taken, wait = take_each([channel], [bucket(), bucket()])
    assert (taken, 4.9 < wait <= 5) == ([], True)


def test_many_are_asked_for_in_one_call(bucket):
    assert take_each([bucket(1000, 1000)], [bucket(1, 1) for _ in range(300)]) == ([True] * 300, 0)
    assert take_each([bucket(1, 1)], []) == ([], 0.0)


def test_without_redis_each_process_paces_itself_in_many_as_in_one(bucket, redis_is_away):
    channel = bucket(1, 5)
    taken, wait = take_each([channel], [bucket(), bucket()])
    assert (taken, 4 < wait <= 5) == ([True], True)
