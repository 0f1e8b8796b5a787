"""Files to import, and jobs done on the spot."""

import csv
import io
import re

from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.jobs import run_job
from contacts.models import Job


def csv_of(*rows, delimiter=",", encoding="utf-8", name="people.csv"):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


def workbook_of(*rows, name="people.xlsx"):
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile(name, data.getvalue())


def job_at(place, answer):
    """The job whose page the answer leads to."""
    assert answer.status_code == 303, answer.content.decode()[:3000]
    pk = re.search(r"/([0-9a-f-]{36})/", answer.headers["Location"])[1]
    with place.scope():
        return Job.objects.get(pk=pk)


def work(place, job):
    """Do the job to its end, as a worker does, and give it as it is then."""
    run_job(place.workspace.id, job.pk)
    with place.scope():
        job.refresh_from_db()
    return job


def upload(place, client, file):
    """An import whose columns are still to be mapped."""
    return job_at(place, client.post(f"{place.url}/contacts/imports/", {"file": file}))


def check(place, client, job, **choices):
    """Take the columns as they were guessed, but for `choices`, and look at every row."""
    values = {f"column_{i}": key for i, key in enumerate(job.settings["mapping"])}
    values |= {"has_header": "on" if job.settings["has_header"] else ""} | choices
    url = f"{place.url}/contacts/imports/{job.pk}/mapping/"
    return work(place, job_at(place, client.post(url, values)))


def bring_in(place, client, file, duplicates="fill", **choices):
    """The whole way of a file; gives the finished job."""
    job = check(place, client, upload(place, client, file), **choices)
    url = f"{place.url}/contacts/imports/{job.pk}/start/"
    return work(place, job_at(place, client.post(url, {"duplicates": duplicates})))
