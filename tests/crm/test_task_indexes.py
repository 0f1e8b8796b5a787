"""Lists of tasks walk their indexes, however many tasks there are."""

import pytest
from django.db import connection

from contacts.models import Contact
from crm.models import Task
from crm.my_day import Filters
from workspaces.scope import current_workspace_id
from workspaces.zones import moments

pytestmark = pytest.mark.django_db
COUNT = 20_000
FILL = """
    insert into crm_task (id, workspace_id, created_at, kind, text, due_at, has_time, owner_id,
        repeat, result, done_at, remind_at)
    select gen_random_uuid(), %(workspace)s, now(), 'call', 'Task ' || n,
        now() + (n - %(count)s / 2) * interval '1 minute', true,
        case when n %% 50 = 0 then %(boris)s::uuid else %(anna)s::uuid end, '', '',
        case when n %% 3 > 0 then now() - n * interval '1 minute' end,
        case when n %% 20 = 0 then now() + (n - %(count)s / 2) * interval '1 minute' end
    from generate_series(1, %(count)s) n
"""


@pytest.fixture
def many(acme):
    with acme.scope(), connection.cursor() as cursor:
        values = {"workspace": current_workspace_id(), "count": COUNT}
        cursor.execute(FILL, {**values, "boris": acme.boris.pk, "anna": acme.anna.pk})
        with connection.cursor() as owner:
            owner.execute("reset role")
            owner.execute("analyze crm_task")
            owner.execute("set role tandem_app")
        yield acme


def plan(rows):
    return rows.explain(analyze=True)


def read_rows(text):
    """How many rows the plan's leaf has looked at, discarded ones included."""
    discarded = [
        int(line.rpartition(":")[2])
        for line in text.splitlines()
        if "Rows Removed by Filter" in line
    ]
    return sum(discarded)


@pytest.mark.parametrize(
    ("name", "index"),
    [("late", "task_mine"), ("coming", "task_mine"), ("waiting", "task_mine")],
)
def test_ones_own_day_walks_its_index(many, name, index):
    when = moments()
    mine = Filters().narrow(Task.objects.visible_to(many.boris), many.boris)
    rows = {
        "late": mine.overdue().by_due()[:61],
        "coming": mine.to_do().filter(due_at__gte=when.now).by_due()[:61],
        "waiting": mine.to_do()
        .filter(due_at__lt=when.ends(when.today))
        .values_list("due_at")[:1000],
    }[name]
    text = plan(rows)
    assert index in text, text
    assert "Seq Scan" not in text
    assert read_rows(text) < 1000


def test_everybodys_list_walks_its_index(many):
    everything = Task.objects.visible_to(many.anna)
    text = plan(everything.order_by("due_at", "id")[:51])
    assert "task_due" in text, text
    text = plan(everything.overdue().by_due()[:61])
    assert "task_to_do" in text, text
    text = plan(everything.done().order_by("-done_at", "-id")[:20])
    assert "task_done" in text, text


def test_a_card_asks_only_for_its_own(many):
    contact = Contact.objects.create(name="Maria")
    Task.objects.filter(pk=Task.objects.values("pk")[:1]).update(contact=contact)
    text = plan(Task.objects.filter(contact=contact).to_do().by_due()[:20])
    assert "task_contact" in text, text


def test_what_is_due_to_remind_is_found_without_reading_the_others(many):
    with connection.cursor() as cursor:
        cursor.execute("reset role")
        cursor.execute(
            "explain (analyze) select workspace_id, id from crm_task where done_at is null and"
            " reminded_at is null and remind_at is not null and remind_at <= now()"
            " order by remind_at limit 50"
        )
        text = "\n".join(row[0] for row in cursor.fetchall())
        cursor.execute("set role tandem_app")
    assert "task_reminder" in text, text
