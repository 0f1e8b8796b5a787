"""Tasks: made, changed, done once, due again once; who may and who hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from contacts import merging
from contacts.models import Contact
from crm.actions import (
    assign_task,
    complete_all,
    complete_task,
    create_task,
    delete_task,
    move_deal,
    reopen_task,
    update_task,
)
from crm.models import Task
from crm.task_facts import audience_of
from events import types
from events.audience import Listener
from events.models import Event
from inbox.models import Conversation
from tests.cast import make_channel, make_conversation
from workspaces.models import Visibility
from workspaces.repointing import repoint
from workspaces.scope import current_scope
from workspaces.zones import local_day, zone

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def soon(hours=1):
    return (timezone.now() + hours * HOUR).replace(microsecond=0)


@pytest.fixture
def task(sales):
    """`task(...)` makes one of boris, due in an hour."""

    def make(text="Call Maria", **values):
        values = {"due_at": soon(), "by": sales.acme.boris, **values}
        return create_task(text=text, **values)

    return make


def facts(action=None):
    pending = [item for item in current_scope().pending if isinstance(item, Event)]
    return [event for event in pending if action in (None, event.action)]


def test_a_task_is_its_makers_unless_somebody_is_named(sales, task):
    assert task().owner == sales.acme.boris
    assert task(owner=sales.acme.vera).owner == sales.acme.vera
    assert task(owner=None).owner is None


def test_without_a_time_it_is_due_by_the_end_of_the_day_there(sales, task):
    due = datetime(2026, 11, 29, 22, 30, tzinfo=UTC)  # the 30th in Moscow
    made = task(due_at=due, has_time=False)
    assert made.due_at.astimezone(zone()).isoformat() == "2026-11-30T23:59:59+03:00"
    assert not made.is_overdue


def test_the_contact_of_a_deal_or_a_conversation_is_the_tasks(sales, task):
    deal = sales.deal()
    conversation = make_conversation(make_channel())
    assert task(deal=deal).contact_id == deal.contact_id
    assert task(conversation=conversation).contact_id == conversation.contact_id


def test_what_belongs_to_different_customers_is_refused(sales, task):
    deal, other = sales.deal(), Contact.objects.create(name="Other")
    with pytest.raises(ValidationError, match="one customer"):
        task(deal=deal, contact=other)
    with pytest.raises(ValidationError, match="one customer"):
        task(deal=deal, conversation=make_conversation(make_channel()))
    with pytest.raises(ValidationError, match="one customer"):
        update_task(task(deal=deal), contact=other, by=sales.acme.boris)


def test_leaving_the_deal_keeps_the_customer(sales, task):
    deal = sales.deal()
    made = update_task(task(deal=deal), deal=None, by=sales.acme.boris)
    assert (made.deal_id, made.contact_id) == (None, deal.contact_id)


@pytest.mark.parametrize(
    "values",
    [
        {"text": "  "},
        {"text": "x" * 501},
        {"kind": "dance"},
        {"repeat": "hourly"},
        {"due_at": None},
        {"due_at": datetime(9000, 1, 1, tzinfo=UTC)},
    ],
)
def test_nonsense_is_refused_by_field(task, values):
    with pytest.raises(ValidationError) as refused:
        task(**values)
    assert set(refused.value.message_dict) == set(values)


def test_a_task_cannot_be_given_to_who_may_not_work_with_it(sales, task):
    with pytest.raises(ValidationError, match="role"):
        task(owner=sales.acme.marta)
    with pytest.raises(ValidationError, match="role"):
        assign_task(task(), to=sales.acme.marta, by=sales.acme.boris)


def test_who_may_only_read_changes_nothing(sales, task):
    made, marta = task(), sales.acme.marta
    for act in (complete_task, reopen_task, delete_task, update_task):
        with pytest.raises(PermissionDenied):
            act(made, by=marta)
    with pytest.raises(PermissionDenied):
        create_task(text="x", due_at=soon(), by=marta)


def test_changes_are_told_with_before_and_after_and_a_repetition_is_not(sales, task):
    made = task()
    due = soon(30)
    update_task(made, due_at=due, text="Write", by=sales.acme.boris)
    update_task(made, due_at=due, text="Write", by=sales.acme.boris)
    (fact,) = facts(types.TASK_UPDATED)
    assert fact.data["changes"]["text"] == {"before": "Call Maria", "after": "Write"}
    assert set(fact.data["changes"]) == {"text", "due_at"}


def test_done_twice_is_done_once(sales, task):
    made = task()
    first = complete_task(made, by=sales.acme.boris, result="Agreed on Thursday")
    again = complete_task(made, by=sales.acme.vera)
    assert (again.done_at, again.done_by) == (first.done_at, sales.acme.boris)
    assert again.result == "Agreed on Thursday"
    assert len(facts(types.TASK_DONE)) == 1


def test_a_result_may_come_later(sales, task):
    made = complete_task(task(), by=sales.acme.boris)
    assert complete_task(made, by=sales.acme.boris, result="No answer").result == "No answer"


def test_what_was_not_done_after_all_is_to_do_again(sales, task):
    made = reopen_task(complete_task(task(), by=sales.acme.boris, result="x"), by=sales.acme.boris)
    assert (made.done_at, made.done_by, made.result) == (None, None, "")
    reopen_task(made, by=sales.acme.boris)
    assert len(facts(types.TASK_REOPENED)) == 1


def test_what_repeats_is_due_again_once(sales, task):
    deal = sales.deal()
    made = task(repeat="weekly", deal=deal, remind_at=soon() - HOUR / 2)
    complete_task(made, by=sales.acme.boris)
    complete_task(made, by=sales.acme.boris)
    following = Task.objects.get(done_at=None)
    assert following.due_at == made.due_at + timedelta(days=7)
    assert following.remind_at == following.due_at - HOUR / 2
    assert (following.text, following.deal, following.owner) == (made.text, deal, made.owner)
    reopen_task(made, by=sales.acme.boris)
    complete_task(made, by=sales.acme.boris)
    assert Task.objects.to_do().count() == 1


def test_a_series_keeps_its_day_through_short_months(sales, task):
    start = datetime(2099, 1, 31, 9, tzinfo=UTC)
    task(repeat="monthly", due_at=start)
    for _ in range(3):
        complete_task(Task.objects.get(done_at=None), by=sales.acme.boris)
    due = [made.due_at.day for made in Task.objects.by_due()]
    assert due == [31, 28, 31, 30]


def test_another_rhythm_begins_anew(sales, task):
    made = task(repeat="weekly")
    due = soon(40)
    made = update_task(made, repeat="daily", due_at=due, by=sales.acme.boris)
    assert made.series_start == due
    assert update_task(made, repeat="", by=sales.acme.boris).series_start is None


def test_a_reminder_moves_along_and_reminds_again(sales, task):
    made = task(remind_at=soon() - HOUR / 4)
    Task.objects.update(reminded_at=timezone.now())
    made = update_task(made, due_at=soon(48), by=sales.acme.boris)
    assert made.due_at - made.remind_at == HOUR / 4
    assert made.reminded_at is None


def test_deleting_takes_the_series_with_it(sales, task):
    made = task(repeat="daily")
    delete_task(made, by=sales.acme.boris)
    delete_task(made, by=sales.acme.boris)
    assert not Task.objects.exists()
    assert len(facts(types.TASK_DELETED)) == 1
    with pytest.raises(ValidationError, match="no longer"):
        complete_task(made, by=sales.acme.boris)


def test_closing_a_deal_leaves_its_tasks_until_somebody_ends_them(sales, task):
    deal = sales.deal()
    task(deal=deal), task(deal=deal)
    move_deal(deal, to=sales.stages["Paid"], by=sales.acme.boris)
    assert deal.tasks.to_do().count() == 2
    assert complete_all(deal.tasks, by=sales.acme.boris) == 2
    assert complete_all(deal.tasks, by=sales.acme.boris) == 0


def test_closing_a_conversation_leaves_its_tasks(sales, task):
    conversation = make_conversation(make_channel(), assignee=sales.acme.boris)
    made = task(conversation=conversation)
    conversation.close(by=sales.acme.boris)
    assert Task.objects.to_do().get() == made


def test_tasks_follow_a_customer_who_turns_out_to_be_another(sales, task):
    channel = make_channel()
    gone, kept = make_conversation(channel), make_conversation(channel, name="Maria P.")
    about_contact = task(contact=gone.contact)
    about_conversation = task(conversation=gone)
    connection.ensure_connection()
    raw = connection.connection
    workspace = sales.acme.workspace.id
    merging.absorb(raw, workspace, absorbed=gone.contact_id, kept=kept.contact_id)
    repoint(raw, Conversation, workspace, absorbed=gone.pk, kept=kept.pk)
    for made in (about_contact, about_conversation):
        made.refresh_from_db()
        assert made.contact_id == kept.contact_id
    assert about_conversation.conversation_id == kept.pk


def test_own_given_and_teammates_tasks_are_seen(sales, task):
    acme = sales.acme
    own, given = task("own"), task("given", owner=acme.vera)
    others = task("others", by=acme.vera)
    unowned = task("nobody's", by=acme.owner, owner=None)
    seen = Task.objects.visible_to(acme.boris)
    assert set(seen) == {own, given}
    acme.vera.team_memberships.create(team=acme.sales)
    assert set(seen.all()) == {own, given, others}
    assert set(Task.objects.visible_to(acme.anna)) == {own, given, others, unowned}
    acme.boris.visibility = Visibility.OWN
    assert set(Task.objects.visible_to(acme.boris)) == {own, given}


def test_who_sees_a_task_hears_of_it_and_nobody_else(sales, task):
    acme = sales.acme
    for owner in (acme.boris, acme.vera, None):
        for author in (acme.boris, acme.vera, acme.anna):
            made = task(owner=owner, by=author)
            for member in (acme.boris, acme.vera, acme.anna):
                for visibility in Visibility.values:
                    member.visibility = visibility
                    sees = Task.objects.visible_to(member).filter(pk=made.pk).exists()
                    assert audience_of(made).includes(Listener.of(member)) is sees
                member.refresh_from_db(fields=["visibility"])


def test_an_overdue_one_is_counted(sales, task):
    late, coming = task(due_at=soon(-2)), task()
    assert list(Task.objects.overdue()) == [late]
    assert (late.is_overdue, coming.is_overdue) == (True, False)
    assert local_day(late.due_at) <= local_day(timezone.now())
