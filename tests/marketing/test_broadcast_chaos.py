"""Broadcasters die, Redis forgets, the platform stumbles: nobody twice, nobody missed."""

import logging
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connections

from core.redis import client
from inbox.models import Message
from marketing.engine import claims, pace
from marketing.engine.loop import Broadcaster
from tests.marketing.sending import Stage
from tests.restarts import end_all_sessions

RECIPIENTS, WORKERS, KILLS, FLUSHES, CUTS = 2_000, 2, 12, 3, 2


def work_for_ever():
    logging.disable(logging.CRITICAL)
    Broadcaster().run()


class Workers:
    """Processes like the broadcaster, until they are killed."""

    def __init__(self):
        self._fork = multiprocessing.get_context("fork")
        self._running = [self._start() for _ in range(WORKERS)]

    def _start(self):
        connections.close_all()
        process = self._fork.Process(target=work_for_ever)
        process.start()
        return process

    def kill(self, number, *, replace):
        process = self._running[number]
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)
        if replace:
            self._running[number] = self._start()

    def end(self):
        for number in range(WORKERS):
            self.kill(number, replace=False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_everybody_gets_it_once_or_is_listed_as_uncertain(acme, telegram_bot, monkeypatch):
    client().flushdb()
    # Long enough that on a busy machine only a killed process loses its lease.
    monkeypatch.setattr(claims, "SEND_SECONDS", 6.0)
    monkeypatch.setattr(claims, "SENDING_LEASE", timedelta(seconds=8))
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=4))
    # Here the troubles are many on purpose; resting would only make the test long.
    monkeypatch.setattr(pace, "CALLS", 100_000)
    monkeypatch.setattr(pace, "CUT", 0.9)
    monkeypatch.setattr(pace, "NEXT", 1.0)
    unlimited(monkeypatch)
    stage = Stage(acme, kind="telegram", people=0, credentials=of(telegram_bot))
    chats = range(800_000, 800_000 + RECIPIENTS)
    stage.add(RECIPIENTS, first=800_000)
    telegram_bot.flood(messages=RECIPIENTS, chats=RECIPIENTS, first_customer=800_000, wait=False)
    troubles(telegram_bot)
    broadcast = stage.launch(text="Sale for {{name}}")
    workers, dice = Workers(), random.Random(11)
    try:
        for kill in range(KILLS):
            time.sleep(dice.uniform(0.3, 1.0))
            workers.kill(dice.randrange(WORKERS), replace=True)
            if kill % (KILLS // FLUSHES) == 1:
                client().flushdb()
            if kill % 4 == 3:
                troubles(telegram_bot)
            if kill % (KILLS // CUTS) == 2:
                end_all_sessions()
        end_all_sessions()
        deadline = time.monotonic() + 150
        while stage.fresh(broadcast).status != "done":
            assert time.monotonic() < deadline, stage.totals(broadcast)
            time.sleep(0.1)
    finally:
        workers.end()
    check(stage, broadcast, telegram_bot, {str(chat) for chat in chats})


def check(stage, broadcast, bot, chats):
    """Our list against what the platform has delivered."""
    recipients = {one.address: one for one in stage.recipients(broadcast)}
    assert set(recipients) == chats
    assert {one.state for one in recipients.values()} <= {"sent", "unknown"}
    arrived = Counter(
        str(chat["chat"]["id"])
        for chat in bot.state()["chats"]
        for message in chat["messages"]
        if message["from"]["id"] == bot.id
    )
    assert [chat for chat, count in arrived.items() if count > 1] == [], "doubled"
    sent = {address for address, one in recipients.items() if one.state == "sent"}
    assert sent - set(arrived) == set(), "said to be sent, never arrived"
    assert set(arrived) - sent <= {
        address for address, one in recipients.items() if one.state == "unknown"
    }
    # Answers that never came, and what was on the wire when a process was killed.
    uncertain = len(recipients) - len(sent)
    assert uncertain <= KILLS * 8 + 2 * (KILLS // 4 + 1)
    with stage.acme.scope():
        known = dict(Message.objects.filter(direction="outgoing").values_list("id", "status"))
    assert known == {one.pk: one.state for one in recipients.values()}


def of(bot):
    return {"token": bot.token, "secret_token": "s" * 32}


def troubles(bot):
    bot.fault("rate", count=5, retry_after=1)
    bot.fault("server", count=5)
    bot.fault("timeout_after", count=2, seconds=0.3)


def unlimited(monkeypatch):
    """As fast as the machine goes."""
    from dataclasses import replace

    from channels_connectors.telegram.connector import TelegramConnector

    fast = replace(TelegramConnector.capabilities, sends_per_second=0, chat_sends_per_second=0)
    monkeypatch.setattr(TelegramConnector, "capabilities", fast)
