"""Contacts into a file."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.actions import create_contact
from contacts.exports.expiring import forget_expired_files
from contacts.jobs import run_job
from contacts.models import Contact, Job
from events import types
from events.journal import SYSTEM
from events.models import Event
from tests.contacts.files import bring_in, job_at, work
from tests.contacts.test_imports import body
from workspaces import storage

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("http://evil")'


@pytest.fixture
def people(acme):
    with acme.scope():
        return [
            create_contact(by=SYSTEM, name=FORMULA, phone="+79213842016", labels=["a", "b"]),
            create_contact(by=SYSTEM, name="Мария, «Ёж»", email="m@example.com"),
        ]


def export(acme, client, **values):
    values = {"all": "1", "format": "csv", "columns": "chosen", **values}
    return job_at(acme, client.post(f"{acme.url}/contacts/bulk/export/", values))


def fetch(acme, client, job):
    return client.get(f"{acme.url}/contacts/jobs/{job.pk}/file/")


def test_csv_holds_what_the_table_shows_and_no_formula(acme, people, log_in):
    client = log_in(acme.marta)
    job = work(acme, export(acme, client))
    answer = fetch(acme, client, job)
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "private, no-store"
    data = body(answer)
    assert data.startswith("\ufeff".encode())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0][:6] == ["Name", "Phone", "E-mail", "Labels", "Owner", "With us since"]
    assert [row[:4] for row in rows[1:]] == [
        [f"'{FORMULA}", "'+79213842016", "", "a, b"],
        ["Мария, «Ёж»", "", "m@example.com", ""],
    ]


def test_a_workbook_has_texts_as_texts(acme, people, log_in):
    import openpyxl

    client = log_in(acme.marta)
    job = work(acme, export(acme, client, format="xlsx", columns="all"))
    sheet = openpyxl.load_workbook(io.BytesIO(body(fetch(acme, client, job)))).active
    rows = list(sheet.iter_rows())
    assert rows[1][0].value == FORMULA
    assert rows[1][0].data_type == "s"
    assert len(rows) == 3
    assert (
        not storage.absolute(job.path).with_name(f"{storage.absolute(job.path).name}.rows").exists()
    )


def test_what_is_exported_can_be_imported_again_and_changes_nothing(acme, people, log_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = log_in(acme.marta)
    data = body(fetch(acme, client, work(acme, export(acme, client))))
    job = bring_in(acme, client, SimpleUploadedFile("contacts.csv", data), "overwrite", column_4="")
    assert (job.counts["created"], job.counts["updated"], job.counts["bad"]) == (0, 0, 0)


def test_only_those_that_are_found_or_ticked(acme, people, log_in):
    client = log_in(acme.marta)
    found = work(acme, export(acme, client, q="Мария"))
    ticked = work(acme, export(acme, client, all="", ids=[str(people[0].pk)]))
    assert (found.done, ticked.done) == (1, 1)


def test_a_dead_workers_rows_are_not_there_twice(acme, log_in, monkeypatch):
    monkeypatch.setattr("contacts.exports.running.CHUNK", 2)
    with acme.scope():
        for number in range(5):
            create_contact(by=SYSTEM, name=f"P{number}")
    client = log_in(acme.marta)
    job = export(acme, client)
    run_job(acme.workspace.id, job.pk, seconds=0)
    with acme.scope():
        job.refresh_from_db()
    with storage.absolute(job.path).open("ab") as file:
        file.write(b"what a worker wrote before it died")
    job = work(acme, job)
    rows = list(csv.reader(io.StringIO(body(fetch(acme, client, job)).decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [f"P{number}" for number in range(5)]


def test_the_journal_knows_who_asked_and_who_fetched(acme, people, log_in):
    client = log_in(acme.marta)
    job = work(acme, export(acme, client))
    fetch(acme, client, job)
    with acme.scope():
        for action in (types.JOB_STARTED, types.JOB_FINISHED, types.EXPORT_DOWNLOADED):
            fact = Event.objects.get(action=action)
            assert (fact.actor_id, fact.subject_id) == (acme.marta.pk, job.pk)
        assert Event.objects.get(action=types.EXPORT_DOWNLOADED).data["rows"] == 2


def test_the_file_is_for_one_person_for_a_week(acme, people, log_in):
    client = log_in(acme.marta)
    job = work(acme, export(acme, client))
    assert fetch(acme, log_in(acme.owner), job).status_code == 404
    assert fetch(acme, log_in(acme.boris), job).status_code == 403
    assert not forget_expired_files()
    with acme.scope():
        Job.objects.update(expires_at=timezone.now() - timedelta(minutes=10))
    assert fetch(acme, client, job).status_code == 404
    assert forget_expired_files() == 1
    assert not storage.absolute(job.path).exists()


def test_whoever_may_not_export_does_not(acme, people, log_in):
    client = log_in(acme.boris)
    answer = client.post(f"{acme.url}/contacts/bulk/export/", {"all": "1", "format": "csv"})
    assert answer.status_code == 403
    assert "export" not in client.get(f"{acme.url}/contacts/").content.decode().lower()


def test_whoever_loses_the_right_gets_no_file(acme, people, log_in):
    job = export(acme, log_in(acme.marta))
    with acme.scope():
        acme.marta.role = "agent"
        acme.marta.save()
    job = work(acme, job)
    assert job.state == Job.State.FAILED
    with acme.scope():
        assert Contact.objects.count() == 2
