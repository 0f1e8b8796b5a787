"""The state machine: order, fences, races, death in the middle."""

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.types import SendReceipt
from core.redis import client
from events import types
from events.models import Event
from inbox.actions import retry_message
from inbox.delivery import claims, gestures, outcomes, pokes
from inbox.delivery.lines import MOST, Lines, lines
from inbox.delivery.machine import deliver
from inbox.delivery.sweeping import due_conversations
from inbox.models import Message
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.delivering import Desk, plain_desk, telegram_desk
from tests.sandbox_server import wait_for

pytestmark = pytest.mark.django_db(transaction=True)

MAYBE = ConnectorError("transient", "Perhaps", maybe_sent=True)


@pytest.fixture
def desk(acme, platform):
    """A conversation on a platform without limits; `desk.platform` is the other side."""
    made = plain_desk(acme)
    made.platform = platform()
    return made


def claim_of(desk):
    with desk.acme.scope():
        return claims.claim(claims.find_head(desk.conversation.id))


def write(desk, claim, outcome):
    with desk.acme.scope():
        outcomes.write(claim.message_id, claim.token, outcome)


def test_messages_go_in_the_order_they_were_written(desk):
    for number in range(5):
        desk.send(str(number))
    desk.deliver()
    assert desk.platform.texts == ["0", "1", "2", "3", "4"]


def test_a_message_that_waits_holds_back_those_behind_it(desk):
    desk.platform.answers.append(ConnectorError("transient", "Away"))
    first, _ = desk.send("0"), desk.send("1")
    desk.deliver()
    desk.deliver()
    assert (desk.platform.texts, desk.statuses()) == ([], ["queued", "queued"])
    assert due_conversations() == []
    desk.make_due()
    desk.deliver()
    assert desk.platform.texts == ["0", "1"]
    assert desk.fresh(first).attempts == 2


def test_who_waits_for_long_is_told_why_ever_more_seldom(desk):
    def deliver_again(*answers):
        desk.platform.answers += answers
        client().flushdb()
        desk.make_due()
        desk.deliver()
        return desk.actions().count(types.MESSAGE_DELAYED)

    message = desk.send()
    waits = [2, 600, 600, 600, 600, 600, 600, 600]
    told = [deliver_again(ConnectorError("rate", "Later.", retry_after=n)) for n in waits]
    assert told == [0, 1, 1, 2, 2, 2, 2, 3]
    assert deliver_again(ConnectorError("rate", "Much later.", retry_after=600)) == 4
    deliver_again()
    assert (desk.fresh(message).status, desk.fresh(message).error) == ("sent", "")


def test_an_unknown_or_failed_message_does_not(desk):
    desk.platform.answers += [MAYBE, ConnectorError("bad_content", "No"), None]
    for number in range(3):
        desk.send(str(number))
    desk.deliver()
    assert desk.statuses() == ["unknown", "failed", "sent"]


def test_while_one_worker_sends_another_touches_nothing_of_the_conversation(desk):
    desk.send("0")
    desk.send("1")
    claim = claim_of(desk)
    desk.deliver()
    assert desk.platform.texts == []
    write(desk, claim, SendReceipt("7:1"))
    desk.deliver()
    assert desk.platform.texts == ["1"]


def test_an_older_message_that_is_retried_waits_for_the_one_under_way(desk):
    desk.platform.answers.append(ConnectorError("bad_content", "No"))
    old = desk.send("old")
    desk.deliver()
    desk.send("new")
    claim = claim_of(desk)
    with desk.acme.scope():
        retry_message(old, by=desk.acme.anna)
    desk.deliver()
    assert (desk.platform.texts, due_conversations()) == ([], [])
    write(desk, claim, SendReceipt("7:99"))
    desk.deliver()
    assert (desk.platform.texts, desk.statuses()) == (["old"], ["sent", "sent"])


def test_many_workers_on_one_conversation_send_each_message_once_and_in_order(desk):
    sent = [str(number) for number in range(12)]
    for text in sent:
        desk.send(text)
    desk.platform.seconds = 0.01
    start = threading.Barrier(4)

    def work(_):
        try:
            start.wait(timeout=10)
            while len(desk.platform.sent) < len(sent):
                deliver(desk.acme.workspace.id, desk.conversation.id)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert desk.platform.texts == sent
    assert wait_for(lambda: set(desk.statuses()) == {"sent"})


def test_a_message_whose_worker_died_is_unknown_when_the_lease_ends(desk):
    message = desk.send()
    claim_of(desk)
    assert desk.fresh(message).status == "sending"
    assert due_conversations() == []
    desk.lose_lease(message)
    assert due_conversations() == [(desk.acme.workspace.id, desk.conversation.id)]
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, stored.error_class) == ("unknown", "transient")
    assert "interrupted" in stored.error
    assert desk.platform.texts == []
    assert desk.actions() == [types.MESSAGE_QUEUED, types.MESSAGE_UNCERTAIN]


def test_where_the_platform_dedupes_it_is_sent_again_with_the_same_key(acme, platform):
    desk = plain_desk(acme)
    desk.platform = platform(dedupes_sends=True)
    message = desk.send()
    claim = claim_of(desk)
    desk.lose_lease(message)
    desk.deliver()
    assert desk.statuses() == ["queued"]
    desk.make_due()
    desk.deliver()
    desk.platform.answers.append(MAYBE)
    other = desk.send("Other")
    desk.deliver()
    assert desk.fresh(other).status == "queued"
    desk.make_due()
    desk.deliver()
    assert desk.statuses() == ["sent", "sent"]
    keys = [outbound.idempotency_key for outbound in desk.platform.sent]
    assert keys == [claim.outbound.idempotency_key, other.id, other.id]


def test_an_answer_that_comes_after_the_lease_still_counts(desk):
    message = desk.send()
    claim = claim_of(desk)
    desk.lose_lease(message)
    desk.deliver()
    assert desk.statuses() == ["unknown"]
    write(desk, claim, SendReceipt("7:1"))
    stored = desk.fresh(message)
    assert (stored.status, stored.external_id, stored.error) == ("sent", "7:1", "")


def test_but_not_when_a_new_attempt_has_begun(desk):
    message = desk.send()
    claim = claim_of(desk)
    desk.lose_lease(message)
    desk.deliver()
    with desk.acme.scope():
        retry_message(message, by=desk.acme.anna)
    write(desk, claim, ConnectorError("bad_content", "No"))
    assert desk.statuses() == ["queued"]
    desk.deliver()
    write(desk, claim, ConnectorError("bad_content", "No"))
    assert desk.statuses() == ["sent"]


def test_news_that_overtakes_the_answer_is_not_undone(desk):
    message = desk.send()
    claim = claim_of(desk)
    with desk.acme.scope():
        Message.objects.filter(pk=message.pk).update(status="delivered")
    write(desk, claim, SendReceipt("7:1"))
    stored = desk.fresh(message)
    assert (stored.status, stored.external_id) == ("delivered", "7:1")


def test_a_double_of_our_own_message_that_came_as_news_is_removed(desk):
    message = desk.send()
    with desk.acme.scope():
        echo = make_message(desk.conversation, direction="outgoing", external_id="7:1")
    desk.deliver()
    assert desk.fresh(message).external_id == "7:1"
    with desk.acme.scope():
        assert not Message.objects.filter(pk=echo.pk).exists()
        assert Event.objects.get(action=types.MESSAGE_DELETED).subject_id == echo.pk


def test_a_platform_that_gives_one_id_twice_costs_us_no_message(desk):
    desk.platform.answers += [lambda _: SendReceipt("7:1"), lambda _: SendReceipt("7:1")]
    first, second = desk.send("0"), desk.send("1")
    desk.deliver()
    assert desk.statuses() == ["sent", "sent"]
    assert (desk.fresh(first).external_id, desk.fresh(second).external_id) == ("7:1", None)


def test_a_fault_in_a_connector_leaves_the_outcome_unknown(desk):
    desk.platform.answers.append(ZeroDivisionError("bug"))
    message = desk.send()
    desk.deliver()
    assert desk.fresh(message).status == "unknown"


def test_a_connector_that_hangs_is_cut_off(desk, monkeypatch):
    monkeypatch.setattr(claims, "SEND_SECONDS", 0.1)
    desk.platform.seconds = 30
    message = desk.send()
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, "did not answer" in stored.error) == ("unknown", True)


def test_a_kind_that_nobody_serves_fails_with_words(acme):
    with acme.scope():
        channel = make_channel("platform")
    desk = plain_desk(acme, kind="platform")
    with acme.scope():
        message = make_message(
            desk.conversation, direction="outgoing", status="queued", external_id=None
        )
    desk.deliver()
    stored = desk.fresh(message)
    assert (stored.status, "cannot write to this kind" in stored.error) == ("failed", True)
    assert channel.kind == "platform"


def test_a_paused_channel_keeps_its_messages(desk):
    with desk.acme.scope():
        desk.channel.change_status("paused")
    desk.send()
    desk.deliver()
    assert (desk.statuses(), due_conversations()) == (["queued"], [])


def test_after_a_failure_the_customer_waits_again_since_their_question(desk):
    asked = timezone.now() - timedelta(minutes=5)
    with desk.acme.scope():
        make_message(desk.conversation, "Hello?", sent_at=asked)
        make_message(desk.conversation, "Anybody?", sent_at=asked + timedelta(minutes=1))
    desk.platform.answers.append(ConnectorError("window_closed", "Too late"))
    desk.send()
    assert desk.fresh(desk.conversation).waiting_since is None
    desk.deliver()
    stored = desk.fresh(desk.conversation)
    assert (stored.waiting_since, stored.last_message_status) == (asked, "failed")


def test_one_hand_limits_the_rate_of_a_chat(acme, platform):
    desk = plain_desk(acme)
    desk.platform = platform(chat_sends_per_second=10, chat_burst=2)
    for number in range(6):
        desk.send(str(number))
    wait_for(lambda: desk.deliver() or desk.statuses() == ["sent"] * 6)
    assert desk.platform.texts == [str(number) for number in range(6)]
    assert desk.platform.at[-1] - desk.platform.at[0] > 0.25


def test_a_platform_that_does_not_answer_is_left_alone_for_a_while(acme, platform):
    desks = [plain_desk(acme)]
    other_side = platform()
    with acme.scope():
        for chat in range(6):
            conversation = make_conversation(desks[0].channel, chat=f"chat {chat}")
            desks.append(Desk(acme, desks[0].channel, conversation))
    other_side.answers += [ConnectorError("transient", "Away")] * 5
    for desk in desks:
        desk.send()
        desk.deliver()
    assert len(other_side.answers) == 0
    assert other_side.texts == []
    with acme.scope():
        held = Message.objects.filter(direction="outgoing", attempts=0)
        waits = [message.next_attempt_at - timezone.now() for message in held]
    assert len(waits) == 2
    assert all(timedelta(seconds=15) < wait <= timedelta(seconds=20) for wait in waits)


def test_a_channel_that_hangs_holds_only_some_of_the_threads(desk):
    message = desk.send()
    with contextlib.ExitStack() as stack:
        for _ in range(MOST):
            assert stack.enter_context(lines.line(desk.channel.id))
        desk.deliver()
        assert (desk.platform.texts, desk.statuses()) == ([], ["queued"])
        wait = desk.fresh(message).next_attempt_at - timezone.now()
        assert timedelta(0) < wait <= timedelta(seconds=4)
        assert stack.enter_context(lines.line(desk.acme.workspace.id)), "other channels go on"
    desk.make_due()
    desk.deliver()
    assert desk.statuses() == ["sent"]


def test_a_line_that_is_free_in_a_moment_is_waited_for():
    few, channel, order = Lines(most=1), uuid4(), []

    def hold(name, seconds):
        with few.line(channel) as is_free:
            order.append((name, is_free))
            time.sleep(seconds)

    with ThreadPoolExecutor(2) as pool:
        pool.submit(hold, "first", 0.1)
        wait_for(lambda: order)
        pool.submit(hold, "second", 0)
    assert order == [("first", True), ("second", True)]


def test_a_message_of_another_workspace_is_not_found(desk, rival):
    desk.send()
    deliver(rival.workspace.id, desk.conversation.id)
    assert desk.platform.texts == []


def test_a_commit_pokes_a_worker_and_a_rollback_does_not(desk, monkeypatch):
    poked = []
    monkeypatch.setattr(pokes, "deliver", lambda *ids: poked.append(ids))
    desk.send()
    desk.send()
    assert poked == [(desk.acme.workspace.id, desk.conversation.id)] * 2
    with pytest.raises(ZeroDivisionError), desk.acme.scope():
        desk.send()
        _ = 1 / 0
    assert len(poked) == 2


def test_signs_reach_the_platform(desk):
    workspace = desk.acme.workspace.id
    gestures.acknowledge(workspace, desk.channel.id, {"callback_query_id": "1"})
    gestures.show_typing(workspace, desk.conversation.id)
    assert desk.platform.acknowledged == [{"callback_query_id": "1"}]
    assert desk.platform.typed == ["7"]


def test_a_worker_killed_in_mid_send_leaves_the_outcome_unknown(acme, telegram_bot):
    desk = telegram_desk(acme, telegram_bot)
    telegram_bot.fault("timeout_after", seconds=60)
    message = desk.send()
    connection.close()
    worker = multiprocessing.get_context("fork").Process(target=desk.deliver)
    worker.start()
    wait_for(desk.calls)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(10)
    assert desk.statuses() == ["sending"]
    desk.deliver()
    assert desk.statuses() == ["sending"]
    desk.lose_lease(message)
    desk.deliver()
    assert desk.statuses() == ["unknown"]
    assert telegram_bot.texts() == ["Yes"]
    assert len(desk.calls()) == 1
