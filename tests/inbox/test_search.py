"""Finding a conversation by who it is with or by the last thing said."""

import pytest
from django.db import connection
from django.utils import timezone

from inbox.models import Conversation
from inbox.search import matching_conversations
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(acme):
    with acme.scope():
        channel = make_channel()
        made = {}
        for name, phone, email, text in [
            ("Ольга Демидова", "+79213842016", "", "Когда замер?"),
            ("Рустам Хайруллин", "+79991112233", "rustam@example.com", "Третий раз пишу"),
            ("100% хлопок", "", "", "под_чёркивание"),
        ]:
            talk = make_conversation(channel, name=name, last_message_text=text)
            talk.contact.phone, talk.contact.email = phone, email
            talk.contact.save()
            made[talk.id] = name
    return made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("демид", {"Ольга Демидова"}),
        ("ольга", {"Ольга Демидова"}),
        ("Ол", {"Ольга Демидова"}),
        ("8 921 384-20", {"Ольга Демидова"}),
        ("89213842016", {"Ольга Демидова"}),
        ("+7 921", {"Ольга Демидова"}),
        ("RUSTAM@", {"Рустам Хайруллин"}),
        ("третий раз", {"Рустам Хайруллин"}),
        ("100%", {"100% хлопок"}),
        ("под_ч", {"100% хлопок"}),
        ("%", set()),
        ("нет такого", set()),
        ("\0", None),
    ],
)
def test_finds_by_name_phone_email_and_last_text(acme, people, text, expected):
    with acme.scope():
        found = {people[pk] for pk in matching_conversations(text)}
    if expected is not None:
        assert found == expected


def test_never_looks_into_another_workspace(acme, rival, people):
    with rival.scope():
        assert matching_conversations("ольга") == []
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from conversations_matching('%', '')")
        assert cursor.fetchone() == (0,)


def test_a_deep_archive_is_found_by_name_not_by_text(acme, people):
    with acme.scope():
        Conversation.objects.update(status="closed", closed_at=timezone.now())
        assert len(matching_conversations("ольга")) == 1
