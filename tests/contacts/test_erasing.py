"""A person sees all that is known of them, and is forgotten when they wish."""

import json
import zipfile

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from contacts.actions import create_contact, record_touch, update_contact
from contacts.erasing import ask_erasure
from contacts.models import Contact, ContactIdentity, Erasure, FieldValue, Touch
from contacts.person_export import archive
from core.postgresql.roles import APP_ROLE
from crm.actions import create_deal, update_deal
from crm.models import Deal
from events.journal import SYSTEM
from events.models import Event
from events.subscriptions import run_workspace
from inbox.models import Attachment, Conversation, InboundEnvelope, Message
from tests.cast import make_channel, make_conversation, make_message
from workspaces.storage import absolute, new_path, write

pytestmark = pytest.mark.django_db
CANARY = "Kotova-8121"


@pytest.fixture
def maria(acme):
    """Maria, who has said something, sent a file and is known by it."""
    with acme.scope():
        channel = make_channel()
        talk = make_conversation(channel, name=f"Maria {CANARY}", chat="7770123")
        contact = talk.contact
        update_contact(contact=contact, by=SYSTEM, email=f"{CANARY}@example.com")
        update_contact(contact=contact, by=SYSTEM, fields={"city": CANARY}, labels=["VIP"])
        record_touch(contact=contact, kind="ad", by=SYSTEM, source="vk", landing_page=CANARY)
        message = make_message(talk, f"I am {CANARY}")
        path = new_path()
        write([CANARY.encode()], absolute(path))
        Attachment.objects.create(message=message, kind="file", path=path, status="ready")
        for raw in (b'{"chat": {"id": 7770123}}', b'{"chat": {"id": 5}}'):
            InboundEnvelope.objects.create(channel=channel, dedup_key=raw.decode(), raw=raw)
    run_workspace(acme.workspace.id)
    return contact


def test_the_archive_holds_everything_that_names_them(acme, maria):
    with acme.scope():
        with zipfile.ZipFile(archive(maria)) as bundle:
            document = json.loads(bundle.read("contact.json"))
            [name] = document["messages"][0]["files"]
            assert bundle.read(name) == CANARY.encode()
        assert document["contact"]["name"] == f"Maria {CANARY}"
        assert document["contact"]["fields"] == {"city": CANARY}
        assert document["messages"][0]["text"] == f"I am {CANARY}"
        assert document["deals"] == []


@pytest.mark.parametrize("has_deal", [False, True])
def test_whoever_is_erased_is_nowhere(acme, maria, has_deal, django_capture_on_commit_callbacks):
    with acme.scope():
        file = absolute(Attachment.objects.get().path)
        if has_deal:
            deal = create_deal(contact=maria, by=SYSTEM, title=CANARY, amount=100)
            update_deal(deal, by=SYSTEM, title=f"{CANARY} again")
        ask_erasure(contact=maria, by=acme.owner)
        ask_erasure(contact=maria, by=acme.owner)
    with django_capture_on_commit_callbacks(execute=True):
        run_workspace(acme.workspace.id)
    run_workspace(acme.workspace.id)
    assert not file.exists()
    with acme.scope():
        for model in (Conversation, Message, Attachment, ContactIdentity, Touch, FieldValue):
            assert not model.objects.exists(), model
        assert InboundEnvelope.objects.count() == 1
        assert Contact.objects.count() == Deal.objects.count() == int(has_deal)
        assert Erasure.objects.get().status == "done"
        assert Event.objects.filter(action="contact.erased").count() == 1
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == (APP_ROLE,)
            for table in ("contacts_contact", "events_event", "crm_deal", "crm_dealchange"):
                cursor.execute(
                    f"select count(*) from {table} t where t::text like %s", [f"%{CANARY}%"]
                )
                assert cursor.fetchone() == (0,), table


def test_an_agent_may_not_erase(acme, maria):
    with acme.scope(), pytest.raises(PermissionDenied):
        ask_erasure(contact=maria, by=acme.boris)


def test_others_stay(acme, rival, maria):
    with rival.scope():
        create_contact(by=SYSTEM, name=CANARY)
    with acme.scope():
        other = create_contact(by=SYSTEM, name="Anna")
        ask_erasure(contact=maria, by=acme.owner)
    run_workspace(acme.workspace.id)
    with acme.scope():
        assert list(Contact.objects.all()) == [other]
    with rival.scope():
        assert Contact.objects.count() == 1
