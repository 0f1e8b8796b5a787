"""Rows of the list are kept by what they show: nobody sees what was true before, or for others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Contact
from inbox.models import Conversation

pytestmark = pytest.mark.django_db


def row_of(client, acme, talk, opened=""):
    page = client.get(f"{acme.url}/inbox/{opened}?view=all").content.decode()
    _, _, rest = page.partition(f'id="row_{talk.id}"')
    return rest.partition("</a>")[0]


@pytest.mark.parametrize(
    ("model", "change", "shown"),
    [
        (Contact, {"name": "Mary"}, ">Mary<"),
        (Conversation, {"last_message_text": "And in velvet?"}, "And in velvet?"),
        (Conversation, {"unread_count": 7}, "conversation-row__mark"),
        (Conversation, {"waiting_since": timezone.now() - timedelta(days=2)}, "clock--late"),
        (Conversation, {"last_message_kind": "voice", "last_message_text": ""}, "Voice message"),
    ],
)
def test_a_row_that_was_drawn_before_shows_what_has_changed(
    acme, talk, log_in, model, change, shown
):
    client = log_in(acme.anna)
    assert shown not in row_of(client, acme, talk)
    with acme.scope():
        model.objects.filter(pk__in=[talk.id, talk.contact_id]).update(**change)
    assert shown in row_of(client, acme, talk)


def test_the_open_one_is_marked_for_who_has_it_open(acme, talk, log_in):
    client = log_in(acme.anna)
    assert "aria-current" in row_of(client, acme, talk, f"{talk.id}/")
    assert "aria-current" not in row_of(client, acme, talk)


def test_each_reads_of_the_colleague_who_has_it(acme, talk, log_in):
    with acme.scope():
        Conversation.objects.filter(pk=talk.pk).update(status="accepted", assignee=acme.anna)
    name = acme.anna.user.name
    assert name in row_of(log_in(acme.vera), acme, talk)
    assert name not in row_of(log_in(acme.anna), acme, talk)


def test_each_reads_it_in_their_own_language_and_zone(acme, talk, log_in):
    """One after the other, and the first once more."""

    def words():
        return row_of(log_in(acme.anna), acme, talk), row_of(log_in(acme.vera), acme, talk)

    acme.vera.user.language, acme.vera.user.time_zone = "ru", "Asia/Vladivostok"
    acme.vera.user.save()
    (english, russian), again = words(), words()
    assert ">New<" in english
    assert ">Новый<" in russian
    assert english.partition("<local-time")[2] != russian.partition("<local-time")[2]
    assert again == (english, russian)


def test_rows_lead_to_the_list_that_they_stand_in(acme, talk, log_in):
    client = log_in(acme.anna)
    for view in ("all", "new", "all"):
        assert f"?view={view}" in client.get(f"{acme.url}/inbox/?view={view}").content.decode()
        page = client.get(f"{acme.url}/inbox/?view={view}").content.decode()
        assert f'/inbox/{talk.id}/?view={view}"' in page
