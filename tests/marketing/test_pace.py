"""How fast broadcasts go: platforms' rates, replies first, turns, and troubles."""

import asyncio
import time
from uuid import uuid4

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.types import Capabilities
from core import ratelimit
from core.redis import client
from marketing.engine import pace as pacing
from marketing.engine.pace import Breaker, Pace
from marketing.engine.turnstile import Turnstile
from tests.marketing.sending import Stage

PLATFORM = Capabilities(
    text_limit=10, caption_limit=10, max_file_bytes=10, sends_per_second=50,
    chat_sends_per_second=1, chat_burst=1,
)  # fmt: skip


@pytest.fixture
def pace():
    client().flushdb()
    client().set("ratelimit:born", 1)
    return Pace(uuid4(), uuid4(), PLATFORM)


def test_replies_find_room_beside_a_broadcast(pace):
    free, full, wait = pace.take_some([str(number) for number in range(100)])
    assert (20 <= len(free) <= 27, full) == (True, [])
    assert wait > 0
    assert ratelimit.take([pace.channel]) == 0


def test_a_full_chat_does_not_hold_up_the_others(pace):
    assert pace.take_some(["a"]) == (["a"], [], 0.0)
    assert pace.take_some(["a", "b"]) == (["b"], ["a"], 0.0)


def test_too_often_halves_the_rate_for_all_processes_and_it_comes_back(pace, monkeypatch):
    other = Pace(pace._workspace_id, pace._channel_id, PLATFORM)
    pace.heed("a", ConnectorError("rate", "Slowly", retry_after=0.01))
    assert pace.share == pytest.approx(0.5, abs=0.01)
    pace.heed("b", ConnectorError("rate", "Slowly", retry_after=0.01))
    assert pace.share == pytest.approx(0.5, abs=0.01), "under way together: one refusal"
    other.take_some([])
    assert other.share == pytest.approx(0.5, abs=0.01)
    now = time.time()
    monkeypatch.setattr(pacing.time, "time", lambda: now + 4)
    assert pace.share == pytest.approx(0.7, abs=0.01)
    monkeypatch.setattr(pacing.time, "time", lambda: now + 60)
    assert pace.share == pytest.approx(0.95, abs=0.01)
    monkeypatch.setattr(pacing.time, "time", lambda: now + 3600)
    assert pace.share == 1.0


class Strict:
    """A platform that allows less than it says, with as much at once as in `seconds`; and a clock
    that two processes go by, which send all that they may."""

    TICK, LOOKS = 0.02, 25

    def __init__(self, pace, monkeypatch, allowed, seconds=1.0):
        self.paces = [pace, Pace(pace._workspace_id, pace._channel_id, PLATFORM)]
        self.allowed, self.room = allowed, allowed * seconds
        self.most, self.now, self.until, self.owed = self.room, 1_000_000.0, 0.0, 0.0
        self.took, self.refused, self.ticks = [], [], 0
        monkeypatch.setattr(pacing.time, "time", lambda: self.now)
        monkeypatch.setattr(pacing.time, "monotonic", lambda: self.now)

    def run(self, seconds):
        """Messages a second that arrived meanwhile, of those that are allowed."""
        began, before = self.now, len(self.took)
        while self.now < began + seconds:
            self._tick()
        return (len(self.took) - before) / seconds / self.allowed

    def _tick(self):
        self.now += self.TICK
        self.room = min(self.most, self.room + self.allowed * self.TICK)
        if self.now < self.until:
            return
        self.ticks += 1
        for number, pace in enumerate(self.paces):
            if self.ticks % self.LOOKS == 0:
                pace.take_some([])
            self.owed += pace.share * PLATFORM.sends_per_second * self.TICK / len(self.paces)
            while self.owed >= 1:
                self.owed -= 1
                self._send(pace, f"{number}")

    def _send(self, pace, address):
        if self.room >= 1:
            self.room -= 1
            self.took.append(self.now)
            pace.arrived()
            return
        self.refused.append(self.now)
        self.until = self.now + 1
        pace.heed(address, ConnectorError("rate", "Slowly", retry_after=1))


@pytest.mark.parametrize(("allowed", "seconds"), [(30, 1), (12, 1), (45, 1), (30, 5)])
def test_what_a_platform_allows_is_found_by_what_arrives(pace, monkeypatch, allowed, seconds):
    strict = Strict(pace, monkeypatch, allowed, seconds)
    assert strict.run(22) > 0.9
    # Nearly all of it from then on, and hardly ever more.
    before = len(strict.refused)
    assert strict.run(90) > 0.96
    assert len(strict.refused) - before <= 4


def test_a_platform_that_changes_its_mind_is_followed(pace, monkeypatch):
    strict = Strict(pace, monkeypatch, 30)
    strict.run(30)
    strict.allowed = strict.most = 12
    strict.run(15)
    assert strict.run(60) > 0.9
    strict.allowed = strict.most = 45
    strict.run(210)
    assert strict.run(30) > 0.9


def test_who_had_nothing_to_send_for_a_while_is_not_slowed_down_by_that(pace, monkeypatch):
    strict = Strict(pace, monkeypatch, 30)
    strict.run(60)
    strict.now += 1800
    assert strict.run(60) > 0.9


def test_a_limit_of_one_chat_says_nothing_of_the_others(pace):
    pace.heed("a", ConnectorError("rate", "Slowly", retry_after=30, of_chat=True))
    assert pace.share == 1.0
    assert pace.take_some(["a", "b"]) == (["b"], ["a"], 0.0)


def test_other_errors_do_not_slow_down(pace):
    pace.heed("a", ConnectorError("transient", "Broken"))
    assert pace.share == 1.0


def test_a_platform_that_does_not_answer_is_left_alone_then_asked_once(monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(pacing.time, "monotonic", lambda: clock[0])
    breaker = Breaker()
    for number in range(30):
        breaker.note(failed=number % 2 == 0)
    assert breaker.wait() == pacing.FIRST_REST
    clock[0] += pacing.FIRST_REST
    assert (breaker.wait(), breaker.most) == (0, 1)
    breaker.probe()
    assert breaker.most == 0
    breaker.note(failed=True)
    assert breaker.wait() == 2 * pacing.FIRST_REST
    clock[0] += 2 * pacing.FIRST_REST
    breaker.probe()
    breaker.note(failed=False)
    assert (breaker.wait(), breaker.most) == (0, None)


def test_a_few_failures_open_nothing():
    breaker = Breaker()
    for number in range(100):
        breaker.note(failed=number % 3 == 0)
    assert breaker.wait() == 0


async def test_workspaces_take_turns():
    turnstile = Turnstile(2)
    large, small = uuid4(), uuid4()
    order = []

    async def work(workspace, number):
        await turnstile.enter(workspace)
        order.append((workspace, number))
        await asyncio.sleep(0)
        turnstile.leave()

    async with asyncio.TaskGroup() as group:
        for number in range(50):
            group.create_task(work(large, number))
        await asyncio.sleep(0)
        for number in range(5):
            group.create_task(work(small, number))
    places = [place for place, (workspace, _) in enumerate(order) if workspace == small]
    assert places[-1] < 20
    assert turnstile._free == 2


@pytest.mark.slow
@pytest.mark.parametrize(("per_second", "people"), [(25, 150), (80, 400)])
def test_a_platforms_rate_is_never_exceeded(acme, transactional_db, platform, per_second, people):
    client().flushdb()
    client().set("ratelimit:born", 1)
    made = platform(sends_per_second=per_second, chat_sends_per_second=1, chat_burst=5)
    stage = Stage(acme, people=people)
    broadcast = stage.send()
    deadline = time.monotonic() + 60
    while (totals := stage.totals(broadcast)) != {"sent": people}:
        assert time.monotonic() < deadline, totals
        stage.work()
    burst = per_second * ratelimit.LOW_PRIORITY_SHARE
    # Over the whole run: a busy machine may hold some back and let them go together.
    assert people - burst <= per_second * (made.at[-1] - made.at[0]) * 1.05 + 2
