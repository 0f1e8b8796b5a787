from datetime import datetime, timedelta
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel, TenantQuerySet

LEASE = timedelta(seconds=60)


class JobQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Jobs that the viewer may look at: imports and what they started themselves."""
        from workspaces.permissions import Verb, can

        seen = models.Q(by=viewer)
        if can(viewer, Verb.IMPORT_CONTACTS):
            seen |= models.Q(kind__in=("import", "import_undo"))
        return self.filter(seen)


class Job(TenantModel):
    """Long work on many rows, done in chunks by whichever worker is there.

    The row is all that there is to know: `cursor` is the place where the next chunk begins and is
    committed with the chunk's effects, so that a worker may be killed at any line. `settings` say
    what is to be done, `counts` what came of it. See `contacts.jobs`.
    """

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("job", "Not started")
        WAITING = "waiting", pgettext_lazy("job", "Waiting")
        RUNNING = "running", pgettext_lazy("job", "Running")
        DONE = "done", pgettext_lazy("job", "Done")
        FAILED = "failed", pgettext_lazy("job", "Failed")
        CANCELLED = "cancelled", pgettext_lazy("job", "Cancelled")

    kind = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    by = TenantForeignKey("workspaces.Membership", models.SET_NULL, null=True, related_name="+")
    # The job that this one takes back.
    undoes = TenantForeignKey("contacts.Job", null=True, related_name="undone_by", db_index=True)
    settings = models.JSONField(default=dict)
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    total = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    # Who works on it, and until when they must have shown themselves again.
    worker = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    # A file that came with it or came of it: where, under which name, and how long it is kept.
    path = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    expires_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = TenantManager.from_queryset(JobQuerySet)()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "kind", "-created_at"], name="job_newest"),
            models.Index(
                fields=["lease_until"],
                name="job_waiting",
                condition=models.Q(state__in=("waiting", "running")),
            ),
            models.Index(fields=["expires_at"], name="job_expiring", condition=~models.Q(path="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED, self.State.CANCELLED}

    @property
    def is_at_work(self) -> bool:
        return self.state in {self.State.WAITING, self.State.RUNNING}

    @property
    def has_file(self) -> bool:
        """Whether its file can still be fetched."""
        return bool(self.path) and (self.expires_at is None or self.expires_at > timezone.now())

    def count(self, name: str, more: int = 1) -> None:
        """Add to one of the counts."""
        self.counts[name] = self.counts.get(name, 0) + more

    def enqueue(self) -> None:
        """Have it done from now on; it begins after the commit."""
        from contacts.jobs.pokes import poke_after_commit

        self.state, self.lease_until, self.attempts, self.error = self.State.WAITING, None, 0, ""
        self.finished_at = None
        if self.by_id:
            # Whoever asks for it reads what it writes, also who has chosen no language for good.
            self.settings["language"] = get_language()
        self.save()
        poke_after_commit(self)

    def finish(self, state: str, error: str = "") -> None:
        """Whatever comes of it, nobody works on it any more."""
        self.state, self.error, self.finished_at = state, error[:2000], timezone.now()
        self.worker = self.lease_until = None

    def hold(self, worker: UUID) -> None:
        """Let `worker` have it for the length of a lease."""
        now: datetime = timezone.now()
        self.state, self.worker, self.lease_until = self.State.RUNNING, worker, now + LEASE
        self.started_at = self.started_at or now


class JobItem(TenantModel):
    """One row that a job has touched: how it went and, where it can be undone, what was before.

    `number` is the row's in a file. Failures have a `reason` in words; those of a file keep its
    cells.
    """

    class Outcome(models.TextChoices):
        DONE = "done", _("Done")
        FAILED = "failed", pgettext_lazy("job item", "Failed")

    job = TenantForeignKey("contacts.Job", related_name="items")
    number = models.BigIntegerField(null=True)
    subject_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True)
    cells = models.JSONField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["workspace", "job", "outcome", "id"], name="job_item_of_job"),
            # Whoever is erased goes from here too.
            models.Index(
                fields=["workspace", "subject_id"],
                name="job_item_of_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or ''} {self.name} {self.reason}".strip()
