"""Reminders: once, to the right one, in the app and by e-mail where that is wanted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm import reminders
from crm.actions import complete_task, create_task, update_task
from crm.models import Task
from crm.tasks import sweep_reminders
from events import types
from events.models import Event, Notification
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def task(acme):
    def make(remind=-1, **values):
        with acme.scope():
            now = timezone.now()
            return create_task(
                text="Call Maria",
                due_at=now + 10 * MINUTE,
                remind_at=now + remind * MINUTE,
                **{"by": acme.boris, **values},
            )

    return make


def told(acme):
    with acme.scope():
        return list(Notification.objects.order_by("at", "id"))


def test_a_due_one_reminds_once(acme, task):
    made = task()
    assert reminders.remind_due() == 1
    assert reminders.remind_due() == 0
    (one,) = told(acme)
    assert (one.membership_id, one.data["text"]) == (acme.boris.pk, "Call Maria")
    assert one.email_due_at is not None
    with acme.scope():
        assert Task.objects.get().reminded_at
        facts = Event.objects.filter(action=types.TASK_REMINDED)
        assert [fact.subject_id for fact in facts] == [made.pk]


def test_those_to_come_and_those_that_are_done_do_not(acme, task):
    task(remind=1)
    done = task()
    with acme.scope():
        complete_task(done, by=acme.boris)
    sweep_reminders()
    assert told(acme) == []


def test_a_worker_that_dies_leaves_it_to_the_next(acme, task, monkeypatch):
    task()

    def die(*arguments, **values):
        raise ConnectionError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(reminders, "notify", die)
        assert reminders.remind_due() == 0
    assert told(acme) == []
    assert reminders.remind_due() == 1
    assert len(told(acme)) == 1


def test_one_workspace_that_fails_does_not_hold_up_the_others(acme, rival, task, monkeypatch):
    task()
    with rival.scope():
        now = timezone.now()
        create_task(text="x", due_at=now + MINUTE, remind_at=now - MINUTE, by=rival.rita)
    notify = reminders.notify

    def sometimes(members, **values):
        if members[0].pk == acme.boris.pk:
            raise ConnectionError
        return notify(members, **values)

    monkeypatch.setattr(reminders, "notify", sometimes)
    assert reminders.remind_due() == 1
    with rival.scope():
        assert Notification.objects.count() == 1


def test_another_moment_reminds_again(acme, task):
    made = task()
    reminders.remind_due()
    with acme.scope():
        update_task(made, remind_at=timezone.now() - MINUTE / 2, by=acme.boris)
    assert reminders.remind_due() == 1
    assert len(told(acme)) == 2


def test_what_has_nobody_reminds_who_gave_it(acme, task):
    task(owner=None)
    task(owner=None, by=acme.vera)
    with acme.scope():
        acme.vera.is_active = False
        acme.vera.save()
    assert reminders.remind_due() == 2
    assert [one.membership_id for one in told(acme)] == [acme.boris.pk]


def test_the_app_is_enough_for_who_says_so(acme, task):
    with acme.scope():
        reminders.set_email(acme.boris, wanted=False)
        assert not reminders.wants_email(acme.boris)
    task()
    reminders.remind_due()
    assert told(acme)[0].email_due_at is None


def test_it_leads_to_the_conversation(acme, task):
    with acme.scope():
        conversation = make_conversation(make_channel())
    task(conversation=conversation)
    task()
    reminders.remind_due()
    links = {one.link for one in told(acme)}
    assert links == {f"{acme.url}/inbox/{conversation.pk}/", f"{acme.url}/tasks/"}


def test_an_overdue_one_says_so(acme, task):
    made = task()
    with acme.scope():
        Task.objects.filter(pk=made.pk).update(due_at=timezone.now() - MINUTE)
    reminders.remind_due()
    assert told(acme)[0].level == Notification.Level.WARNING
