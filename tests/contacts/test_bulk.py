"""Doing something with many contacts at once, and taking it back."""

import json

import pytest

from contacts.actions import create_contact, set_consent
from contacts.bulk.labels import MOST_LABELS
from contacts.jobs import run_job
from contacts.models import Consent, Contact, Job, JobItem, Label
from events import types
from events.journal import SYSTEM
from events.models import Event
from events.subscriptions import run_workspace
from tests.contacts.files import job_at, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(acme):
    with acme.scope():
        return [create_contact(by=SYSTEM, name=name) for name in ("Maria", "Mark", "Olga")]


def act(acme, client, name, contacts=(), **values):
    ids = [str(contact.pk) for contact in contacts]
    return client.post(f"{acme.url}/contacts/bulk/{name}/", {"ids": ids, **values})


def do(acme, client, name, contacts=(), **values):
    return work(acme, job_at(acme, act(acme, client, name, contacts, **values)))


def undo(acme, client, job):
    return work(acme, job_at(acme, client.post(f"{acme.url}/contacts/jobs/{job.pk}/undoing/")))


def labels(acme, contact):
    with acme.scope():
        return sorted(contact.labels.values_list("name", flat=True))


def test_the_form_tells_how_many_it_is_about(acme, people, log_in):
    client = log_in(acme.boris)
    url = f"{acme.url}/contacts/bulk/add_label/"
    two = client.get(url, {"ids": [str(contact.pk) for contact in people[:2]]})
    assert "This is about 2 contacts." in two.content.decode()
    everybody = client.get(url, {"all": "1", "q": "Mar"}).content.decode()
    assert "This is about 2 contacts." in everybody
    assert 'name="q" value="Mar"' in everybody
    assert "Nobody is selected." in client.get(url).content.decode()


def test_a_label_goes_on_the_ticked_and_comes_off_again(acme, people, log_in):
    client = log_in(acme.boris)
    maria, mark, _olga = people
    with acme.scope():
        Label.objects.create(name="old")
    do(acme, client, "add_label", [maria], label="vip")
    job = do(acme, client, "add_label", [maria, mark], label="vip")
    assert (job.counts["changed"], job.counts["unchanged"]) == (1, 1)
    assert [labels(acme, one) for one in people] == [["vip"], ["vip"], []]
    with acme.scope():
        fact = Event.objects.filter(action=types.CONTACT_UPDATED).last()
        assert fact.data["changes"]["labels"] == {"before": [], "after": ["vip"]}
        assert (fact.actor_id, fact.subject_id) == (acme.boris.pk, mark.pk)
    back = undo(acme, client, job)
    assert back.counts["changed"] == 1
    assert [labels(acme, one) for one in people] == [["vip"], [], []]


def test_all_that_are_found_are_meant_and_nobody_who_came_later(acme, people, log_in, monkeypatch):
    monkeypatch.setattr("contacts.bulk.changing.CHUNK", 1)
    client = log_in(acme.boris)
    document = json.dumps({"field": "name", "op": "starts_with", "value": "Mar"})
    job = job_at(acme, act(acme, client, "add_label", all="1", filter=document, label="m"))
    with acme.scope():
        late = create_contact(by=SYSTEM, name="Martin")
    for _turn in range(6):
        run_job(acme.workspace.id, job.pk, seconds=0)
    with acme.scope():
        job = Job.objects.get(pk=job.pk)
    assert (job.state, job.counts["changed"]) == ("done", 2)
    assert [labels(acme, one) for one in [*people, late]] == [["m"], ["m"], [], []]


def test_who_has_too_many_labels_is_named(acme, people, log_in):
    with acme.scope():
        full = create_contact(by=SYSTEM, name="Full", labels=[f"l{n}" for n in range(MOST_LABELS)])
    client = log_in(acme.boris)
    job = do(acme, client, "add_label", [full, people[0]], label="one more")
    assert (job.counts["changed"], job.counts["failed"]) == (1, 1)
    page = client.get(f"{acme.url}/contacts/jobs/{job.pk}/").content.decode()
    assert "Full" in page
    assert "There are 50 labels on this contact already." in page


def test_an_owner_is_set_and_given_back_where_nobody_changed_it_since(acme, people, log_in):
    client = log_in(acme.boris)
    maria, _mark, olga = people
    do(acme, client, "set_owner", [maria], owner=str(acme.vera.pk))
    job = do(acme, client, "set_owner", people, owner=str(acme.boris.pk))
    with acme.scope():
        assert set(Contact.objects.values_list("owner_id", flat=True)) == {acme.boris.pk}
        Contact.objects.filter(pk=olga.pk).update(owner=acme.anna)
    back = undo(acme, client, job)
    with acme.scope():
        owners = dict(Contact.objects.values_list("name", "owner_id"))
        assert owners == {"Maria": acme.vera.pk, "Mark": None, "Olga": acme.anna.pk}
        assert JobItem.objects.get(job=back, outcome="failed").name == "Olga"


def test_blocking_and_unblocking(acme, people, log_in):
    client = log_in(acme.boris)
    job = do(acme, client, "block", people[:2], reason="spam")
    with acme.scope():
        assert Contact.objects.exclude(blocked_at=None).count() == 2
        assert Event.objects.filter(action=types.CONTACT_BLOCKED).count() == 2
    undo(acme, client, job)
    with acme.scope():
        assert not Contact.objects.exclude(blocked_at=None).exists()


def test_a_consent_is_noted_with_its_origin_and_taken_back_to_what_was_said_before(
    acme, people, log_in
):
    client = log_in(acme.boris)
    maria, mark, olga = people
    with acme.scope():
        set_consent(contact=mark, granted=False, origin="customer", by=SYSTEM)
        set_consent(contact=olga, granted=True, origin="widget", by=SYSTEM)
    job = do(acme, client, "set_consent", people, granted="yes", detail="paper form")
    with acme.scope():
        told = dict(Consent.objects.values_list("contact_id", "detail"))
        assert told == {maria.pk: "paper form", mark.pk: "paper form", olga.pk: ""}
        assert not Consent.objects.filter(is_granted=False).exists()
    assert (job.counts["changed"], job.counts["unchanged"]) == (2, 1)
    undo(acme, client, job)
    with acme.scope():
        states = {row.contact_id: (row.is_granted, row.origin) for row in Consent.objects.all()}
        assert states == {mark.pk: (False, "customer"), olga.pk: (True, "widget")}


def test_a_consent_that_was_withdrawn_since_is_not_taken_back(acme, people, log_in):
    client, maria = log_in(acme.boris), people[0]
    job = do(acme, client, "set_consent", [maria], granted="yes", detail="fair")
    with acme.scope():
        set_consent(contact=maria, granted=False, origin="customer", by=SYSTEM)
    assert undo(acme, client, job).counts["failed"] == 1
    with acme.scope():
        assert Consent.objects.get().origin == "customer"


def test_many_are_erased_by_whoever_runs_the_workspace_and_says_so_twice(acme, people, log_in):
    maria, mark, _olga = people
    assert act(acme, log_in(acme.boris), "erase", [maria], sure="on").status_code == 403
    anna = log_in(acme.anna)
    assert act(acme, anna, "erase", [maria]).status_code == 422
    job = do(acme, anna, "erase", [maria, mark], sure="on")
    assert job.counts["changed"] == 2
    run_workspace(acme.workspace.id)
    with acme.scope():
        assert list(Contact.objects.values_list("name", flat=True)) == ["Olga"]
        assert not JobItem.objects.filter(job=job).exists()


def test_what_cannot_be_taken_back_looks_like_it(acme, people, log_in):
    client, ids = log_in(acme.anna), [people[0].pk]
    for action, is_final in (("erase", True), ("block", False)):
        html = client.get(f"{acme.url}/contacts/bulk/{action}/", {"ids": ids}).content.decode()
        assert ("button--danger" in html) is is_final


def test_bad_input_is_refused_and_starts_nothing(acme, people, log_in):
    client = log_in(acme.boris)
    assert act(acme, client, "add_label", people, label="  ").status_code == 422
    assert act(acme, client, "add_label", [], label="x").status_code == 422
    assert act(acme, client, "set_owner", people, owner="nobody").status_code == 422
    assert act(acme, client, "set_consent", people, granted="yes").status_code == 422
    assert act(acme, client, "set_consent", people, granted="x", detail="fair").status_code == 422
    assert act(acme, client, "unheard_of", people).status_code == 404
    broken = {"all": "1", "filter": "{", "label": "x"}
    assert client.post(f"{acme.url}/contacts/bulk/add_label/", broken).status_code == 422
    with acme.scope():
        assert not Job.objects.exists()


def test_a_job_can_be_stopped_and_only_once(acme, people, log_in):
    client = log_in(acme.boris)
    job = job_at(acme, act(acme, client, "add_label", people, label="x"))
    url = f"{acme.url}/contacts/jobs/{job.pk}/cancellation/"
    assert client.post(url).status_code == 303
    client.post(url)
    job = work(acme, job)
    assert job.state == Job.State.CANCELLED
    assert [labels(acme, one) for one in people] == [[], [], []]
    with acme.scope():
        assert Event.objects.filter(action=types.JOB_FINISHED).count() == 1


def test_others_jobs_are_not_there(acme, rival, people, log_in):
    job = do(acme, log_in(acme.boris), "add_label", people, label="x")
    for member in (acme.vera, acme.owner):
        assert log_in(member).get(f"{acme.url}/contacts/jobs/{job.pk}/").status_code == 404
    assert log_in(rival.rita).get(f"{rival.url}/contacts/jobs/{job.pk}/").status_code == 404


def test_whoever_leaves_takes_their_jobs_along(acme, people, log_in):
    job = job_at(acme, act(acme, log_in(acme.boris), "add_label", people, label="x"))
    with acme.scope():
        acme.boris.is_active = False
        acme.boris.save()
    job = work(acme, job)
    assert (job.state, job.done) == (Job.State.FAILED, 0)
    assert job.error


def test_a_strangers_people_are_neither_erased_nor_given_a_consent(acme, rival, people, log_in):
    with rival.scope():
        theirs = create_contact(by=SYSTEM, name="Nobody of ours")
    anna = log_in(acme.anna)
    do(acme, anna, "erase", [theirs, people[0]], sure="on")
    do(acme, anna, "set_consent", [theirs, people[1]], granted="yes", detail="fair")
    for workspace in (acme, rival):
        run_workspace(workspace.workspace.id)
    with rival.scope():
        assert Contact.objects.get().name == "Nobody of ours"
        assert not Consent.objects.exists()
    with acme.scope():
        assert {one.name for one in Contact.objects.all()} == {"Mark", "Olga"}
        assert Consent.objects.get().contact_id == people[1].pk
    for name in ("erase", "set_consent"):
        assert act(acme, log_in(rival.rita), name, people, sure="on").status_code == 404
