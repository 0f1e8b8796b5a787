"""Rows a second and memory of an import of contacts, and of the same file once more.

    .venv/bin/python -m bench imports [100000]

One file with 5 % bad rows goes the whole way: check, import, and the same again. All good rows are
there then, each bad one is in the file of errors with its reason, and the second time changes
nothing. The limit: COPY of the same file into a table without anything.
"""

import csv
import sys
import time
from pathlib import Path

from bench.world import row, world

CITIES = ("Омск", "Пермь", "Казань", "Тверь")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with world():
        _measure(count)


def write_file(path: Path, count: int) -> int:
    """A file of so many rows, each twentieth of which is bad; returns how many are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Имя", "Телефон", "E-mail", "Метки", "Компания", "Согласие", "Город"])
        for number in range(count):
            phone = f"8 921 {number:07}" if number % 20 else "звонить Ивану"
            writer.writerow(
                [
                    f"Клиент {number}",
                    phone,
                    f"client{number}@example.com",
                    "ярмарка" if number % 3 else "",
                    f"Фирма {number % 50}",
                    "да" if number % 2 else "",
                    CITIES[number % len(CITIES)],
                ]
            )
    return len(range(0, count, 20))


def _measure(count: int) -> None:
    from contacts.imports import reading
    from contacts.imports.targets import FIELD, guess
    from contacts.models import Contact, CustomField, Job, JobItem
    from workspaces import storage
    from workspaces.actions import create_workspace
    from workspaces.models import User
    from workspaces.scope import workspace_scope

    owner = User.objects.create_user("bench@example.com", "bench", name="Bench")
    workspace, member = create_workspace(name="Bench", slug="bench", owner=owner)
    with workspace_scope(workspace.id):
        CustomField.objects.create(
            entity="contact", key="city", label="Город", kind="text", position="a0"
        )
        path = storage.new_path()
        target = storage.absolute(path)
        target.parent.mkdir(parents=True)
        bad = write_file(target, count)
        settings = reading.sniff(target, "bench.csv")
        settings |= {"mapping": guess(settings["sample"][0]), "labels": [], "duplicates": "fill"}
    assert settings["mapping"][-1] == f"{FIELD}city"
    row("phase", "rows", "seconds", "rows/s", "Python, s", "memory, MB", "new", "changed", "bad")
    row(*["---"] * 9)
    _copy(target, count)
    for turn in ("first", "again"):
        for phase in ("check", "write"):
            with workspace_scope(workspace.id):
                job = Job.objects.create(
                    kind="import",
                    by=member,
                    name="bench.csv",
                    path=path,
                    settings=settings,
                    cursor={"phase": phase, "row": 0, "examples": {}},
                    state=Job.State.WAITING,
                )
            job = _run(workspace.id, job, f"{turn}, {phase}")
            assert job.counts["bad"] == bad, job.counts
            if phase == "write":
                assert job.counts["created"] == (count - bad if turn == "first" else 0)
                assert job.counts["updated"] == 0
            if phase == "write":
                assert _reasons(storage.absolute(job.settings["errors"])) == bad
    with workspace_scope(workspace.id):
        assert Contact.objects.count() == count - bad
        assert JobItem.objects.filter(job=job, outcome="failed").count() == bad


def _copy(path: Path, count: int) -> None:
    import psycopg

    from core.postgresql.connections import connection_parameters

    with psycopg.connect(**connection_parameters()) as bare, bare.cursor() as cursor:
        cursor.execute(
            "create temporary table bare (a text, b text, c text, d text, e text, f text, g text)"
        )
        began = time.perf_counter()
        with (
            cursor.copy("copy bare from stdin (format csv, header)") as copy,
            path.open("rb") as file,
        ):
            while data := file.read(65_536):
                copy.write(data)
        spent = time.perf_counter() - began
    row("bare COPY", f"{count:,}", f"{spent:.2f}", f"{count / spent:,.0f}", "", "", "", "", "")


def _reasons(path: Path) -> int:
    """How many rows a file of errors has. AssertionError for one without its reason."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        _head, *rows = csv.reader(file)
    assert all("звонить Ивану" in cells[-1] for cells in rows)
    assert [int(cells[-2]) for cells in rows] == [2 + 20 * number for number in range(len(rows))]
    return len(rows)


def _memory() -> int:
    """What this process has now, in MB."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def _run(workspace_id, job, name):
    from contacts.jobs import run_job
    from contacts.models import Job
    from workspaces.scope import workspace_scope

    began, used = time.perf_counter(), time.process_time()
    run_job(workspace_id, job.pk)
    spent, used = time.perf_counter() - began, time.process_time() - used
    with workspace_scope(workspace_id):
        job = Job.objects.get(pk=job.pk)
    assert not job.error, job.error
    counts = job.counts
    row(
        name,
        f"{job.done:,}",
        f"{spent:.1f}",
        f"{job.done / spent:,.0f}",
        f"{used:.1f}",
        _memory(),
        counts.get("created", counts.get("new", 0)),
        counts.get("updated", counts.get("matched", 0)),
        counts["bad"],
    )
    return job


if __name__ == "__main__":
    main()
