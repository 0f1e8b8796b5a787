"""A program imports contacts: the same steps, and the same rows, as a person's."""

import asyncio

import pytest

from contacts.actions import create_contact, update_contact
from contacts.defining import create_field
from contacts.models import Contact, Job
from core.ids import uuid7
from events.journal import SYSTEM
from tests.api.calls import address, is_problem
from tests.contacts.files import csv_of, work
from workspaces.models import ApiToken

pytestmark = pytest.mark.django_db
PEOPLE = (
    ["Name", "Phone", "Size"],
    ["Maria", "8 921 384-20-16", "XL"],
    ["Ivan", "not a phone", "M"],
    ["Olga", "+49 30 1234567", ""],
)


def body(response):
    """What the web server would send."""

    async def collect():
        return b"".join([piece async for piece in response.streaming_content])

    return asyncio.run(collect())


def upload(client, *rows):
    answer = client.post(address("/imports/"), {"file": csv_of(*(rows or PEOPLE))})
    assert answer.status_code == 201, answer.content
    return answer.json()


def send(client, found, verb, body=None):
    return client.send("post", f"/imports/{found['id']}/{verb}/", body)


def done(acme, found):
    with acme.scope():
        job = Job.objects.get(pk=found["id"])
    return work(acme, job)


def test_a_file_goes_all_the_way(client, acme):
    with acme.scope():
        create_field(entity="contact", label="Size", kind="text", by=SYSTEM)
    found = upload(client)
    assert found["step"] == "columns"
    assert [column["target"] for column in found["columns"]] == ["name", "phone", "field:size"]
    assert found["columns"][1]["examples"][0] == "8 921 384-20-16"
    assert (found["has_header"], found["encoding"], found["delimiter"]) == (True, "utf-8-sig", ",")
    changed = client.send("patch", f"/imports/{found['id']}/", {"labels": ["VIP", "VIP"]}).json()
    assert changed["labels"] == ["VIP"]
    assert send(client, found, "check").json()["step"] == "checking"
    done(acme, found)
    looked = client.get(address(f"/imports/{found['id']}/")).json()
    assert looked["step"] == "checked"
    assert (looked["counts"]["new"], looked["counts"]["bad"]) == (2, 1)
    with acme.scope():
        assert not Contact.objects.exists()
    assert send(client, found, "start", {"duplicates": "skip"}).json()["step"] == "writing"
    done(acme, found)
    over = client.get(address(f"/imports/{found['id']}/")).json()
    assert (over["step"], over["counts"]["created"], over["has_errors"]) == ("done", 2, True)
    with acme.scope():
        maria = Contact.objects.get(name="Maria")
        assert (maria.phone, maria.fields) == ("+79213842016", {"size": "XL"})
        assert [label.name for label in maria.labels.all()] == ["VIP"]
    file = client.get(address(f"/imports/{found['id']}/errors/"))
    assert b"not a phone" in body(file)
    assert [row["id"] for row in client.rows("/imports/")] == [found["id"]]
    # A second time changes nothing.
    is_problem(send(client, found, "start"), 409)
    is_problem(send(client, found, "cancel"), 409)


def test_steps_have_their_order(client, acme):
    found = upload(client)
    is_problem(send(client, found, "start"), 409)
    send(client, found, "check")
    is_problem(send(client, found, "check"), 409)
    is_problem(client.send("patch", f"/imports/{found['id']}/", {"labels": []}), 409)
    assert send(client, found, "cancel").json()["step"] == "cancelled"
    assert client.get(address(f"/imports/{found['id']}/errors/")).status_code == 404


@pytest.mark.parametrize(
    "mapping",
    [["name", "name", "phone", "email"], ["phone", "phone"], ["", "", ""], ["secret"],
     ["field:nothing", "name"]],
)  # fmt: skip
def test_columns_that_cannot_be_are_unprocessable(client, mapping):
    found = upload(client)
    is_problem(client.send("patch", f"/imports/{found['id']}/", {"mapping": mapping}), 422)
    assert client.get(address(f"/imports/{found['id']}/")).json()["columns"][0]["target"] == "name"


def test_what_is_no_table_is_unprocessable(client):
    is_problem(client.post(address("/imports/"), {"file": csv_of(["\0"])}), 422)
    is_problem(client.post(address("/imports/"), {}), 400)
    is_problem(client.send("post", "/imports/", {"file": "x"}), 415)


def test_targets_have_the_own_fields(client, acme):
    with acme.scope():
        create_field(entity="contact", label="Size", kind="text", by=SYSTEM)
    keys = [row["key"] for row in client.rows("/imports/targets/")]
    assert {"name", "phone", "email", "consent", "field:size"} <= set(keys)


def test_a_token_that_is_revoked_writes_no_further(client, acme):
    found = upload(client)
    send(client, found, "check")
    with acme.scope():
        for token in ApiToken.objects.all():
            token.revoked_at = token.created_at
            token.save()
    assert done(acme, found).state == "failed"


def test_an_import_is_taken_back_by_the_same_token(client, acme, stranger, program):
    with acme.scope():
        kept = create_contact(by=SYSTEM, name="M.", phone="+79213842016")
    found = upload(client, ["Name", "Phone"], ["Maria", "89213842016"], ["Ivan", "89210000001"])
    is_problem(send(client, found, "undo"), 409)
    send(client, found, "check")
    done(acme, found)
    send(client, found, "start", {"duplicates": "overwrite"})
    done(acme, found)
    over = client.get(address(f"/imports/{found['id']}/")).json()
    assert (over["undo"], over["undone_until"] is None) == (None, False)
    with acme.scope():
        ivan = Contact.objects.get(name="Ivan")
        update_contact(contact=ivan, by=SYSTEM, note="rang")
    is_problem(send(stranger, found, "undo"), 404)
    is_problem(send(program(role="agent"), found, "undo"), 403)
    started = send(client, found, "undo").json()["undo"]
    assert started["state"] == "waiting"
    assert done(acme, started).state == "done"
    again = send(client, found, "undo").json()
    assert again["undo"]["id"] == started["id"]
    assert again["undo"]["counts"] == {"restored": 1, "removed": 0, "failed": 1}
    assert again["undone_until"] is None
    (left,) = client.rows(f"/imports/{found['id']}/undo/kept/")
    assert left == {
        "contact": str(ivan.pk), "name": "Ivan", "reason": "This contact was changed since.",
    }  # fmt: skip
    is_problem(stranger.get(address(f"/imports/{found['id']}/undo/kept/")), 404)
    with acme.scope():
        kept.refresh_from_db()
        assert kept.name == "M."


def test_who_may_not_import_is_refused(program, stranger, client, acme):
    found = upload(client)
    agent = program(role="agent")
    for path in ("/imports/", "/imports/targets/", f"/imports/{found['id']}/"):
        is_problem(agent.get(address(path)), 403)
        if "targets" not in path and path != "/imports/":
            is_problem(stranger.get(address(path)), 404)
    is_problem(send(stranger, found, "check"), 404)
    is_problem(client.get(address(f"/imports/{uuid7()}/")), 404)
