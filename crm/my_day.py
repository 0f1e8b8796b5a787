"""The page of tasks: which ones, in which order, under which headings."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.conditions import Moments
from crm.models import Task
from crm.querysets import teammates_of
from workspaces.models import Membership
from workspaces.zones import moments

# Rows of a page: whoever has more narrows the list down.
MOST: Final = 60
MOST_OF_WEEK: Final = 150
MOST_DONE: Final = 20
WHOSE: Final = {"mine": _("Mine"), "team": _("My team’s"), "all": _("All")}
ABOUT: Final = {
    "deal": _("Deals"),
    "conversation": _("Conversations"),
    "contact": _("Customers"),
    "nothing": _("Nobody in particular"),
}
VIEWS: Final = {"day": _("My day"), "week": _("Week")}


@dataclass(frozen=True)
class Filters:
    """What the address asks for; anything unknown is as if it were not there."""

    whose: str = "mine"
    kind: str = ""
    about: str = ""
    view: str = "day"
    week: int = 0

    @classmethod
    def from_address(cls, asked: QueryDict) -> Filters:
        week = asked.get("week", "")
        return cls(
            whose=_known(asked, "whose", WHOSE, "mine"),
            kind=_known(asked, "kind", Task.Kind.values, ""),
            about=_known(asked, "about", ABOUT, ""),
            view=_known(asked, "view", VIEWS, "day"),
            week=int(week) if week.lstrip("-").isdecimal() and len(week) <= 4 else 0,
        )

    def address(self, **others: Any) -> str:
        """As a query string, with other values for some."""
        found = replace(self, **others)
        usual = Filters()
        values = {
            name: getattr(found, name)
            for name in ("whose", "kind", "about", "view", "week")
            if getattr(found, name) != getattr(usual, name)
        }
        return urlencode(values)

    @property
    def is_usual(self) -> bool:
        """Whether it is one's own day with nothing left out."""
        return replace(self, view="day", week=0) == Filters()

    def narrow(self, tasks: Any, viewer: Membership) -> Any:
        """Those of the tasks that pass."""
        if self.whose == "mine":
            tasks = tasks.filter(owner_id=viewer.pk)
        elif self.whose == "team":
            tasks = tasks.filter(Q(owner_id=viewer.pk) | Q(owner_id__in=teammates_of(viewer)))
        if self.kind:
            tasks = tasks.filter(kind=self.kind)
        if self.about == "nothing":
            return tasks.filter(deal=None, conversation=None, contact=None)
        if self.about:
            return tasks.filter(**{f"{self.about}__isnull": False})
        return tasks


@dataclass
class Group:
    """Tasks under one heading. `day` is what they become due on when they are dropped there."""

    key: str
    label: str | Promise
    day: date | None = None
    tasks: list[Task] = field(default_factory=list)
    has_more: bool = False
    is_today: bool = False


def groups(filters: Filters, viewer: Membership) -> list[Group]:
    """Overdue, today, tomorrow, later and done; two walks of an index and one for what is done."""
    when = moments()
    seen = filters.narrow(Task.objects.visible_to(viewer), viewer)
    late = list(seen.overdue().by_due().for_list()[: MOST + 1])
    coming = list(seen.to_do().filter(due_at__gte=when.now).by_due().for_list()[: MOST + 1])
    done = list(seen.done().latest_done().for_list()[:MOST_DONE])
    today = when.today
    tomorrow = today + timedelta(days=1)
    found = [
        Group("overdue", _("Overdue"), None, late[:MOST], len(late) > MOST),
        Group("today", _("Today"), today, is_today=True),
        Group("tomorrow", _("Tomorrow"), tomorrow),
        Group("later", pgettext_lazy("tasks", "Later"), today + timedelta(days=7)),
        Group("done", pgettext_lazy("tasks", "Done"), None, done),
    ]
    for task in coming[:MOST]:
        day = task.due_at.astimezone(when.zone).date()
        found[1 if day <= today else 2 if day == tomorrow else 3].tasks.append(task)
    found[3].has_more = len(coming) > MOST
    return found


def week(filters: Filters, viewer: Membership) -> list[Group]:
    """Seven days, from Monday on, with all that is due on them; done ones too."""
    when = moments()
    monday = when.today + timedelta(days=7 * filters.week - when.today.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]
    seen = filters.narrow(Task.objects.visible_to(viewer), viewer)
    due = seen.filter(due_at__gte=when.begins(days[0]), due_at__lt=when.ends(days[-1]))
    tasks = list(due.by_due().for_list()[: MOST_OF_WEEK + 1])
    by_day: dict[date, list[Task]] = {day: [] for day in days}
    for task in tasks[:MOST_OF_WEEK]:
        by_day[task.due_at.astimezone(when.zone).date()].append(task)
    return [
        Group(
            f"{day:%Y-%m-%d}",
            "",
            day,
            by_day[day],
            has_more=day == days[-1] and len(tasks) > MOST_OF_WEEK,
            is_today=day == when.today,
        )
        for day in days
    ]


def waiting(viewer: Membership) -> tuple[int, int]:
    """How many of the viewer's tasks are overdue, and how many are due by the end of today."""
    when = moments()
    mine = Task.objects.filter(owner_id=viewer.pk, due_at__lt=_end_of_today(when)).to_do()
    due = list(mine.values_list("due_at", flat=True)[:1000])
    late = sum(moment < when.now for moment in due)
    return late, len(due) - late


def moved(task: Task, day: date) -> datetime:
    """The same hour of another day."""
    when = moments()
    wall = task.due_at.astimezone(when.zone)
    return datetime.combine(day, wall.time(), when.zone).astimezone(timezone.get_default_timezone())


def _end_of_today(when: Moments) -> datetime:
    return when.ends(when.today)


def _known(asked: QueryDict, name: str, known: Any, usual: str) -> str:
    value = asked.get(name, "")
    return value if value in known else usual
