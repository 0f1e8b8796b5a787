"""Tasks on their page and beside what they are about."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Contact
from crm.actions import complete_task, create_deal, create_task, move_deal
from crm.models import Task, TaskPreference
from crm.my_day import Filters, groups, waiting, week
from tests.cast import make_channel, make_conversation
from workspaces.scope import workspace_scope
from workspaces.zones import local_day, zone

pytestmark = pytest.mark.django_db
FRAME = {"Turbo-Frame": "tasks"}


def at(hours=0, days=0):
    """So far from noon of today."""
    noon = timezone.now().astimezone(zone()).replace(hour=12, minute=0, second=0, microsecond=0)
    return noon + timedelta(hours=hours, days=days)


@pytest.fixture
def task(acme):
    """`task(text, **values)` makes one of boris."""

    def make(text="Call Maria", **values):
        with acme.scope():
            values = {"due_at": at(days=1), "by": acme.boris, **values}
            return create_task(text=text, **values)

    return make


@pytest.fixture
def page(acme, log_in):
    """The page of boris: `page.get(...)`, `page.post(...)` under /tasks/."""
    client = log_in(acme.boris)

    class Page:
        def get(self, path="", **headers):
            return client.get(f"{acme.url}/tasks/{path}", headers=headers)

        def post(self, path="", **data):
            return client.post(f"{acme.url}/tasks/{path}", data)

    return Page()


def reload(task):
    with workspace_scope(task.workspace_id):
        return Task.objects.filter(pk=task.pk).first()


def test_a_day_has_its_groups(acme, task):
    with acme.scope():
        end = {"has_time": False}
        late = task(due_at=timezone.now() - timedelta(minutes=5))
        today, tomorrow = task(due_at=at(), **end), task(due_at=at(days=1), **end)
        later, done = task(due_at=at(days=2)), task()
        complete_task(done, by=acme.boris)
        found = {group.key: group.tasks for group in groups(Filters(), acme.boris)}
        assert waiting(acme.boris) == (1, 1)
    assert found == {
        "overdue": [late],
        "today": [today],
        "tomorrow": [tomorrow],
        "later": [later],
        "done": [done],
    }


def test_the_rail_counts_what_is_overdue_or_due_today(acme, task, page):
    assert "count" not in page.get("count/").text
    with acme.scope():
        day = at()
    task(due_at=day, has_time=False)
    task(due_at=day + timedelta(days=1), has_time=False)
    task(due_at=day, has_time=False, owner=acme.anna)
    assert 'aria-label="1 for today"' in page.get("count/").text
    task(due_at=timezone.now() - timedelta(hours=1))
    assert 'aria-label="1 overdue, 1 for today"' in page.get("count/").text
    assert f'src="{acme.url}/tasks/count/"' in page.get().text


def test_filters_narrow(acme, task):
    with acme.scope():
        deal = create_deal(contact=Contact.objects.create(name="Maria"), by=acme.anna)
        own, call = task("own"), task("call", kind="call")
        annas = task("anna's", owner=acme.anna, by=acme.anna)
        acme.vera.team_memberships.create(team=acme.sales)
        veras = task("vera's", owner=acme.vera, by=acme.vera, deal=deal)

        def found(**values):
            filters = Filters(**values)
            return {one for group in groups(filters, acme.boris) for one in group.tasks}

        assert found() == {own, call}
        assert found(whose="team") == found(whose="all") == {own, call, veras}
        assert found(kind="call") == {call}
        assert found(whose="all", about="deal") == {veras}
        assert found(about="nothing") == {own, call}
        everything = {
            one for group in groups(Filters(whose="all"), acme.anna) for one in group.tasks
        }
        assert everything == {own, call, annas, veras}


def test_a_week_shows_each_day(acme, task):
    with acme.scope():
        monday = at(days=-local_day(timezone.now()).weekday())
        first, last = task(due_at=monday), task(due_at=monday + timedelta(days=6))
        other = task(due_at=monday + timedelta(days=7))
        days = week(Filters(view="week"), acme.boris)
        assert [day.tasks for day in days] == [[first], [], [], [], [], [], [last]]
        assert week(Filters(view="week", week=1), acme.boris)[0].tasks == [other]


@pytest.mark.parametrize(
    "address",
    ["", "?view=week", "?view=week&week=-3", "?whose=all&kind=call&about=deal", "?week=x&kind=y"],
)
def test_the_page_opens(page, task, address):
    task()
    assert page.get(address).status_code == 200
    assert "<html" not in page.get(address, **FRAME).text


def test_an_empty_day_teaches_the_next_step(page):
    assert "Call Olga tomorrow" in page.get().text


def test_a_text_is_escaped(page, task):
    task("<script>alert(1)</script>")
    assert "<script>alert(1)" not in page.get().text


def test_one_line_makes_a_task(acme, page):
    answer = page.post(text="Call Olga tomorrow at 15:00")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{acme.url}/tasks/")
    with acme.scope():
        made = Task.objects.get()
        assert (made.text, made.kind, made.owner) == ("Call Olga", "call", acme.boris)
        assert made.due_at == at(hours=3, days=1)


def test_a_day_that_is_chosen_leaves_the_line_as_it_is(acme, page):
    page.post(text="Call Olga tomorrow", day="2099-05-06", hour="10:30")
    with acme.scope():
        made = Task.objects.get()
        assert made.text == "Call Olga tomorrow"
        assert f"{made.due_at.astimezone(zone()):%Y-%m-%d %H:%M}" == "2099-05-06 10:30"


@pytest.mark.parametrize(
    "data", [{}, {"text": " "}, {"text": "x" * 501}, {"text": "x", "day": "?"}]
)
def test_a_line_that_says_nothing_is_a_422_in_words(acme, page, data):
    answer = page.post(**data)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    with acme.scope():
        assert not Task.objects.exists()


def test_a_deed_leads_back_to_where_it_was_done(acme, page, task):
    made = task()
    place = f"{acme.url}/tasks/?whose=all"
    assert page.post(f"{made.pk}/completion/", back=place).headers["Location"] == place
    for foreign in ("https://evil.example/", "//evil.example/", "/w/rival/tasks/", "\\\\evil"):
        answer = page.post(f"{made.pk}/reopening/", back=foreign)
        assert answer.headers["Location"] == f"{acme.url}/tasks/"


def test_deeds_change_the_task(acme, page, task):
    made = task()
    page.post(f"{made.pk}/completion/", result="Agreed")
    page.post(f"{made.pk}/completion/", result="Agreed")
    assert (reload(made).is_done, reload(made).result) == (True, "Agreed")
    page.post(f"{made.pk}/reopening/")
    assert not reload(made).is_done
    page.post(f"{made.pk}/move/", day="2099-01-31")
    assert reload(made).due_at == made.due_at.replace(year=2099, month=1, day=31)
    assert page.post(f"{made.pk}/move/", day="soon").status_code == 422
    assert page.post(f"{made.pk}/move/", day="2099-02-31").status_code == 422
    page.post(f"{made.pk}/deletion/")
    assert reload(made) is None


def test_the_form_shows_and_changes_everything(acme, page, task):
    made = task(remind_at=None)
    form = page.get(f"?edit={made.pk}", **FRAME).text
    assert f'action="{acme.url}/tasks/{made.pk}/"' in form
    answer = page.post(
        f"{made.pk}/",
        text="Meet Maria",
        kind="meet",
        day="2099-03-04",
        hour="10:00",
        reminder="60",
        repeat="weekly",
        owner=str(acme.vera.pk),
    )
    assert answer.status_code == 303
    now = reload(made)
    assert (now.text, now.kind, now.repeat, now.owner_id) == (
        "Meet Maria",
        "meet",
        "weekly",
        acme.vera.pk,
    )
    assert now.due_at - now.remind_at == timedelta(hours=1)
    bad = page.post(f"{made.pk}/", text="", kind="dance", day="", owner=str(acme.marta.pk))
    assert bad.status_code == 422


def test_a_reminder_of_its_own_survives_the_form(acme, page, task):
    with acme.scope():
        due = at(days=3)
    made = task(due_at=due, remind_at=due - timedelta(minutes=45))
    page.post(
        f"{made.pk}/", text="x", kind="call", day=f"{due + timedelta(days=1):%Y-%m-%d}",
        hour="12:00", reminder="45", repeat="", owner=str(acme.boris.pk),
    )  # fmt: skip
    now = reload(made)
    assert now.due_at - now.remind_at == timedelta(minutes=45)


def test_who_may_only_read_sees_and_changes_nothing(acme, task, log_in):
    made = task()
    client = log_in(acme.marta)
    text = client.get(f"{acme.url}/tasks/?whose=all").text
    assert made.text in text
    assert 'popovertarget="finish' not in text
    for path in ("", f"{made.pk}/", f"{made.pk}/completion/", f"{made.pk}/deletion/"):
        assert client.post(f"{acme.url}/tasks/{path}", {"text": "x"}).status_code == 403


def test_anothers_task_is_not_there(acme, rival, task, page, log_in):
    made = task(owner=acme.anna, by=acme.anna)
    deeds = ["", "completion/", "reopening/", "move/", "deletion/"]
    for deed in deeds:
        assert page.post(f"{made.pk}/{deed}", day="2099-01-01").status_code == 404
    assert log_in(rival.rita).get(f"{acme.url}/tasks/").status_code == 404


def test_what_one_may_not_see_cannot_get_a_task(acme, page):
    with acme.scope():
        hidden = create_deal(
            contact=Contact.objects.create(name="Maria"), owner=acme.anna, team=acme.support,
            by=acme.anna,
        )  # fmt: skip
    assert page.post(text="x", deal=str(hidden.pk)).status_code == 404
    assert page.post(text="x", deal="no id").status_code == 404
    assert page.get(f"deals/{hidden.pk}/").status_code == 404


def test_a_conversations_card_has_the_tasks_of_its_customer(acme, page, task, log_in):
    with acme.scope():
        conversation = make_conversation(make_channel(), assignee=acme.boris)
    here = f"{acme.url}/tasks/conversations/{conversation.pk}/"
    card = log_in(acme.boris).get(f"{acme.url}/inbox/{conversation.pk}/").text
    assert f'src="{here}"' in card
    page.post(text="Send samples tomorrow", conversation=str(conversation.pk), back=here)
    task("Of the customer", contact=conversation.contact)
    shown = page.get(f"conversations/{conversation.pk}/").text
    assert 'id="card_tasks"' in shown
    assert "Send samples" in shown
    assert "Of the customer" in shown
    made = page.get(f"contacts/{conversation.contact_id}/").text
    assert "Send samples" in made


def test_a_closed_deal_asks_what_becomes_of_its_tasks(acme, page, task):
    with acme.scope():
        deal = create_deal(
            contact=Contact.objects.create(name="Maria"), owner=acme.boris, by=acme.boris
        )
    first = task(deal=deal)
    assert "still to do" not in page.get(f"deals/{deal.pk}/").text
    with acme.scope():
        move_deal(deal, to=deal.pipeline.stages.get(group="won"), by=acme.boris)
    assert "The deal is closed, but 1 task is still to do." in page.get(f"deals/{deal.pk}/").text
    assert not reload(first).is_done
    assert page.post(f"deals/{deal.pk}/").status_code == 303
    assert reload(first).is_done


def test_being_reminded_by_e_mail_is_ones_own_choice(acme, page):
    assert " checked" in page.get("preference/").text
    page.post("preference/")
    assert " checked" not in page.get("preference/").text
    with acme.scope():
        assert TaskPreference.objects.get().reminds_by_email is False
    page.post("preference/", by_email="1")
    with acme.scope():
        assert TaskPreference.objects.get().reminds_by_email is True


def test_the_rail_shows_tasks_to_who_may_read_them(acme, log_in):
    text = log_in(acme.boris).get(f"{acme.url}/settings/profile/").text
    assert f'href="{acme.url}/tasks/"' in text


def test_the_page_costs_the_same_however_many_there_are(acme, task, page):
    with acme.scope():
        contacts = [Contact.objects.create(name=f"C{n}") for n in range(30)]
    for number, contact in enumerate(contacts):
        task(f"Task {number}", contact=contact)
    page.get()
    with CaptureQueriesContext(connection) as asked:
        page.get()
    plumbing = ("SAVEPOINT", "set_config")
    queries = [one["sql"] for one in asked.captured_queries]
    queries = [sql for sql in queries if not any(word in sql for word in plumbing)]
    assert len(queries) <= 8, queries
