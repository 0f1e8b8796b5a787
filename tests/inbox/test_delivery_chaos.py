"""Workers die, Redis forgets, the platform stumbles: nothing is doubled, nothing silently lost."""

import multiprocessing
import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.db import connection

from core.redis import client
from inbox.delivery import claims, limits
from inbox.delivery.machine import deliver
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from tests.inbox.delivering import telegram_desk
from tests.sandbox_server import wait_for

CHATS, EACH, WORKERS, KILLS = 8, 5, 3, 8


def work_for_ever():
    while True:
        for workspace_id, conversation_id in due_conversations():
            deliver(workspace_id, conversation_id)
        time.sleep(0.01)


class Workers:
    """Processes that sweep and deliver, like the worker, until they are killed."""

    def __init__(self) -> None:
        self._fork = multiprocessing.get_context("fork")
        self._running = [self._start() for _ in range(WORKERS)]

    def _start(self):
        connection.close()
        process = self._fork.Process(target=work_for_ever)
        process.start()
        return process

    def kill(self, number: int, *, replace: bool) -> None:
        process = self._running[number]
        os.kill(process.pid, signal.SIGKILL)
        process.join(10)
        if replace:
            self._running[number] = self._start()

    def end(self) -> None:
        for number in range(WORKERS):
            self.kill(number, replace=False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_message_arrives_once_or_is_marked_uncertain(acme, telegram_bot, monkeypatch):
    monkeypatch.setattr(claims, "SEND_SECONDS", 5)
    # Long enough that on a busy machine only a killed worker loses its lease.
    monkeypatch.setattr(claims, "LEASE_MARGIN", timedelta(seconds=2))
    # Here the troubles are many on purpose; a pause would only make the test long.
    monkeypatch.setattr(limits, "SILENCES", 1000)
    desks = [telegram_desk(acme, telegram_bot, chat=630_000 + chat) for chat in range(CHATS)]
    for desk in desks:
        with acme.scope():
            desk.conversation.channel = desks[0].channel
            desk.conversation.save()
    for number in range(EACH):
        for desk in desks:
            desk.send(f"{number}")
    telegram_bot.fault("server", count=3)
    telegram_bot.fault("timeout_after", count=2, seconds=0.3)
    workers, dice = Workers(), random.Random(7)
    try:
        for kill in range(KILLS):
            time.sleep(dice.uniform(0.1, 0.5))
            workers.kill(dice.randrange(WORKERS), replace=True)
            if kill % 3 == 0:
                client().flushdb()
        wait_for(lambda: not unsettled(acme), seconds=60)
    finally:
        workers.end()
    for desk in desks:
        check(desk, telegram_bot)
    with acme.scope():
        uncertain = Message.objects.filter(status="unknown").count()
    assert uncertain <= KILLS + 2


def unsettled(acme) -> bool:
    with acme.scope():
        return Message.objects.filter(status__in=["queued", "sending"]).exists()


def check(desk, bot) -> None:
    arrived = bot.texts(int(desk.conversation.identity.external_id))
    assert arrived == sorted(set(arrived)), "doubled or out of order"
    with desk.acme.scope():
        found = Message.objects.filter(conversation=desk.conversation, direction="outgoing")
        statuses = dict(found.values_list("text", "status"))
    assert set(statuses.values()) <= {"sent", "unknown"}
    sent = {text for text, status in statuses.items() if status == "sent"}
    assert sent <= set(arrived), "said to be sent, never arrived"
    assert set(arrived) - sent <= {t for t, status in statuses.items() if status == "unknown"}
