"""Taking, handing over, closing: the buttons of a conversation's head."""

from uuid import uuid4

import pytest
from django.utils import timezone

from events import types
from events.models import Event
from inbox.models import Conversation
from tests.cast import make_channel, make_conversation, make_message
from workspaces.models import Visibility

pytestmark = pytest.mark.django_db

VERBS = [
    "acceptance",
    "assignment",
    "closure",
    "reopening",
    "settlement",
    "reading",
    "unreading",
]


@pytest.fixture
def talk(acme):
    with acme.scope():
        talk = make_conversation(
            make_channel(), status="new", unread_count=2, waiting_since=timezone.now()
        )
        make_message(talk, "Is it in stock?")
        return talk


@pytest.fixture
def post(acme, talk, log_in):
    def make(verb, who=None, **values):
        url = f"{acme.url}/inbox/{talk.id}/{verb}/"
        return log_in(who or acme.boris).post(url, values)

    return make


def now(acme):
    with acme.scope():
        return Conversation.objects.get()


def actions(acme):
    with acme.scope():
        events = Event.objects.filter(conversation_id__isnull=False).order_by("seq")
        return [event.action for event in events]


@pytest.mark.parametrize("verb", VERBS)
def test_strangers_get_404_and_readers_403(acme, rival, talk, log_in, verb):
    url = f"{acme.url}/inbox/{talk.id}/{verb}/"
    assert log_in(rival.rita).post(url).status_code == 404
    assert log_in(acme.marta).post(url).status_code == 403
    assert actions(acme) == []


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "assignment"])
def test_nothing_happens_by_looking(acme, talk, log_in, verb):
    assert log_in(acme.boris).get(f"{acme.url}/inbox/{talk.id}/{verb}/").status_code == 405


def test_take(acme, post):
    assert post("acceptance").status_code == 303
    assert (now(acme).status, now(acme).assignee_id) == ("accepted", acme.boris.id)
    assert post("acceptance").status_code == 303
    assert actions(acme) == [types.CONVERSATION_ACCEPTED]


def test_who_is_second_is_told_who_was_first(acme, talk, log_in, post):
    with acme.scope():
        talk.accept(by=acme.vera)
    client = log_in(acme.boris)
    with acme.scope():
        Conversation.objects.update(team=acme.sales)
    answer = client.post(f"{acme.url}/inbox/{talk.id}/acceptance/", follow=True)
    assert "Vera has already taken this conversation." in answer.content.decode()
    assert now(acme).assignee_id == acme.vera.id


def test_hand_over_to_a_colleague_and_to_a_team(acme, talk, log_in, post):
    menu = log_in(acme.anna).get(f"{acme.url}/inbox/{talk.id}/assignment/").content.decode()
    assert "Boris" in menu
    assert "Support" in menu
    assert "Marta" not in menu
    assert post("assignment", acme.anna, member=str(acme.boris.id)).status_code == 303
    assert now(acme).assignee_id == acme.boris.id
    assert post("assignment", acme.anna, team=str(acme.support.id)).status_code == 303
    assert (now(acme).assignee_id, now(acme).team_id) == (None, acme.support.id)
    assert now(acme).status == "new"


def test_whoever_gives_a_conversation_out_of_sight_goes_back_to_the_list(acme, post):
    answer = post("assignment", acme.boris, team=str(acme.support.id))
    assert answer.headers["Location"] == f"{acme.url}/inbox/"


def test_back_to_new(acme, talk, post):
    post("acceptance")
    assert post("assignment", nobody="1").status_code == 303
    assert (now(acme).status, now(acme).assignee_id) == ("new", None)


@pytest.mark.parametrize("values", [{}, {"member": "x"}, {"member": str(uuid4())}])
def test_hand_over_to_nobody_known_is_not_found(acme, talk, post, values):
    assert post("assignment", **values).status_code == 404


def test_only_who_may_write_is_given_conversations(acme, talk, post):
    assert post("assignment", member=str(acme.marta.id)).status_code == 404


def test_close_and_reopen(acme, post):
    assert post("closure").status_code == 303
    assert (now(acme).status, now(acme).waiting_since) == ("closed", None)
    assert post("reopening").status_code == 303
    assert (now(acme).status, now(acme).assignee_id) == ("accepted", acme.boris.id)


def test_reading_clears_the_count_and_not_the_debt(acme, post):
    assert post("reading").status_code == 204
    assert (now(acme).unread_count, now(acme).waiting_since is not None) == (0, True)


def test_mark_unread_leads_back_to_the_list(acme, talk, post):
    post("reading")
    answer = post("unreading")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(f"{acme.url}/inbox/?")
    assert now(acme).unread_count == 1


def test_no_reply_needed_stops_the_clock(acme, post):
    assert post("settlement").status_code == 303
    assert now(acme).waiting_since is None


def test_a_supervisor_who_looks_does_not_read_for_the_agent(acme, talk, log_in):
    with acme.scope():
        talk.accept(by=acme.boris)
    url = f"{acme.url}/inbox/{talk.id}/"
    assert 'data-reading-allowed-value="false"' in log_in(acme.anna).get(url).content.decode()
    with acme.scope():
        type(acme.boris).objects.filter(pk=acme.boris.pk).update(visibility=Visibility.ALL)
    assert 'data-reading-allowed-value="true"' in log_in(acme.boris).get(url).content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": "paused"}, "The channel is paused"),
        ({"status": "disconnected"}, "disconnected"),
        ({"status": "broken"}, "has not been sending since"),
    ],
)
def test_the_composer_says_why_it_cannot_send(acme, talk, log_in, change, words):
    with acme.scope():
        type(talk.channel).objects.update(**change)
    page = log_in(acme.boris).get(f"{acme.url}/inbox/{talk.id}/").content.decode()
    assert words in page
    assert ("data-wall" in page) == (change["status"] != "broken")


def test_the_composer_says_that_the_customer_is_gone(acme, talk, log_in):
    with acme.scope():
        type(talk.identity).objects.update(is_reachable=False, unreachable_reason="blocked us")
    page = log_in(acme.boris).get(f"{acme.url}/inbox/{talk.id}/").content.decode()
    assert "cannot be written to here. Blocked us" in page
