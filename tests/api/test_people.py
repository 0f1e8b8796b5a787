"""Own fields, companies, merging, blocking and stories, for programs."""

from urllib.parse import quote

import orjson
import pytest

from contacts.actions import create_contact
from contacts.duplicates import look
from contacts.models import Company, Contact, CustomField, Duplicate, Erasure
from events.journal import SYSTEM
from events.subscriptions import run_workspace
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(acme):
    with acme.scope():
        return create_contact(by=SYSTEM, name="Maria", phone="+79210000001", labels=["VIP"])


def asking(document):
    return f"/contacts/?filter={quote(orjson.dumps(document).decode())}"


def test_own_fields_are_made_used_and_filtered_by(client, acme):
    made = client.send(
        "post",
        "/custom-fields/",
        {"entity": "contact", "label": "Plan", "kind": "list", "choices": [{"label": "Gold"}]},
    )
    assert made.status_code == 201
    field = made.json()
    assert (field["key"], field["choices"]) == ("plan", [{"key": "Gold", "label": "Gold"}])
    first = client.send(
        "post", "/contacts/", {"name": "A", "fields": {"plan": "gold", "floors": 3}}
    )
    assert first.json()["fields"] == {"plan": "Gold", "floors": 3}
    client.send("post", "/contacts/", {"name": "B", "fields": {"floors": 9}})
    is_problem(client.send("post", "/contacts/", {"name": "C", "fields": {"plan": "x"}}), 422)
    is_problem(client.send("post", "/contacts/", {"name": "C", "fields": {"floors": "x"}}), 422)
    for leaf, names in [
        ({"field": "fields.plan", "op": "eq", "value": "Gold"}, ["A"]),
        ({"field": "fields.floors", "op": "gt", "value": 3}, ["B"]),
        ({"not": {"field": "fields.plan", "op": "set", "value": True}}, ["B"]),
    ]:
        assert [row["name"] for row in client.rows(asking(leaf))] == names
    changed = client.send(
        "patch", f"/custom-fields/{field['id']}/", {"label": "Tariff", "archived": True}
    )
    assert (changed.json()["label"], changed.json()["archived"]) == ("Tariff", True)
    listed = client.send("get", "/custom-fields/?entity=contact").json()["results"]
    assert [row["key"] for row in listed] == ["plan", "floors"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("{", 400),
        ('{"field": "password", "op": "eq", "value": "x"}', 400),
        ('{"field": "name", "op": "\' or 1=1 --", "value": "x"}', 400),
        ("[]", 400),
        ('{"field": "fields.x", "op": "gt", "value": "1) OR pg_sleep(5)--"}', 400),
    ],
)
def test_a_filter_that_cannot_be_read_is_refused_in_words(client, text, status):
    is_problem(client.send("get", f"/contacts/?filter={quote(text)}"), status)


def test_all_phones_and_e_mails_are_kept_the_main_one_first(client, acme, maria):
    where = f"/contacts/{maria.pk}/"
    sent = {"phones": ["8 921 000-00-02", "+79210000001"], "emails": ["a@b.ru", "c@d.ru"]}
    got = client.send("patch", where, sent).json()
    assert got["phones"] == ["+79210000002", "+79210000001"]
    assert (got["phone"], got["email"]) == ("+79210000002", "a@b.ru")
    assert client.rows("/contacts/?phone=89210000001")[0]["id"] == str(maria.pk)
    is_problem(client.send("patch", where, {"emails": ["no"]}), 400)


def test_companies_are_made_changed_given_to_contacts_and_deleted(client, acme, maria):
    company = client.send("post", "/companies/", {"name": "Romashka", "fields": {"size": 5}}).json()
    where = f"/companies/{company['id']}/"
    assert client.send("get", where).json() == company
    assert client.send("patch", where, {"phone": "89210000005"}).json()["phone"] == "+79210000005"
    given = client.send("patch", f"/contacts/{maria.pk}/", {"company": company["id"]})
    assert given.json()["company"] == company["id"]
    assert len(client.rows(f"/contacts/?company={company['id']}")) == 1
    assert [row["name"] for row in client.rows("/companies/?q=roma")] == ["Romashka"]
    is_problem(client.send("post", "/companies/", {"name": ""}), 400)
    is_problem(client.send("patch", f"/contacts/{maria.pk}/", {"company": str(maria.pk)}), 400)
    assert client.send("delete", where).status_code == 204
    is_problem(client.send("get", where), 404)
    with acme.scope():
        assert not Company.objects.exists()
        assert Contact.objects.get(pk=maria.pk).company_id is None


def test_contacts_are_merged_and_parted(client, acme, maria):
    with acme.scope():
        other = create_contact(by=SYSTEM, name="Masha", email="m@example.com")
    where = f"/contacts/{maria.pk}/merge/"
    sent = {"contact": str(other.pk), "choices": {"name": "absorbed"}}
    merge = client.send("post", where, sent)
    assert merge.status_code == 201
    now = client.send("get", f"/contacts/{maria.pk}/").json()
    assert (now["name"], now["email"], now["phone"]) == ("Masha", "m@example.com", "+79210000001")
    is_problem(client.send("get", f"/contacts/{other.pk}/"), 404)
    is_problem(client.send("post", where, sent), 422)
    undoing = f"{where}{merge.json()['id']}/undo/"
    assert client.send("post", undoing).json()["id"] == str(other.pk)
    assert client.send("get", f"/contacts/{maria.pk}/").json()["name"] == "Maria"
    is_problem(client.send("post", undoing), 422)
    is_problem(client.send("post", where, {"contact": str(maria.pk)}), 422)
    is_problem(client.send("post", where, {"contact": "x"}), 400)
    is_problem(client.send("post", where, {**sent, "choices": {"password": "absorbed"}}), 400)


def test_duplicates_are_listed_and_dismissed(client, acme, maria):
    with acme.scope():
        other = create_contact(by=SYSTEM, name="Anna", phone="+79210000001")
        look([other.pk])
    [pair] = client.rows("/duplicates/")
    assert set(pair["contacts"]) == {str(maria.pk), str(other.pk)}
    assert pair["reasons"] == ["phone"]
    for _ in range(2):
        assert client.send("post", f"/duplicates/{pair['id']}/dismiss/").status_code == 204
    assert client.rows("/duplicates/") == []
    with acme.scope():
        assert Duplicate.objects.get().dismissed_at


def test_a_contact_is_blocked_with_a_reason_and_unblocked(client, acme, maria):
    where = f"/contacts/{maria.pk}/block/"
    assert client.send("post", where, {"blocked": True, "reason": "Spam"}).json()["blocked"]
    assert client.rows(asking({"field": "blocked", "op": "eq", "value": True}))
    assert not client.send("post", where, {"blocked": False}).json()["blocked"]
    is_problem(client.send("post", where, {}), 400)


def test_the_story_is_read_page_by_page(client, acme):
    with acme.scope():
        contact = make_conversation(make_channel()).contact
    for note in ("One", "Two", "Three"):
        client.send("patch", f"/contacts/{contact.pk}/", {"note": note})
    run_workspace(acme.workspace.id)
    where = f"/contacts/{contact.pk}/timeline/"
    first = client.send("get", f"{where}?limit=2").json()
    assert [row["text"] for row in first["results"]] == ["Changed: note"] * 2
    rest = client.send("get", f"{where}?limit=2&before={first['next']}").json()
    assert (len(rest["results"]), rest["next"]) == (1, None)
    assert client.send("get", f"{where}?kind=deal").json()["results"] == []
    is_problem(client.send("get", f"{where}?kind=nonsense"), 400)


def test_a_person_is_erased_by_who_runs_the_workspace(client, program, acme, maria):
    is_problem(program(role="agent").send("post", f"/contacts/{maria.pk}/erasure/"), 403)
    assert client.send("post", f"/contacts/{maria.pk}/erasure/").status_code == 202
    run_workspace(acme.workspace.id)
    is_problem(client.send("get", f"/contacts/{maria.pk}/"), 404)
    with acme.scope():
        assert Erasure.objects.get().status == "done"


def test_who_may_only_read_changes_nothing(program, acme, maria):
    with acme.scope():
        field = CustomField.objects.create(
            entity="contact", key="a", label="A", kind="text", position="a0"
        )
    analyst = program(role="analyst")
    for method, path, body in [
        ("post", "/companies/", {"name": "x"}),
        ("post", "/custom-fields/", {"entity": "contact", "label": "x", "kind": "text"}),
        ("patch", f"/custom-fields/{field.pk}/", {"label": "x"}),
        ("post", f"/contacts/{maria.pk}/merge/", {"contact": str(maria.pk)}),
        ("post", f"/contacts/{maria.pk}/block/", {"blocked": True}),
    ]:
        is_problem(analyst.send(method, path, body), 403)
    assert analyst.send("get", "/custom-fields/").status_code == 200


def test_a_stranger_finds_nothing(stranger, acme, maria):
    with acme.scope():
        other = create_contact(by=SYSTEM, name="Anna", phone="+79210000001")
        look([other.pk])
        pair = Duplicate.objects.get()
    for method, path, body in [
        ("get", f"/contacts/{maria.pk}/timeline/", None),
        ("post", f"/contacts/{maria.pk}/merge/", {"contact": str(other.pk)}),
        ("post", f"/contacts/{maria.pk}/block/", {"blocked": True}),
        ("post", f"/contacts/{maria.pk}/erasure/", None),
        ("post", f"/duplicates/{pair.pk}/dismiss/", None),
    ]:
        is_problem(stranger.send(method, path, body), 404)
    assert stranger.rows(asking({"field": "name", "op": "contains", "value": "a"})) == []
