"""Whoever dies on the way of a series, and wherever: nobody gets a step twice, nobody is missed."""

import multiprocessing
import os
import signal
from collections import Counter
from datetime import timedelta

from django.db import connections

from marketing.engine import claims, loop, outcomes, width
from marketing.series import leaving, sweeping, walking
from tests.marketing.series_hands import Course
from tests.sandbox_server import wait_for

PEOPLE = 12


def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


def before_the_commit():
    walking.leave = die


def after_the_commit():
    walk = sweeping.walk
    sweeping.walk = lambda series: walk(series) if not series.participants.exclude(
        step__position=0
    ).exists() else die()  # fmt: skip


def while_it_is_sent():
    outcomes.write = die


def while_somebody_leaves():
    leaving.leave = walking.leave = die


def live_until_killed(arm, stage):
    arm()
    sweeping.sweep()
    stage.work()


def child(arm, stage):
    """A process that dies where it was told to."""
    connections.close_all()
    process = multiprocessing.get_context("fork").Process(
        target=live_until_killed, args=(arm, stage)
    )
    process.start()
    process.join(60)
    return process.exitcode


class Ledger:
    """What the platform has taken, from whichever process."""

    def __init__(self, platform, path):
        self._path, self._take = path, platform.take
        platform.take = self.take

    def take(self, message):
        with self._path.open("a") as file:
            file.write(f"{message.chat_id} {message.text}\n")
        return self._take(message)

    def counts(self):
        return Counter(tuple(line.split()) for line in self._path.read_text().splitlines())


def test_every_step_comes_once_whoever_is_killed_in_between(stage, tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "SEND_SECONDS", 1.0)
    monkeypatch.setattr(claims, "SENDING_LEASE", timedelta(seconds=1.5))
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=1))
    monkeypatch.setattr(walking, "LOOKS_AGAIN", timedelta(seconds=0.05))
    monkeypatch.setattr(loop, "LOOK_SECONDS", 0.05)
    stage.add(PEOPLE - 3)
    ledger = Ledger(stage.platform, tmp_path / "ledger")
    course = Course(stage, steps=[{"text": "One"}, {"text": "Two"}, {"text": "Three"}])

    def all_are_through():
        sweeping.sweep()
        stage.work()
        return {one.state for one in course.people()} == {"finished"}

    for arm in (before_the_commit, after_the_commit, while_it_is_sent, while_somebody_leaves):
        assert child(arm, stage) == -signal.SIGKILL, arm
    wait_for(all_are_through, seconds=30)

    got = ledger.counts()
    assert [one for one, count in got.items() if count > 1] == []
    for step, text in zip(course.steps(), ("One", "Two", "Three"), strict=True):
        states = stage.states(step.broadcast)
        assert len(states) == PEOPLE
        assert set(states.values()) <= {"sent", "unknown"}
        told = Counter(states.values())
        arrived = sum(1 for _, found in got if found == text)
        assert told["sent"] <= arrived <= PEOPLE
    in_doubt = [
        state for step in course.steps() for state in stage.states(step.broadcast).values()
    ].count("unknown")
    # One death in mid-send, with so many calls on the wire.
    assert in_doubt <= width.MOST
    assert len(stage.events("series.entered")) == len(stage.events("series.left")) == PEOPLE


def test_a_transaction_that_breaks_leaves_nothing_behind(stage, monkeypatch):
    course = Course(stage)
    course.go()
    course.pass_time(minutes=61)
    with monkeypatch.context() as broken:
        broken.setattr(walking, "leave", lambda *_: 1 / 0)
        course.go()
        assert course.totals() == [{"sent": 3}, {}]
    course.go()
    assert course.totals() == [{"sent": 3}, {"sent": 3}]
