"""Imports taken back: what they made goes, what they changed is put back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.actions import create_contact, set_consent, update_contact
from contacts.defining import create_field
from contacts.imports import undoing
from contacts.imports.keeping import forget_kept
from contacts.jobs import run_job
from contacts.merges import merge_contacts
from contacts.models import Consent, Contact, FieldValue, Job, JobItem
from events import types
from events.journal import SYSTEM
from events.models import Event
from tests.cast import make_channel, make_conversation
from tests.contacts.files import bring_in, csv_of, job_at, work
from tests.killing import die, is_killed

pytestmark = pytest.mark.django_db

HEAD = ["Name", "Phone", "E-mail"]
MARIA = ["Maria", "8 (921) 384-20-16", "Maria@Example.com"]
IVAN = ["Ivan", "+7 921 000-00-01", ""]


@pytest.fixture
def marta(acme, log_in):
    return log_in(acme.marta)


def names(acme):
    with acme.scope():
        return sorted(Contact.objects.values_list("name", flat=True))


def test_an_import_is_taken_back_where_nobody_has_touched_it(acme, marta):
    people = [["A", "89210000001", ""], ["B", "89210000002", ""], ["C", "89210000003", ""]]
    rows = [[*person, "x", "yes"] for person in people]
    job = bring_in(acme, marta, csv_of([*HEAD, "Tags", "Consent"], *rows))
    with acme.scope():
        touched = Contact.objects.get(name="B")
        touched.note = "rang"
        touched.save()
        talk = make_conversation(make_channel())
        talk.contact = Contact.objects.get(name="C")
        talk.save()
    url = f"{acme.url}/contacts/jobs/{job.pk}/undoing/"
    undo = job_at(acme, marta.post(url))
    assert job_at(acme, marta.post(url)).pk == undo.pk
    undo = work(acme, undo)
    assert (undo.counts["removed"], undo.counts["failed"]) == (1, 2)
    assert set(names(acme)) == {"B", "C", "Maria"}
    page = marta.get(f"{acme.url}/contacts/jobs/{undo.pk}/").content.decode()
    assert "This contact was changed since." in page
    assert "Something has come of this contact since." in page


def undone(place, client, job):
    """The job that took an import back, when it is over."""
    return work(place, job_at(place, client.post(f"{place.url}/contacts/jobs/{job.pk}/undoing/")))


def test_what_an_import_changed_is_put_back(acme, marta):
    with acme.scope():
        create_field(entity="contact", label="Size", kind="text", by=SYSTEM)
        create_field(entity="contact", label="Hall", kind="text", by=SYSTEM)
        maria = create_contact(
            by=SYSTEM, name="Maria", phone="+79213842016", fields={"size": "M"}, labels=["old"]
        )
        set_consent(contact=maria, granted=True, origin="customer", by=SYSTEM)
        ivan = create_contact(by=SYSTEM, name="Ivan", phone="+79210000001")
        before = Consent.objects.get(contact=maria)
    row = ["Maria N.", "89213842016", "m@example.com", "XL", "3", "Acorn", "new;old", "no", ""]
    head = [*HEAD, "Size", "Hall", "Company", "Tags", "Consent", "Consent date"]
    other = ["Ivan", "89210000001", "", "", "", "", "new", "yes", "01.02.2026"]
    made = ["Olga", "89210000009", "", "", "", "", "", "", ""]
    job = bring_in(acme, marta, csv_of(head, row, other, made), duplicates="overwrite")
    with acme.scope():
        maria.refresh_from_db()
        assert (maria.name, maria.fields) == ("Maria N.", {"size": "XL", "hall": "3"})
    undo = undone(acme, marta, job)
    assert undo.counts == {"failed": 0, "restored": 2, "removed": 1}
    with acme.scope():
        maria.refresh_from_db()
        assert (maria.name, maria.email, maria.company_id) == ("Maria", "", None)
        assert maria.fields == {"size": "M"}
        assert [label.name for label in maria.labels.all()] == ["old"]
        assert FieldValue.objects.get(entity_id=maria.pk).text_value == "m"
        now = Consent.objects.get(contact=maria)
        assert (now.is_granted, now.origin, now.at) == (True, "customer", before.at)
        assert not Consent.objects.filter(contact=ivan).exists()
        assert not ivan.labels.exists()
        told = Event.objects.get(action=types.CONTACT_UPDATED, subject_id=maria.pk)
        assert told.data["changes"]["name"] == {"before": "Maria N.", "after": "Maria"}
        assert told.data["changes"]["labels"] == {"before": ["new", "old"], "after": ["old"]}
        assert set(Contact.objects.values_list("name", flat=True)) == {"Maria", "Ivan"}


def test_what_was_changed_since_an_import_stays_and_is_named(acme, marta):
    with acme.scope():
        people = [
            create_contact(by=SYSTEM, name=name, phone=f"+7921000000{number}")
            for number, name in enumerate(("Maria", "Ivan", "Olga"), 1)
        ]
    rows = [[f"{one.name} N.", one.phone, f"{number}@example.com"]
            for number, one in enumerate(people)]  # fmt: skip
    job = bring_in(acme, marta, csv_of(HEAD, *rows), duplicates="overwrite")
    with acme.scope():
        maria, ivan, olga = people
        update_contact(contact=Contact.objects.get(pk=maria.pk), by=SYSTEM, email="own@example.com")
        merge_contacts(kept=Contact.objects.get(pk=ivan.pk), absorbed=olga, by=acme.anna)
    undo = undone(acme, marta, job)
    assert (undo.counts["restored"], undo.counts["failed"]) == (1, 2)
    with acme.scope():
        maria.refresh_from_db()
        assert (maria.name, maria.email) == ("Maria", "own@example.com")
    page = marta.get(f"{acme.url}/contacts/jobs/{undo.pk}/").content.decode()
    assert "Changed since and left as it is: e-mail." in page
    assert "removed or merged with another one since." in page


def test_chunks_of_one_contact_are_taken_back_from_the_last(acme, marta, monkeypatch):
    monkeypatch.setattr("contacts.imports.running.WRITTEN_AT_ONCE", 1)
    monkeypatch.setattr("contacts.imports.undoing.CHUNK", 1)
    with acme.scope():
        maria = create_contact(by=SYSTEM, name="A", phone="+79213842016")
    rows = [[name, "89213842016", ""] for name in "BCD"]
    job = bring_in(acme, marta, csv_of(HEAD, *rows, IVAN), duplicates="overwrite")
    undo = undone(acme, marta, job)
    assert (undo.counts["restored"], undo.counts["removed"], undo.done) == (3, 1, 4)
    assert names(acme) == ["A"]
    with acme.scope():
        assert Contact.objects.get().pk == maria.pk


def test_what_is_kept_is_forgotten_with_the_way_back(acme, marta):
    with acme.scope():
        create_contact(by=SYSTEM, name="M.", phone="+79213842016")
    job = bring_in(acme, marta, csv_of(HEAD, MARIA), duplicates="overwrite")
    assert forget_kept() == 0
    with acme.scope():
        assert JobItem.objects.get(job=job).before["changes"]["name"] == ["M.", "Maria"]
        Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=31))
    assert (forget_kept(), forget_kept()) == (1, 0)
    with acme.scope():
        assert not JobItem.objects.filter(job=job).exists()


def test_after_a_month_an_import_stays(acme, marta):
    job = bring_in(acme, marta, csv_of(HEAD, MARIA))
    page = marta.get(f"{acme.url}/contacts/imports/{job.pk}/").content.decode()
    assert "Can be taken back until" in page
    with acme.scope():
        Job.objects.filter(pk=job.pk).update(finished_at=timezone.now() - timedelta(days=31))
    assert marta.post(f"{acme.url}/contacts/jobs/{job.pk}/undoing/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_an_import_is_taken_back_once_whoever_dies_over_it(acme, marta):
    with acme.scope():
        create_contact(by=SYSTEM, name="Maria", phone="+79213842016")
    people = [["New name", "89213842016", ""], *([f"P{n}", f"8921000{n:04}", ""] for n in range(6))]
    job = bring_in(acme, marta, csv_of(HEAD, *people), duplicates="overwrite")
    undo = job_at(acme, marta.post(f"{acme.url}/contacts/jobs/{job.pk}/undoing/"))

    def take_back(deadly=None):
        undoing.CHUNK = 2
        if deadly:
            setattr(*deadly, die)
        run_job(acme.workspace.pk, undo.pk)

    for deadly in ((undoing, "record"), (undoing, "_used"), (undoing.custom_fields, "forget")):
        assert is_killed(lambda deadly=deadly: take_back(deadly))
        with acme.scope():
            Job.objects.exclude(lease_until=None).update(lease_until=timezone.now())
    undo = work(acme, undo)
    assert (undo.state, undo.counts["restored"], undo.counts["removed"]) == ("done", 1, 6)
    assert names(acme) == ["Maria"]
    with acme.scope():
        gone = Event.objects.filter(action=types.CONTACTS_REMOVED).values_list("data", flat=True)
        assert sum(len(data["contacts"]) for data in gone) == 6
        back = Event.objects.filter(action=types.CONTACT_UPDATED, data__job=str(undo.pk))
        assert back.count() == 1
