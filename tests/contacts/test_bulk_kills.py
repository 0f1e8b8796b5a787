"""Whoever dies while many are erased, or many consents are noted: each of them once, nobody left
out, and the journal tells it once."""

import pytest
from django.utils import timezone

from contacts import erasing
from contacts.actions import create_contact, set_consent
from contacts.bulk import changing, consents
from contacts.bulk import erasing as bulk_erasing
from contacts.jobs import run_job, running
from contacts.models import Consent, Contact, Erasure, Job, JobItem
from events import types
from events.journal import SYSTEM
from events.models import Event
from events.subscriptions import catch_up, run_workspace, subscriptions
from tests.contacts.files import job_at, work
from tests.killing import die, is_killed

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 7


@pytest.fixture
def people(acme):
    with acme.scope():
        return [create_contact(by=SYSTEM, name=f"P{number}") for number in range(PEOPLE)]


@pytest.fixture
def anna(acme, log_in):
    return log_in(acme.anna)


def start(acme, client, name, contacts, **values):
    ids = [str(contact.pk) for contact in contacts]
    return job_at(acme, client.post(f"{acme.url}/contacts/bulk/{name}/", {"ids": ids, **values}))


def dying_after(count, verb):
    """The verb so many times, then death."""
    calls = iter(range(count))

    def either(*arguments, **values):
        if next(calls, None) is None:
            die()
        return verb(*arguments, **values)

    return either


def kill_over(acme, job, place, name, *, after=0):
    """A worker takes the job up, three people at once, and dies at this line."""

    def deed():
        changing.CHUNK = 3
        setattr(place, name, dying_after(after, getattr(place, name)))
        run_job(acme.workspace.pk, job.pk)

    assert is_killed(deed), name
    with acme.scope():
        Job.objects.exclude(lease_until=None).update(lease_until=timezone.now())


def told(acme, action):
    with acme.scope():
        return Event.objects.filter(action=action).count()


def test_many_consents_are_noted_and_taken_back_once_whoever_dies(acme, people, anna):
    with acme.scope():
        set_consent(contact=people[0], granted=True, origin="customer", by=SYSTEM)
        set_consent(contact=people[1], granted=False, origin="widget", by=SYSTEM)
    before = told(acme, types.CONTACT_CONSENT_CHANGED)
    job = start(acme, anna, "set_consent", people, granted="yes", detail="fair")
    # The first three are noted then, of whom one had said so before.
    kill_over(acme, job, consents, "set_consent", after=3)
    with acme.scope():
        assert JobItem.objects.filter(job=job).count() == 2
        assert Consent.objects.filter(is_granted=True).count() == 3
    kill_over(acme, job, JobItem.objects, "bulk_create", after=1)
    kill_over(acme, job, running, "_tell")
    with acme.scope():
        assert JobItem.objects.filter(job=job).count() == 5
        assert Consent.objects.filter(is_granted=True).count() == 6
    job = work(acme, job)
    assert (job.state, job.done, job.counts) == ("done", 7, {"changed": 6, "unchanged": 1})
    with acme.scope():
        assert Consent.objects.filter(is_granted=True).count() == PEOPLE
        assert JobItem.objects.filter(job=job).values("subject_id").distinct().count() == 6
    assert told(acme, types.CONTACT_CONSENT_CHANGED) - before == 6
    assert told(acme, types.JOB_FINISHED) == 1

    undo = job_at(acme, anna.post(f"{acme.url}/contacts/jobs/{job.pk}/undoing/"))
    kill_over(acme, undo, consents.SetConsent, "_say", after=4)
    kill_over(acme, undo, running, "_tell")
    undo = work(acme, undo)
    assert (undo.state, undo.done, undo.counts["changed"]) == ("done", 6, 6)
    with acme.scope():
        said = {one.contact_id: (one.is_granted, one.origin) for one in Consent.objects.all()}
    assert said == {people[0].pk: (True, "customer"), people[1].pk: (False, "widget")}
    assert told(acme, types.CONTACT_CONSENT_CHANGED) - before == 12


def test_many_are_erased_once_whoever_dies(acme, people, anna):
    with acme.scope():
        stays = create_contact(by=SYSTEM, name="Stays")
    job = start(acme, anna, "erase", people, sure="on")
    (erases,) = [one for one in subscriptions() if one.name == "erasing"]

    def die_erasing(name, after):
        def deed():
            setattr(erasing, name, dying_after(after, getattr(erasing, name)))
            catch_up(acme.workspace.pk, erases)

        assert is_killed(deed), name

    kill_over(acme, job, bulk_erasing, "ask_erasure", after=4)
    with acme.scope():
        assert Erasure.objects.filter(status="waiting").count() == 3
    # Whoever is asked for is erased, or is still there whole, while the job is not at its end.
    die_erasing("_scrub_journal", 1)
    die_erasing("record", 2)
    with acme.scope():
        assert Contact.objects.count() == PEOPLE + 1
    run_workspace(acme.workspace.pk)
    with acme.scope():
        assert Contact.objects.count() == PEOPLE + 1 - 3
    kill_over(acme, job, JobItem.objects, "bulk_create", after=1)
    kill_over(acme, job, running, "_tell")
    job = work(acme, job)
    assert (job.state, job.done, job.counts) == ("done", 7, {"changed": 7, "unchanged": 0})
    die_erasing("record", 3)
    run_workspace(acme.workspace.pk)
    run_workspace(acme.workspace.pk)
    with acme.scope():
        assert list(Contact.objects.all()) == [stays]
        assert Erasure.objects.filter(status="done").count() == Erasure.objects.count() == PEOPLE
        assert not JobItem.objects.exists()
    assert told(acme, types.CONTACT_ERASURE_ASKED) == told(acme, types.CONTACT_ERASED) == PEOPLE
    assert told(acme, types.JOB_FINISHED) == 1
