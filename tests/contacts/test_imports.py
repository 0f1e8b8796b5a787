"""Contacts out of a file."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from contacts.actions import create_contact, set_consent
from contacts.jobs import run_job
from contacts.models import Company, Consent, Contact, CustomField, FieldValue, Job, JobItem
from events import types
from events.journal import SYSTEM
from events.models import Event
from tests.contacts.files import bring_in, check, csv_of, job_at, upload, work, workbook_of
from workspaces.models import User

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


def body(response):
    async def read():
        return b"".join([piece async for piece in response.streaming_content])

    from asgiref.sync import async_to_sync

    return async_to_sync(read)()


def test_a_file_becomes_contacts(acme, marta):
    job = bring_in(acme, marta, csv_of(HEAD, MARIA, IVAN))
    assert (job.state, job.counts["created"], job.done) == ("done", 2, 2)
    with acme.scope():
        maria = Contact.objects.get(name="Maria")
        assert (maria.phone, maria.email) == ("+79213842016", "maria@example.com")
        assert maria.imported_by_id == job.pk


def test_nothing_is_written_before_a_person_has_seen_what_will_come(acme, marta):
    with acme.scope():
        create_contact(by=SYSTEM, name="Ivan", phone="+79210000001")
    rows = [HEAD, MARIA, IVAN, MARIA, ["Olga", "no number", ""]]
    job = check(acme, marta, upload(acme, marta, csv_of(*rows)))
    assert job.state == Job.State.DRAFT
    assert {key: job.counts.get(key) for key in ("new", "matched", "duplicates", "bad")} == {
        "new": 1,
        "matched": 1,
        "duplicates": 1,
        "bad": 1,
    }
    assert names(acme) == ["Ivan"]
    page = marta.get(f"{acme.url}/contacts/imports/{job.pk}/").content.decode()
    assert "Maria" in page
    assert "“no number” is no phone number." in page


def test_the_same_file_twice_changes_nothing(acme, marta):
    rows = [
        [*HEAD, "Labels", "Company", "Consent"],
        [*MARIA, "vip, regular", "Acorn", "yes"],
        ["Nobody", "", "", "", "", "no"],
        ["Maria too", "", "maria@example.com", "late", "", ""],
    ]
    for policy in ("fill", "overwrite", "skip"):
        bring_in(acme, marta, csv_of(*rows), policy)
        with acme.scope():
            before = list(Contact.objects.order_by("pk").values())
            links = Contact.labels.through.objects.count()
            consents = list(Consent.objects.order_by("pk").values())
            facts = Event.objects.filter(action=types.CONTACTS_IMPORTED).count()
        again = bring_in(acme, marta, csv_of(*rows), policy)
        assert not again.counts["created"]
        assert not again.counts["updated"]
        with acme.scope():
            assert list(Contact.objects.order_by("pk").values()) == before
            assert Contact.labels.through.objects.count() == links
            assert list(Consent.objects.order_by("pk").values()) == consents
            assert Event.objects.filter(action=types.CONTACTS_IMPORTED).count() == facts


@pytest.mark.parametrize(
    ("policy", "name", "note"),
    [("fill", "Maria S.", "tall"), ("overwrite", "Maria", "tall"), ("skip", "Maria S.", "")],
)
def test_known_contacts_are_treated_as_chosen(acme, marta, policy, name, note):
    with acme.scope():
        known = create_contact(by=SYSTEM, name="Maria S.", phone="+79213842016")
    job = bring_in(acme, marta, csv_of([*HEAD, "Note"], [*MARIA, "tall"]), policy)
    with acme.scope():
        known.refresh_from_db()
    assert (known.name, known.note) == (name, note)
    assert job.counts["skipped"] == (policy == "skip")
    assert names(acme) == [name]


def test_bad_rows_are_told_and_the_good_ones_come_in(acme, marta):
    rows = [
        [*HEAD, "Owner"],
        [*MARIA, "boris@example.com"],
        ["=HYPERLINK(1)", "12", "", ""],
        ["Petr", "", "not an address", ""],
        ["", "", "", "boris@example.com"],
        ["Olga", "", "olga@example.com", "stranger@example.com"],
    ]
    job = bring_in(acme, marta, csv_of(*rows, delimiter=";"))
    assert (job.counts["created"], job.counts["bad"]) == (1, 4)
    answer = marta.get(f"{acme.url}/contacts/imports/{job.pk}/errors/")
    assert "attachment" in answer["Content-Disposition"]
    told = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig")), delimiter=";"))
    assert told[0] == [*HEAD, "Owner", "Row", "What is wrong"]
    assert [(row[0], row[4]) for row in told[1:]] == [
        ("'=HYPERLINK(1)", "3"),
        ("Petr", "4"),
        ("", "5"),
        ("Olga", "6"),
    ]
    assert "“not an address” is no e-mail address." in told[2][5]
    with acme.scope():
        assert Contact.objects.get(name="Maria").owner_id == acme.boris.pk


def test_who_has_chosen_no_language_reads_in_that_of_their_browser(acme, marta):
    User.objects.filter(pk=acme.marta.user_id).update(language="")
    marta.defaults["HTTP_ACCEPT_LANGUAGE"] = "ru"
    job = bring_in(acme, marta, csv_of(HEAD, MARIA, ["Petr", "12", ""]))
    told = body(marta.get(f"{acme.url}/contacts/imports/{job.pk}/errors/")).decode("utf-8-sig")
    assert "Что не так" in told
    assert "«12» — не номер телефона." in told


def test_letters_of_windows_and_semicolons_are_recognised(acme, marta):
    file = csv_of(
        ["ФИО", "Телефон", "Метки"], ["Мария Ёлкина", "89213842016", "свои"],
        delimiter=";", encoding="cp1251",
    )  # fmt: skip
    job = upload(acme, marta, file)
    assert (job.settings["encoding"], job.settings["delimiter"]) == ("cp1251", ";")
    assert job.settings["mapping"] == ["name", "phone", "labels"]
    check(acme, marta, job)
    url = f"{acme.url}/contacts/imports/{job.pk}/start/"
    work(acme, job_at(acme, marta.post(url, {"duplicates": "fill"})))
    assert names(acme) == ["Мария Ёлкина"]


def test_a_workbook_is_read_as_people_see_it(acme, marta):
    file = workbook_of(HEAD, ["Maria", 79213842016, "maria@example.com"], ["Ivan", None, "i@e.com"])
    job = bring_in(acme, marta, file)
    assert job.counts["created"] == 2
    with acme.scope():
        assert Contact.objects.get(name="Maria").phone == "+79213842016"


def test_a_file_without_names_of_columns_can_be_mapped(acme, marta):
    job = upload(acme, marta, csv_of(MARIA, IVAN))
    assert not job.settings["has_header"]
    choices = {"column_0": "name", "column_1": "phone", "column_2": "email"}
    job = check(acme, marta, job, **choices)
    assert job.counts["new"] == 2


def test_own_fields_are_checked_and_found_again(acme, log_in):
    owner = log_in(acme.owner)
    with acme.scope():
        CustomField.objects.create(
            entity="contact", key="age", label="Age", kind="number", position="a0"
        )
    rows = [[*HEAD, "Age", "City"], [*MARIA, "31", "Omsk"], [*IVAN, "old", "Perm"]]
    job = bring_in(acme, owner, csv_of(*rows), column_4="new")
    assert (job.counts["created"], job.counts["bad"]) == (1, 1)
    with acme.scope():
        maria = Contact.objects.get()
        assert maria.fields == {"age": 31, "city": "Omsk"}
        assert FieldValue.objects.get(field__key="age").number_value == 31
        assert "Age" in JobItem.objects.get(job=job).reason


def test_consents_come_with_their_day_and_never_undo_a_withdrawal(acme, marta):
    with acme.scope():
        ivan = create_contact(by=SYSTEM, name="Ivan", phone="+79210000001")
        set_consent(contact=ivan, granted=False, origin="customer", by=SYSTEM)
    rows = [
        [*HEAD, "Consent", "Consent date", "Consent source"],
        [*MARIA, "yes", "01.02.2026", "the stall"],
        [*IVAN, "yes", "", ""],
    ]
    bring_in(acme, marta, csv_of(*rows))
    with acme.scope():
        given = Consent.objects.get(contact__name="Maria")
        assert (given.is_granted, given.origin, given.detail) == (True, "import", "the stall")
        assert given.at.date().isoformat() in {"2026-01-31", "2026-02-01"}
        assert not Consent.objects.get(contact=ivan).is_granted


def test_companies_and_labels_are_made_once(acme, marta):
    rows = [[*HEAD, "Company", "Tags"], [*MARIA, "Acorn", "a;b"], [*IVAN, "Acorn", "b"]]
    bring_in(acme, marta, csv_of(*rows), labels="fair")
    with acme.scope():
        assert Company.objects.get().people.count() == 2
        maria = Contact.objects.get(name="Maria")
        assert set(maria.labels.values_list("name", flat=True)) == {"a", "b", "fair"}


def test_the_journal_is_told_compactly(acme, marta):
    job = bring_in(acme, marta, csv_of(HEAD, MARIA, IVAN))
    with acme.scope():
        fact = Event.objects.get(action=types.CONTACTS_IMPORTED)
        ids = {str(pk) for pk in Contact.objects.values_list("pk", flat=True)}
        assert set(fact.data["created"]) == ids
        assert fact.subject_id == job.pk
        assert not Event.objects.filter(action=types.CONTACT_CREATED).exists()
        finished = Event.objects.get(action=types.JOB_FINISHED)
        assert finished.data["counts"]["created"] == 2
        assert finished.actor_id == acme.marta.pk


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00", "This is no table."),
        ("a.xlsx", b"PK\x03\x04 broken", "Becomes"),
        ("a.csv", b"\n\n\n", "This is no table."),
    ],
)
def test_what_is_no_table_is_refused_in_words(acme, marta, name, data, words):
    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = marta.post(
        f"{acme.url}/contacts/imports/", {"file": SimpleUploadedFile(name, data)}, follow=True
    )
    assert words in answer.content.decode()


def test_a_mapping_without_anything_to_call_a_contact_by_is_refused(acme, marta):
    job = upload(acme, marta, csv_of(HEAD, MARIA))
    url = f"{acme.url}/contacts/imports/{job.pk}/mapping/"
    none = marta.post(url, {"has_header": "on", "column_0": "note", "column_1": "", "column_2": ""})
    assert none.status_code == 422
    twice = marta.post(url, {"has_header": "on", "column_0": "phone", "column_1": "phone"})
    assert twice.status_code == 422
    assert "Another column is this already." in twice.content.decode()


def test_starting_twice_is_starting_once(acme, marta):
    job = check(acme, marta, upload(acme, marta, csv_of(HEAD, MARIA)))
    url = f"{acme.url}/contacts/imports/{job.pk}/start/"
    work(acme, job_at(acme, marta.post(url, {"duplicates": "fill"})))
    job = work(acme, job_at(acme, marta.post(url, {"duplicates": "overwrite"})))
    assert job.settings["duplicates"] == "fill"
    assert names(acme) == ["Maria"]


def test_agents_import_nothing_and_strangers_find_nothing(acme, rival, log_in, marta):
    job = upload(acme, marta, csv_of(HEAD, MARIA))
    agent = log_in(acme.boris)
    assert agent.get(f"{acme.url}/contacts/imports/").status_code == 403
    assert agent.get(f"{acme.url}/contacts/imports/{job.pk}/").status_code == 403
    stranger = log_in(rival.rita)
    assert stranger.get(f"{acme.url}/contacts/imports/{job.pk}/").status_code == 404
    assert stranger.get(f"{rival.url}/contacts/imports/{job.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once_make_each_person_once(acme, marta, monkeypatch):
    monkeypatch.setattr("contacts.imports.running.WRITTEN_AT_ONCE", 5)
    people = [[f"P{n}", f"8921{n:07}", ""] for n in range(30)]
    files = [csv_of(HEAD, *people), csv_of(HEAD, *reversed(people))]
    jobs = [check(acme, marta, upload(acme, marta, file)) for file in files]
    for job in jobs:
        marta.post(f"{acme.url}/contacts/imports/{job.pk}/start/", {"duplicates": "fill"})

    def do(job):
        try:
            run_job(acme.workspace.id, job.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(do, jobs))
    with acme.scope():
        done = list(Job.objects.filter(pk__in=[job.pk for job in jobs]))
        assert [job.state for job in done] == ["done", "done"]
        assert sum(job.counts["created"] for job in done) == 30
        assert Contact.objects.count() == 30


def test_a_job_goes_on_where_a_dead_worker_left_it(acme, marta, monkeypatch):
    monkeypatch.setattr("contacts.imports.running.WRITTEN_AT_ONCE", 10)
    people = [[f"P{n}", f"8921{n:07}", ""] for n in range(35)]
    job = check(acme, marta, upload(acme, marta, csv_of(HEAD, *people, ["bad", "x", ""])))
    marta.post(f"{acme.url}/contacts/imports/{job.pk}/start/", {"duplicates": "fill"})
    # Its time is up after each chunk, and a new process opens the file again.
    for _turn in range(10):
        run_job(acme.workspace.id, job.pk, seconds=0)
    with acme.scope():
        job.refresh_from_db()
        assert (job.state, job.counts["created"], job.counts["bad"]) == ("done", 35, 1)
        assert Contact.objects.count() == 35
