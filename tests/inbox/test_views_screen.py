"""The inbox's page and its frames: who sees what, and what it costs."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Contact
from events import types
from inbox.models import Attachment, Conversation, Reaction
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.hostile import HOSTILE, assert_harmless
from workspaces.models import Role

pytestmark = pytest.mark.django_db

# Session, user, the workspace and membership behind the address, the scope's beginning, membership,
# what a member of few teams may see, the journal's end; and, in a test's transaction only, the
# scope's end.
OF_EVERY_PAGE = 8
OF_THE_LIST = 6


def url_of(acme, talk):
    return f"{acme.url}/inbox/{talk.id}/"


def counted(client, url, **headers):
    client.get(url, headers=headers)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get(url, headers=headers)
    assert response.status_code == 200
    own = [q["sql"] for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    return len(own), response


def test_the_list_shows_conversations(acme, talk, log_in):
    page = log_in(acme.anna).get(f"{acme.url}/inbox/?view=new").content.decode()
    assert "Maria" in page
    assert f'id="row_{talk.id}"' in page
    assert "Choose a conversation" in page


def test_a_conversation_has_its_own_address(acme, talk, log_in):
    page = log_in(acme.anna).get(url_of(acme, talk)).content.decode()
    assert "Is it in stock?" in page
    assert f'data-live-topic="conversation:{talk.id}"' in page
    assert 'id="composer_text"' in page


@pytest.mark.parametrize(
    ("frame", "holds", "lacks"),
    [
        ("queue", 'id="conversations"', "<html"),
        ("conversation", 'role="log"', 'id="conversations"'),
        ("conversation_head", "thread-head", 'role="log"'),
        ("conversation_gate", "conversation_gate", "thread-head"),
    ],
)
def test_a_frame_gets_itself_only(acme, talk, log_in, frame, holds, lacks):
    response = log_in(acme.anna).get(url_of(acme, talk), headers={"Turbo-Frame": frame})
    page = response.content.decode()
    assert f'id="{frame}"' in page
    assert holds in page
    assert lacks not in page
    assert "Turbo-Frame" in response.headers["Vary"]


def test_a_stranger_finds_nothing(acme, rival, talk, log_in):
    assert log_in(rival.rita).get(url_of(acme, talk)).status_code == 404
    assert log_in(rival.rita).get(f"{rival.url}/inbox/{talk.id}/").status_code == 404
    assert log_in(acme.anna).get(f"{acme.url}/inbox/{uuid4()}/").status_code == 404


def test_an_agent_does_not_find_another_teams_conversation(acme, talk, log_in):
    with acme.scope():
        Conversation.objects.update(team=acme.support)
    assert log_in(acme.boris).get(url_of(acme, talk)).status_code == 404
    assert log_in(acme.vera).get(url_of(acme, talk)).status_code == 200


def test_an_analyst_has_no_inbox(acme, talk, log_in):
    with acme.scope():
        type(acme.marta).objects.filter(pk=acme.marta.pk).update(role=Role.ANALYST)
    assert log_in(acme.marta).get(f"{acme.url}/inbox/").status_code == 403
    assert log_in(acme.marta).get(url_of(acme, talk)).status_code == 404


def test_a_marketer_reads_and_gets_no_composer(acme, talk, log_in):
    page = log_in(acme.marta).get(url_of(acme, talk)).content.decode()
    assert "Is it in stock?" in page
    assert "Your role reads conversations" in page
    assert 'id="composer_text"' not in page
    assert "acceptance/" not in page


def test_who_is_not_logged_in_is_sent_to_the_door(acme, talk, client):
    assert client.get(url_of(acme, talk)).status_code == 302


@pytest.mark.parametrize("view", ["new", "mine", "team", "unanswered", "all", "archive"])
def test_the_list_costs_few_queries_however_long_it_is(acme, log_in, view):
    with acme.scope():
        channel = make_channel()
        for number in range(60):
            make_conversation(
                channel,
                name=f"N{number}",
                assignee=acme.boris,
                team=acme.sales,
                status=["new", "accepted", "closed"][number % 3],
                waiting_since=timezone.now() - timedelta(minutes=number),
            )
    for member in (acme.anna, acme.boris):
        client = log_in(member)
        queries, response = counted(client, f"{acme.url}/inbox/?view={view}")
        assert queries <= OF_EVERY_PAGE + OF_THE_LIST
        assert response.content.decode().count('id="row_') <= 50
        queries, _ = counted(client, f"{acme.url}/inbox/?view={view}", turbo_frame="queue")
        assert queries <= OF_EVERY_PAGE + OF_THE_LIST


def test_a_thread_costs_few_queries_however_long_it_is(acme, talk, log_in):
    with acme.scope():
        other = make_channel("livechat")
        make_conversation(other, name="Maria")
        for number in range(70):
            message = make_message(
                talk,
                f"N{number}",
                direction=["incoming", "outgoing"][number % 2],
                author=acme.boris if number % 2 else None,
            )
            Attachment.objects.create(message=message, kind="image", status="ready")
            Reaction.objects.create(message=message, person="1", emojis="👍", at=timezone.now())
        talk.accept(by=acme.boris)
    client = log_in(acme.anna)
    queries, _ = counted(client, url_of(acme, talk), turbo_frame="conversation")
    assert queries <= OF_EVERY_PAGE + 15
    queries, _ = counted(client, url_of(acme, talk), turbo_frame="conversation_head")
    assert queries <= OF_EVERY_PAGE + 2


def test_more_rows_come_as_a_stream(acme, log_in):
    with acme.scope():
        channel = make_channel()
        for number in range(53):
            at = timezone.now() - timedelta(minutes=number)
            make_conversation(channel, name=f"Name-{number}.", status="new", last_activity_at=at)
    client = log_in(acme.anna)
    page = client.get(f"{acme.url}/inbox/?view=new")
    found = re.search(r'id="(conversations_more_\S+)" href="([^"]+)"', page.content.decode())
    link = found[2].replace("&amp;", "&")
    more = client.get(link, headers={"Accept": "text/vnd.turbo-stream.html"})
    text = more.content.decode()
    assert f'target="{found[1]}"' in text
    assert "Name-50." in text
    assert "Name-49." not in text
    kept = client.get(f"{acme.url}/inbox/?view=new&rows=100", headers={"Turbo-Frame": "queue"})
    assert kept.content.decode().count('id="row_') == 53


@pytest.mark.parametrize("poison", HOSTILE)
def test_names_and_texts_of_customers_are_never_markup(acme, talk, log_in, poison):
    with acme.scope():
        Contact.objects.update(name=poison[:200], phone=poison[:20], note=poison)
        Conversation.objects.update(last_message_text=poison)
        quoted = make_message(talk, poison, sender_name=poison)
        make_message(
            talk, poison, reply_to=quoted, direction="outgoing", status="failed", error=poison
        )
        for kind, payload in [
            ("location", {"latitude": poison, "longitude": poison, "title": poison}),
            ("contact", {"phone": poison, "name": poison}),
            ("unsupported", {"field": poison}),
            ("text", {"forwarded_from": poison, "quote": {"text": poison}}),
        ]:
            make_message(talk, "", kind=kind, payload=payload)
        file = make_message(talk, "", kind="file")
        Attachment.objects.create(message=file, kind="file", name=poison, status="ready")
        Reaction.objects.create(message=file, person="1", emojis=poison[:200], at=timezone.now())
    client = log_in(acme.anna)
    assert_harmless(client.get(url_of(acme, talk) + "?view=new").content.decode())
    assert_harmless(client.get(f"{acme.url}/inbox/", {"q": poison}).content.decode())
    assert_harmless(client.get(f"{acme.url}/inbox/jump/", {"q": poison}).content.decode())


def test_the_page_has_no_inline_style_or_handler(acme, talk, log_in):
    page = log_in(acme.anna).get(url_of(acme, talk)).content.decode()
    assert " style=" not in page
    assert " onclick=" not in page
    for script in page.split("<script")[1:]:
        assert "nonce=" in script.split(">")[0]


def test_the_jump_finds_customers_and_pages(acme, talk, log_in):
    client = log_in(acme.anna)
    assert "Maria" in client.get(f"{acme.url}/inbox/jump/?q=mar").content.decode()
    assert "Archive" in client.get(f"{acme.url}/inbox/jump/?q=arch").content.decode()
    assert "Nothing found" in client.get(f"{acme.url}/inbox/jump/?q=zzzz").content.decode()


def test_empty_lists_teach_the_next_step(acme, log_in):
    client = log_in(acme.anna)
    assert "Connect the first channel" in client.get(f"{acme.url}/inbox/").content.decode()
    with acme.scope():
        make_channel()
    assert "Take one from New" in client.get(f"{acme.url}/inbox/").content.decode()
    assert "Nobody found" in client.get(f"{acme.url}/inbox/?q=zzz").content.decode()
    assert "Reset filters" in client.get(f"{acme.url}/inbox/?unread=1").content.decode()


def test_the_old_address_of_an_absorbed_conversation_leads_on(acme, talk, rival, log_in):
    with acme.scope():
        gone = make_conversation(talk.channel)
        gone.record(types.CONVERSATION_ABSORBED, into=str(talk.id))
    with acme.scope():
        url = url_of(acme, gone)
        gone.delete()
    assert log_in(acme.anna).get(url).headers["Location"] == url_of(acme, talk)
    with acme.scope():
        talk.assign(to=acme.boris, by=acme.anna, team=acme.sales)
    assert log_in(acme.vera).get(url).status_code == 404
