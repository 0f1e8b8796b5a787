"""Conversations as a table: the list's rows, more of each, many changed at once."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import TablePreference
from inbox.filters import Cursor, Filters
from inbox.models import Conversation
from inbox.queues import Queue
from tests.cast import make_channel, make_conversation
from workspaces.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def talks(acme):
    """`talks(name, minutes=, waits=)`: a conversation so long ago, whose customer waits so long."""
    with acme.scope():
        channel, now = make_channel(), timezone.now()

        def make(name, minutes=0, waits=None, **values):
            waiting = now - timedelta(minutes=waits) if waits is not None else None
            at = now - timedelta(minutes=minutes)
            return make_conversation(
                channel, name=name, last_activity_at=at, waiting_since=waiting, **values
            )

        yield make


def names(html):
    return re.findall(r'aria-label="Select: ([^"]+)"', html)


def shown(client, acme, **asked):
    answer = client.get(f"{acme.url}/inbox/table/", {"view": "all", **asked})
    assert answer.status_code == 200
    return names(answer.content.decode())


def filtering(field, op, value):
    return json.dumps({"all": [{"field": field, "op": op, "value": value}]})


def test_it_shows_what_the_list_shows(acme, talks, log_in):
    talks("Maria", 5)
    talks("Ivan", 1)
    talks("Closed", 0, status="closed")
    client = log_in(acme.boris)
    assert shown(client, acme) == ["Ivan", "Maria"]
    assert shown(client, acme, view="archive") == ["Closed"]
    assert shown(client, acme, q="mari") == ["Maria"]
    listed = client.get(f"{acme.url}/inbox/", {"view": "all"}).content.decode()
    assert listed.index("Ivan") < listed.index("Maria")
    assert f'href="{acme.url}/inbox/table/?view=all"' in listed


def test_it_is_sorted_by_its_heads_and_the_address_remembers(acme, talks, log_in):
    talks("Fresh", 0)
    talks("Short", 9, waits=2)
    talks("Old", 8)
    talks("Long", 3, waits=60)
    client = log_in(acme.boris)
    assert shown(client, acme, sort="waiting") == ["Long", "Short", "Fresh", "Old"]
    assert shown(client, acme, sort="-waiting") == ["Short", "Long", "Fresh", "Old"]
    assert shown(client, acme, sort="activity") == ["Short", "Old", "Long", "Fresh"]
    assert shown(client, acme, sort="amount; drop table") == ["Fresh", "Long", "Old", "Short"]
    url = f"{acme.url}/inbox/table/?view=all&sort=waiting"
    html = client.get(url).content.decode().replace("&amp;", "&")
    assert 'aria-sort="descending"' in html
    assert "view=all&sort=-waiting" in html


def test_pages_of_each_order_follow_each_other(acme, talks):
    for number in range(7):
        talks(f"N{number}", number, waits=number if number % 2 else None)
    for sort in ("", "waiting", "-waiting", "activity"):
        queue = Queue(acme.boris, Filters(view="all", sort=sort), Conversation.objects.all())
        whole = [row.pk for row in queue.page().rows]
        assert len(whole) == 7
        found, after = [], None
        while True:
            page = queue.page(after, rows=2)
            found += [row.pk for row in page.rows]
            if page.next is None:
                break
            after = Cursor.parse(str(page.next))
        assert found == whole, sort


def test_further_rows_come_as_a_stream(acme, talks, log_in):
    first, second = talks("First", 1), talks("Second", 2)
    place = Cursor(first.last_activity_at, first.pk)
    url = f"{acme.url}/inbox/table/?view=all&after={place}"
    answer = log_in(acme.boris).get(url, headers={"Accept": "text/vnd.turbo-stream.html"})
    assert answer["Content-Type"].startswith("text/vnd.turbo-stream.html")
    assert names(answer.content.decode()) == [second.contact.name]


def test_columns_are_chosen_and_kept(acme, talks, log_in):
    talks("Maria")
    client = log_in(acme.boris)
    html = client.get(f"{acme.url}/inbox/table/?view=all").content.decode()
    for label in ("Waits", "Stage", "Amount", "Task", "Assigned to", "Source", "Labels"):
        assert f'data-label="{label}"' in html
    asked = {"columns": ["channel", "waiting", "nonsense"], "view": "all"}
    answer = client.post(f"{acme.url}/inbox/table/columns/", asked)
    assert answer.status_code == 303
    html = client.get(answer["Location"]).content.decode()
    assert re.findall('data-label="([^"]+)"', html) == ["Channel", "Waits"]
    client.post(f"{acme.url}/inbox/table/columns/", {"reset": "1"})
    with acme.scope():
        assert not TablePreference.objects.exists()


def test_the_conditions_are_those_of_the_list(acme, talks, log_in):
    talks("Maria", waits=5)
    talks("Ivan")
    client = log_in(acme.boris)
    waiting = filtering("unanswered", "eq", True)
    assert shown(client, acme, filter=waiting) == ["Maria"]
    listed = client.get(f"{acme.url}/inbox/", {"view": "all", "filter": waiting}).content.decode()
    assert "Ivan" not in listed
    assert "The customer waits: yes" in listed
    asked = {"view": "all", "filter": filtering("contact.name", "starts_with", "i")}
    assert client.get(f"{acme.url}/inbox/found/", asked).json() == {"words": "1 conversation"}
    panel = client.get(f"{acme.url}/inbox/conditions/?at=table&view=all&unread=1").content.decode()
    assert f'action="{acme.url}/inbox/table/"' in panel
    assert 'name="unread" value="1"' in panel
    for word in ("contact.labels", "deal.stage", "deal.fields", "waiting_since"):
        assert word in panel or word == "deal.fields"


@pytest.mark.parametrize(
    "text", ["{", "[]", "7", '{"any": {}}', '{"field": "pk", "op": "eq", "value": 1}', "[" * 900]
)
def test_conditions_that_cannot_be_read_are_a_400_and_show_nobody(acme, talks, log_in, text):
    talks("Maria")
    client = log_in(acme.boris)
    for page in ("", "table/"):
        answer = client.get(f"{acme.url}/inbox/{page}", {"view": "all", "filter": text})
        assert answer.status_code == 400
        html = answer.content.decode()
        assert 'role="alert"' in html
        assert "Maria" not in html
    assert "error" in client.get(f"{acme.url}/inbox/found/", {"filter": text}).json()


def test_many_are_given_closed_settled_labelled_and_reopened(acme, talks, log_in):
    both = [talks("Maria", waits=3), talks("Ivan", waits=4)]
    client = log_in(acme.anna)

    def do(**asked):
        answer = client.post(
            f"{acme.url}/inbox/table/bulk/",
            {"ids": [one.pk for one in both], "view": "all", "sort": "waiting", **asked},
        )
        assert answer.status_code == 303
        assert answer["Location"] == f"{acme.url}/inbox/table/?view=all&sort=waiting"
        for one in both:
            one.refresh_from_db()

    do(member=acme.boris.pk)
    assert {one.assignee_id for one in both} == {acme.boris.pk}
    do(team=acme.support.pk, action="assign")
    assert {(one.assignee_id, one.team_id) for one in both} == {(None, acme.support.pk)}
    do(action="settle")
    assert {one.waiting_since for one in both} == {None}
    do(action="label", label=" VIP ")
    do(action="label", label="VIP")
    assert [list(one.contact.labels.values_list("name", flat=True)) for one in both] == [
        ["VIP"]
    ] * 2
    do(action="close")
    assert {one.status for one in both} == {"closed"}
    do(action="reopen")
    assert "closed" not in {one.status for one in both}
    page = client.get(
        f"{acme.url}/inbox/table/?view=all", headers={"Turbo-Frame": "conversations_table"}
    )
    assert "Done with 2 conversations" in page.content.decode()


def test_all_that_is_found_can_be_changed_at_once(acme, talks, log_in):
    talks("Maria", waits=3)
    other = talks("Ivan")
    asked = {"all": "1", "view": "all", "filter": filtering("unanswered", "eq", True)}
    log_in(acme.anna).post(f"{acme.url}/inbox/table/bulk/", {**asked, "action": "close"})
    assert Conversation.objects.get(status="closed").contact.name == "Maria"
    assert Conversation.objects.get(pk=other.pk).status == "new"


def test_whoever_comes_second_is_told_who_took_it(acme, talks, log_in):
    found = talks("Maria")
    url = f"{acme.url}/inbox/table/bulk/"
    log_in(acme.boris).post(url, {"take": found.pk})
    client = log_in(acme.anna)
    client.post(url, {"take": found.pk})
    found.refresh_from_db()
    assert found.assignee_id == acme.boris.pk
    frame = {"Turbo-Frame": "conversations_table"}
    page = client.get(f"{acme.url}/inbox/table/?view=all", headers=frame).content.decode()
    assert "Boris has already taken this conversation." in page


def test_nobody_changes_what_they_may_not(acme, talks, log_in):
    hidden = talks("Maria", team=acme.support)
    url = f"{acme.url}/inbox/table/bulk/"
    boris = log_in(acme.boris)
    assert boris.post(url, {"ids": [hidden.pk], "action": "close"}).status_code == 303
    hidden.refresh_from_db()
    assert hidden.status == "new"
    open_one = talks("Ivan")
    asked = {"ids": [open_one.pk], "member": acme.marta.pk}
    assert boris.post(url, asked).status_code == 404
    assert boris.post(url, {"ids": [open_one.pk], "action": "erase"}).status_code == 404
    assert boris.post(url, {"ids": ["x"], "action": "close"}).status_code == 303
    acme.marta.role = Role.ANALYST
    acme.marta.save()
    assert log_in(acme.marta).post(url, {"action": "close"}).status_code == 403
