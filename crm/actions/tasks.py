"""Verbs on tasks. Each is one fact; what is so already is left alone."""

from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.history import By, plain
from crm.models import Task
from crm.repeats import next_due, normal_due, shifted
from crm.task_facts import audience_of, record_task
from crm.task_values import clean_task, linked
from events import types
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.zones import zone

COLUMNS: Final = (
    "kind",
    "text",
    "due_at",
    "has_time",
    "owner_id",
    "contact_id",
    "deal_id",
    "conversation_id",
    "remind_at",
    "repeat",
    "result",
)


def create_task(*, text: str, due_at: datetime, by: By, rule: str = "", **values: Any) -> Task:
    """Make a task for its maker, unless `owner` is given (None is nobody).

    `contact`, `deal` and `conversation` say what it is about. With `has_time=False` it is due by
    the end of the day of `due_at`. Raises `ValidationError` by field, `PermissionDenied`.
    """
    _allow(by)
    member = by if isinstance(by, Membership) else None
    values = clean_task({"text": text, "due_at": due_at, "owner": member, **values})
    links = linked(values)
    task = Task(author=member, **_own(values), **links)
    task.due_at = normal_due(task.due_at, has_time=task.has_time, zone=zone())
    task.series_start = task.due_at if task.repeat else None
    task.save(force_insert=True)
    data: dict[str, Any] = {"rule": rule} if rule else {}
    record_task(types.TASK_CREATED, task, by=by, **data)
    return task


def update_task(task: Task, *, by: By, **values: Any) -> Task:
    """Change what is given; a no-op when nothing differs.

    A reminder moves along with the task unless it is given as well. Moving one occurrence of a
    series leaves the series where it was; another `repeat` begins it anew. Raises
    `ValidationError`.
    """
    _allow(by)
    task = locked(task)
    before, old = audience_of(task), _state(task)
    values = clean_task(values)
    links = linked(values, task)
    for name, value in {**_own(values), **links}.items():
        setattr(task, name, value)
    task.due_at = normal_due(task.due_at, has_time=task.has_time, zone=zone())
    if "remind_at" not in values and task.due_at != old["due_at"]:
        task.remind_at = shifted(
            task.remind_at, before=old["due_at"], after=task.due_at, zone=zone()
        )
    if task.remind_at != old["remind_at"]:
        task.reminded_at = None
    if task.repeat != old["repeat"]:
        task.series_start = task.due_at if task.repeat else None
    changes = {
        name: {"before": plain(old[name]), "after": plain(value)}
        for name, value in _state(task).items()
        if value != old[name]
    }
    if changes:
        task.save()
        record_task(types.TASK_UPDATED, task, by=by, before=before, changes=changes)
    return task


def assign_task(task: Task, *, to: Membership | None, by: By) -> Task:
    """Give the task to a member, or to nobody."""
    return update_task(task, owner=to, by=by)


def complete_task(task: Task, *, by: By, result: str | None = None) -> Task:
    """The task is done; what repeats is due again, once.

    On a task that is done already only a `result` is taken, if one is given.
    """
    _allow(by)
    task = locked(task)
    if result is not None:
        result = clean_task({"result": result})["result"]
    if task.is_done:
        if result is None or result == task.result:
            return task
        return update_task(task, by=by, result=result)
    task.done_at = timezone.now()
    task.done_by = by if isinstance(by, Membership) else None
    task.result = task.result if result is None else result
    data: dict[str, Any] = {"result": task.result}
    following = None if task.is_continued else _following(task)
    if following is not None:
        task.is_continued = True
        data["next"] = str(following.pk)
    task.save()
    record_task(types.TASK_DONE, task, by=by, **data)
    if following is not None:
        following.save(force_insert=True)
        record_task(types.TASK_CREATED, following, by=by, previous=str(task.pk))
    return task


def reopen_task(task: Task, *, by: By) -> Task:
    """It was not done after all. Its next occurrence, if there is one, stays."""
    _allow(by)
    task = locked(task)
    if not task.is_done:
        return task
    task.done_at, task.done_by, task.result = None, None, ""
    task.save()
    record_task(types.TASK_REOPENED, task, by=by)
    return task


def delete_task(task: Task, *, by: By) -> None:
    """Take the task away, and with it the series that it would have gone on with."""
    _allow(by)
    found = Task.objects.select_for_update(no_key=True).filter(pk=task.pk).first()
    if found is None:
        return
    record_task(types.TASK_DELETED, found, by=by)
    found.delete()


def complete_all(tasks: Any, *, by: By, result: str = "") -> int:
    """Complete what is still to do among the tasks; returns how many there were."""
    waiting = list(tasks.to_do().by_due())
    for task in waiting:
        complete_task(task, by=by, result=result)
    return len(waiting)


def locked(task: Task) -> Task:
    """The task as it is now, held until the transaction ends. Raises `ValidationError` when
    somebody has deleted it."""
    found: Task | None = (
        Task.objects.select_for_update(of=("self",), no_key=True).filter(pk=task.pk).first()
    )
    if found is None:
        raise ValidationError(_("This task is no longer there."))
    return found


def _following(task: Task) -> Task | None:
    start = task.series_start or task.due_at
    due = next_due(task.repeat, start=start, due=task.due_at, now=timezone.now(), zone=zone())
    if due is None:
        return None
    return Task(
        kind=task.kind,
        text=task.text,
        due_at=due,
        has_time=task.has_time,
        owner_id=task.owner_id,
        author_id=task.author_id,
        contact_id=task.contact_id,
        deal_id=task.deal_id,
        conversation_id=task.conversation_id,
        remind_at=shifted(task.remind_at, before=task.due_at, after=due, zone=zone()),
        repeat=task.repeat,
        series_start=start,
    )


def _allow(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.WRITE_DEALS)


def _own(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if name not in {"contact", "deal", "conversation"}
    }


def _state(task: Task) -> dict[str, Any]:
    return {name.removesuffix("_id"): getattr(task, name) for name in COLUMNS}
