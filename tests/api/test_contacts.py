import pytest

from events.models import Event
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


def test_a_contact_is_created_changed_and_read(client, acme):
    made = client.send(
        "post",
        "/contacts/",
        {"name": "Maria", "phone": "8 (921) 384-20-16", "labels": ["sofa", "repeat"]},
    )
    assert made.status_code == 201
    contact = made.json()
    assert contact["phone"] == "+79213842016"
    assert contact["labels"] == ["repeat", "sofa"]
    changed = client.send(
        "patch",
        f"/contacts/{contact['id']}/",
        {
            "email": "maria@example.com",
            "labels": ["sofa"],
            "fields": {"city": "Vsevolozhsk"},
            "owner": str(acme.boris.id),
        },
    )
    assert changed.status_code == 200
    assert changed.json()["labels"] == ["sofa"]
    assert changed.json()["owner"] == str(acme.boris.id)
    assert client.send("get", f"/contacts/{contact['id']}/").json() == changed.json()
    with acme.scope():
        actions = list(Event.objects.order_by("seq").values_list("action", flat=True))
        assert actions == ["contact.created", "contact.updated"]
        assert set(Event.objects.last().data["changes"]) == {
            "email",
            "labels",
            "fields",
            "owner_id",
        }


def test_a_contact_has_the_shape_of_the_contract(client, acme):
    with acme.scope():
        conversation = make_conversation(make_channel(), chat="77")
    [contact] = client.rows("/contacts/")
    assert contact.pop("created_at").endswith("Z")
    assert contact == {
        "id": str(conversation.contact_id),
        "name": "Maria",
        "phone": "",
        "email": "",
        "phones": [],
        "emails": [],
        "language": "",
        "note": "",
        "labels": [],
        "fields": {},
        "owner": None,
        "company": None,
        "blocked": False,
        "identities": [
            {"channel": str(conversation.channel_id), "external_id": "77", "name": "Maria"}
        ],
        "consents": [],
    }


@pytest.mark.parametrize(
    "query",
    [
        "q=mar",
        "q=921",
        "phone=8%20921%20384-20-16",
        "email=MARIA@example.com",
        "label=sofa",
        "external_id=77",
        "q=maria&label=sofa&external_id=77",
    ],
)
def test_contacts_are_found(client, acme, query):
    with acme.scope():
        conversation = make_conversation(make_channel(), chat="77")
        make_conversation(make_channel(), name="Olga", chat="78")
    pk = str(conversation.contact_id)
    values = {"phone": "+79213842016", "email": "maria@example.com", "labels": ["sofa", "b2b"]}
    client.send("patch", f"/contacts/{pk}/", values)
    assert [row["id"] for row in client.rows(f"/contacts/?{query}")] == [pk]


def test_a_strangers_contact_is_not_there(client, stranger, acme):
    with acme.scope():
        conversation = make_conversation(make_channel())
    path = f"/contacts/{conversation.contact_id}/"
    assert client.send("get", path).status_code == 200
    is_problem(stranger.send("get", path), 404)
    is_problem(stranger.send("patch", path, {"name": "x"}), 404)
    assert stranger.rows("/contacts/") == []


@pytest.mark.parametrize(
    ("role", "reads", "writes"),
    [("agent", 200, 201), ("marketer", 200, 201), ("analyst", 200, 403), ("quality", 200, 403)],
)
def test_the_role_decides(program, role, reads, writes):
    theirs = program(role=role)
    assert theirs.send("get", "/contacts/").status_code == reads
    assert theirs.send("post", "/contacts/", {"name": "Maria"}).status_code == writes


@pytest.mark.parametrize(
    "body",
    [
        {"email": "not an address"},
        {"name": {"$ne": ""}},
        {"name": 5.5e300, "email": []},
        {"labels": "sofa"},
        {"labels": ["x" * 61]},
        {"labels": [{}]},
        {"fields": []},
        {"fields": {"a": "b\0"}},
        {"fields": {"a\0": 1}},
        {"fields": {"a": "x" * 70_000}},
        {"owner": "00000000-0000-7000-8000-000000000000"},
        {"owner": 10**40},
        {"name": "x" * 201},
        {"name": "with\0null"},
    ],
)
def test_bad_input_is_a_400_with_the_fields_named(client, body):
    answer = client.send("post", "/contacts/", {"name": "Maria", **body})
    problem = is_problem(answer, 400)
    assert set(problem["errors"]) <= set(body)
    assert problem["detail"].split(":")[0].split("[")[0].split(".")[0] in body
    assert client.rows("/contacts/") == []


def test_fields_may_be_deep_but_not_endless(client):
    def nested(levels):
        value = 1
        for _ in range(levels):
            value = {"a": [value]}
        return value

    assert client.send("post", "/contacts/", {"name": "M", "fields": nested(5)}).status_code == 201
    is_problem(client.send("post", "/contacts/", {"name": "M", "fields": nested(200)}), 400)


@pytest.mark.parametrize("body", [{}, {"name": " "}, {"phone": "", "labels": ["sofa"]}])
def test_a_contact_of_whom_nothing_is_known_is_refused(client, body):
    assert is_problem(client.send("post", "/contacts/", body), 400)["detail"]


def test_the_workspace_cannot_be_written(client, rival):
    answer = client.send(
        "post",
        "/contacts/",
        {"name": "Maria", "workspace": str(rival.workspace.id), "workspace_id": "x"},
    )
    assert answer.status_code == 201
    assert len(client.rows("/contacts/")) == 1


def test_the_list_costs_the_same_however_many_there_are(
    client, acme, django_assert_max_num_queries
):
    with acme.scope():
        channel = make_channel()
        for _ in range(30):
            make_conversation(channel)
    with django_assert_max_num_queries(17):
        assert len(client.get("/api/v1/contacts/").json()["results"]) == 30
