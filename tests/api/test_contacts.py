import pytest
from django.test import Client

from events.models import Event
from tests.cast import make_channel, make_conversation, make_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(acme) -> Client:
    with acme.scope():
        secret = make_token()
    return Client(headers={"Authorization": f"Bearer {secret}"})


def post(client, url, data, **headers):
    return client.post(url, data, content_type="application/json", headers=headers)


def test_a_contact_is_created_changed_and_read(client, acme):
    made = post(
        client,
        "/api/v1/contacts/",
        {"name": "Maria", "phone": "8 (921) 384-20-16", "labels": ["sofa", "repeat"]},
    )
    assert made.status_code == 201
    contact = made.json()
    assert contact["phone"] == "+79213842016"
    assert sorted(contact["labels"]) == ["repeat", "sofa"]
    changed = client.patch(
        f"/api/v1/contacts/{contact['id']}/",
        {"email": "maria@example.com", "labels": ["sofa"], "fields": {"city": "Vsevolozhsk"}},
        content_type="application/json",
    )
    assert changed.status_code == 200
    assert changed.json()["labels"] == ["sofa"]
    assert client.get(f"/api/v1/contacts/{contact['id']}/").json() == changed.json()
    with acme.scope():
        actions = list(Event.objects.order_by("seq").values_list("action", flat=True))
        assert actions == ["contact.created", "contact.updated"]
        assert set(Event.objects.last().data["changes"]) == {"email", "labels", "fields"}


def test_identities_come_with_the_contact(client, acme):
    with acme.scope():
        conversation = make_conversation(make_channel(), chat="77")
    [contact] = client.get("/api/v1/contacts/").json()["results"]
    assert contact["identities"] == [
        {"channel": str(conversation.channel_id), "external_id": "77", "name": "Maria"}
    ]


def test_a_strangers_contact_is_not_there(client, rival):
    with rival.scope():
        conversation = make_conversation(make_channel())
    url = f"/api/v1/contacts/{conversation.contact_id}/"
    assert client.get(url).status_code == 404
    assert client.patch(url, {"name": "x"}, content_type="application/json").status_code == 404
    assert client.get("/api/v1/contacts/").json()["results"] == []


def test_pages_follow_the_cursor_to_the_end(client, acme):
    for number in range(5):
        post(client, "/api/v1/contacts/", {"name": f"Contact {number}"})
    url, names = "/api/v1/contacts/?limit=2", []
    while url:
        page = client.get(url).json()
        assert len(page["results"]) <= 2
        names += [contact["name"] for contact in page["results"]]
        url = page["next"]
    assert names == [f"Contact {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize(
    "body",
    [
        {"email": "not an address"},
        {"name": {"$ne": ""}},
        {"labels": "sofa"},
        {"fields": []},
        {"owner": "00000000-0000-7000-8000-000000000000"},
        {"name": "x" * 201},
        {"name": "with\0null"},
    ],
)
def test_bad_input_is_a_400_with_the_fields_named(client, body):
    answer = post(client, "/api/v1/contacts/", body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json()["errors"]) == set(body)


def test_the_workspace_cannot_be_written(client, acme, rival):
    answer = post(
        client,
        "/api/v1/contacts/",
        {"name": "Maria", "workspace": str(rival.workspace.id), "workspace_id": "x"},
    )
    assert answer.status_code == 201
    assert len(client.get("/api/v1/contacts/").json()["results"]) == 1


def test_broken_json_is_a_400(client):
    answer = client.post("/api/v1/contacts/", b"{", content_type="application/json")
    assert answer.status_code == 400


def test_a_repeated_key_has_one_effect_and_one_answer(client):
    first = post(client, "/api/v1/contacts/", {"name": "Maria"}, **{"Idempotency-Key": "a1"})
    again = post(client, "/api/v1/contacts/", {"name": "Maria"}, **{"Idempotency-Key": "a1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(client.get("/api/v1/contacts/").json()["results"]) == 1
    other = post(client, "/api/v1/contacts/", {"name": "Olga"}, **{"Idempotency-Key": "a1"})
    assert other.status_code == 422


def test_a_refused_request_gives_its_key_back(client):
    key = {"Idempotency-Key": "b1"}
    assert post(client, "/api/v1/contacts/", {"email": "bad"}, **key).status_code == 400
    assert post(client, "/api/v1/contacts/", {"email": "a@example.com"}, **key).status_code == 201
