"""Long work in chunks: it survives whoever does it."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from contacts.jobs import Refused, Runner, run_job, runner, start
from contacts.jobs.running import MOST_ATTEMPTS
from contacts.models import Contact, Job
from contacts.tasks import waiting_jobs
from tests.config.launched import wait_until
from tests.contacts.files import csv_of, work

KILLED = """
import django, sys
django.setup()
from uuid import UUID
from contacts.imports import running
running.WRITTEN_AT_ONCE = 5
from contacts.jobs import run_job
run_job(UUID(sys.argv[1]), UUID(sys.argv[2]))
"""


@runner("test_counting")
class Counting(Runner):
    """Counts to ten, a chunk each; trouble comes where `settings` say."""

    def chunk(self) -> bool:
        if self.job.settings.get("refuse"):
            raise Refused("It is too cold.")
        if self.job.done == self.job.settings.get("break_at"):
            raise RuntimeError("the disk is full")
        Contact.objects.create(name=f"number {self.job.done}")
        self.job.done += 1
        return self.job.done < 10


def make(acme, **settings):
    with acme.scope():
        return start(Job(kind="test_counting", settings=settings), by=acme.boris)


def again(acme, job):
    with acme.scope():
        return Job.objects.get(pk=job.pk)


def count(acme):
    with acme.scope():
        return Contact.objects.count()


@pytest.mark.django_db
def test_a_job_is_done_to_its_end_and_only_once(acme):
    job = work(acme, make(acme))
    assert (job.state, job.done, count(acme)) == ("done", 10, 10)
    assert run_job(acme.workspace.id, job.pk) is False
    assert count(acme) == 10


@pytest.mark.django_db
def test_a_chunk_that_breaks_leaves_nothing_and_is_tried_again_for_a_while(acme):
    job = work(acme, make(acme, break_at=4))
    assert (job.state, job.done, job.attempts) == ("running", 4, 1)
    assert "disk is full" in job.error
    assert count(acme) == 4
    assert run_job(acme.workspace.id, job.pk) is False
    for _turn in range(MOST_ATTEMPTS):
        with acme.scope():
            Job.objects.filter(pk=job.pk).exclude(lease_until=None).update(
                lease_until=timezone.now() - timedelta(minutes=10)
            )
        run_job(acme.workspace.id, job.pk)
    assert again(acme, job).state == Job.State.FAILED


@pytest.mark.django_db
def test_trouble_that_is_over_is_forgotten(acme):
    job = work(acme, make(acme, break_at=4))
    with acme.scope():
        job.settings, job.lease_until = {}, timezone.now()
        job.save()
    job = work(acme, job)
    assert (job.state, job.error, count(acme)) == ("done", "", 10)


@pytest.mark.django_db
def test_a_refusal_is_told_in_its_words(acme):
    job = work(acme, make(acme, refuse=True))
    assert (job.state, job.error, job.attempts) == ("failed", "It is too cold.", 0)


@pytest.mark.django_db
def test_a_kind_that_nobody_does_fails(acme):
    with acme.scope():
        job = start(Job(kind="unheard_of"), by=acme.boris)
    assert work(acme, job).state == Job.State.FAILED


@pytest.mark.django_db
def test_who_has_lost_the_lease_writes_no_more(acme):
    job = make(acme)
    run_job(acme.workspace.id, job.pk, seconds=0)
    first = again(acme, job)
    with acme.scope():
        first.hold(acme.boris.pk)
        first.save()
    assert run_job(acme.workspace.id, job.pk) is False
    assert count(acme) == first.done == 1


@pytest.mark.django_db
def test_the_sweeper_finds_what_nobody_holds(acme):
    job = make(acme)
    assert waiting_jobs() == []
    with acme.scope():
        Job.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert waiting_jobs() == [(acme.workspace.id, job.pk)]
    with acme.scope():
        Job.objects.update(lease_until=timezone.now() + timedelta(minutes=1), state="running")
    assert waiting_jobs() == []
    with acme.scope():
        Job.objects.update(lease_until=timezone.now() - timedelta(minutes=1))
    assert waiting_jobs() == [(acme.workspace.id, job.pk)]


@pytest.mark.django_db(transaction=True)
def test_an_import_survives_a_kill(acme, log_in):
    from tests.contacts.files import check, job_at, upload

    client = log_in(acme.marta)
    people = [[f"P{n}", f"8921{n:07}", "" if n % 20 else "bad"] for n in range(400)]
    rows = [["Name", "Phone", "E-mail"], *people]
    job = check(acme, client, upload(acme, client, csv_of(*rows)))
    url = f"{acme.url}/contacts/imports/{job.pk}/start/"
    job_at(acme, client.post(url, {"duplicates": "fill"}))
    kills = 0
    while again(acme, job).is_at_work and kills < 3:
        before = again(acme, job).done
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(acme.workspace.id), str(job.pk)],
            env={**os.environ, "DATABASE_URL": database_url()},
        )
        assert wait_until(lambda: again(acme, job).done > before or process.poll() is not None)  # noqa: B023
        process.send_signal(signal.SIGKILL)
        process.wait()
        kills += 1
        with acme.scope():
            Job.objects.exclude(lease_until=None).update(lease_until=timezone.now())
    job = work(acme, job)
    assert (job.state, job.counts["created"], job.counts["bad"]) == ("done", 380, 20)
    assert kills
    assert count(acme) == 380


def database_url() -> str:
    """The address of the tests' own database."""
    name = connection.settings_dict["NAME"]
    whole = os.environ["DATABASE_URL"]
    head, _, query = whole.partition("?")
    base = head.rpartition("/")[0]
    return f"{base}/{name}" + (f"?{query}" if query else "")
