"""What conditions may ask of tasks: for the API's filter, lists and rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.conditions import Field, InvalidCondition, Moments, Vocabulary, values
from crm.models import Task
from workspaces.models import Membership

TASK: Final = pgettext_lazy("conditions", "Task")
ABOUT: Final = pgettext_lazy("conditions", "What it is about")


def _identity(value: Any) -> UUID:
    try:
        return UUID(values.text(value))
    except ValueError:
        raise InvalidCondition(_("an id is needed")) from None


def _one_of(known: Iterable[str]) -> values.Parse:
    words = tuple(known)

    def parsed(value: Any) -> str:
        if value not in words:
            listed = ", ".join(word for word in words if word)
            raise InvalidCondition(_("one of these is needed: %(words)s") % {"words": listed})
        return str(value)

    return parsed


def _members() -> Iterable[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in Membership.objects.active().with_user()]


def _done(_operator: str, value: Any, moments: Moments) -> Q:
    return Q(done_at__isnull=not value)


def _overdue(_operator: str, value: Any, moments: Moments) -> Q:
    late = Q(done_at__isnull=True, due_at__lt=moments.now)
    return late if value else ~late


def _repeats(_operator: str, value: Any, moments: Moments) -> Q:
    return ~Q(repeat="") if value else Q(repeat="")


def _reference(name: str, label: Any) -> Field:
    return Field(name, label, "choice", path=f"{name}_id", parse=_identity, group=ABOUT)


TASKS: Final = Vocabulary(
    Field("text", gettext_lazy("What to do"), "text", group=TASK),
    Field(
        "kind",
        pgettext_lazy("task", "Kind"),
        "choice",
        parse=_one_of(Task.Kind.values),
        choices=lambda: Task.Kind.choices,
        group=TASK,
    ),
    Field("due_at", gettext_lazy("Due"), "moment", group=TASK),
    Field("done", gettext_lazy("Done"), "boolean", ask=_done, group=TASK),
    Field("overdue", gettext_lazy("Overdue"), "boolean", ask=_overdue, group=TASK),
    Field("repeats", gettext_lazy("Repeats"), "boolean", ask=_repeats, group=TASK),
    Field("done_at", gettext_lazy("Completed"), "moment", group=TASK),
    Field("created_at", gettext_lazy("Created"), "moment", group=TASK),
    Field("result", gettext_lazy("Result"), "text", group=TASK),
    Field(
        "owner",
        pgettext_lazy("task", "Responsible"),
        "choice",
        path="owner_id",
        parse=_identity,
        choices=_members,
        group=TASK,
    ),
    Field(
        "author",
        pgettext_lazy("task", "Given by"),
        "choice",
        path="author_id",
        parse=_identity,
        choices=_members,
        group=TASK,
    ),
    _reference("contact", pgettext_lazy("conditions", "Customer")),
    _reference("deal", pgettext_lazy("conditions", "Deal")),
    _reference("conversation", gettext_lazy("Conversation")),
)
