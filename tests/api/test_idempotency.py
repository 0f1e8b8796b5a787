import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from contacts.models import Contact
from tests.api.calls import Program, is_problem
from workspaces.models import IdempotencyKey
from workspaces.tasks import forget_old_idempotency_keys

pytestmark = pytest.mark.django_db


def test_a_repeated_key_has_one_effect_and_one_answer(client):
    first = client.send("post", "/contacts/", {"name": "Maria"}, Idempotency_Key="a1")
    again = client.send("post", "/contacts/", {"name": "Maria"}, Idempotency_Key="a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["Content-Type"] == again.headers["Content-Type"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.rows("/contacts/")) == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [("/contacts/", {"name": "Olga"}), ("/contacts/?a=1", {"name": "Maria"}), ("/teams/", {})],
)
def test_a_key_belongs_to_one_request(client, path, body):
    client.send("post", "/contacts/", {"name": "Maria"}, Idempotency_Key="a1")
    is_problem(client.send("post", path, body, Idempotency_Key="a1"), 422)
    assert len(client.rows("/contacts/")) == 1


def test_a_key_belongs_to_one_token(client, program):
    first = client.send("post", "/contacts/", {"name": "Maria"}, Idempotency_Key="1")
    other = program().send("post", "/contacts/", {"name": "Maria"}, Idempotency_Key="1")
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


def test_a_refused_request_gives_its_key_back(client):
    refused = client.send("post", "/contacts/", {"email": "bad"}, Idempotency_Key="b1")
    is_problem(refused, 400)
    taken = client.send("post", "/contacts/", {"email": "a@example.com"}, Idempotency_Key="b1")
    assert taken.status_code == 201


def test_a_key_that_is_too_long_is_refused(client):
    is_problem(client.send("post", "/contacts/", {}, Idempotency_Key="k" * 201), 400)


def test_a_key_that_is_not_ascii_will_do(client):
    for _ in range(2):
        answer = client.send("post", "/contacts/", {"name": "M"}, Idempotency_Key="ключ")
        assert answer.status_code == 201
    assert len(client.rows("/contacts/")) == 1


def test_reading_needs_no_key(client, acme):
    client.send("get", "/contacts/", Idempotency_Key="a1")
    with acme.scope():
        assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_there_is_one_effect(client, acme):
    answers, gate = [], threading.Barrier(6)

    def ask():
        gate.wait()
        answers.append(
            Program(client.secret).send("post", "/contacts/", {"name": "M"}, Idempotency_Key="k")
        )
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    with acme.scope():
        assert Contact.objects.count() == 1


def test_keys_are_forgotten_after_a_day(client, acme, stranger, rival):
    for program in (client, stranger):
        for key in ("old", "new"):
            program.send("post", "/contacts/", {"name": "Maria"}, Idempotency_Key=key)
    for people in (acme, rival):
        with people.scope():
            oldest = IdempotencyKey.objects.order_by("id").first()
            IdempotencyKey.objects.filter(pk=oldest.pk).update(
                created_at=timezone.now() - timedelta(hours=25)
            )
    forget_old_idempotency_keys()
    for people in (acme, rival):
        with people.scope():
            assert IdempotencyKey.objects.count() == 1
    again = client.send("post", "/contacts/", {"name": "Olga"}, Idempotency_Key="old")
    assert again.status_code == 201
