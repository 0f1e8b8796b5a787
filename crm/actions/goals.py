"""Verbs on the plans of months."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.goals import month_of
from crm.history import By, plain
from crm.models import Goal, Pipeline
from events import types
from events.journal import record
from workspaces.models import ApiToken, Membership, Team
from workspaces.permissions import Verb, require

LARGEST = Decimal(10) ** 15
MOST = 1_000_000


def set_goal(
    *,
    month: date,
    by: By,
    member: Membership | None = None,
    team: Team | None = None,
    pipeline: Pipeline | None = None,
    revenue: Decimal | None = None,
    count: int | None = None,
) -> Goal | None:
    """Say what a member, a team or everybody is to sell in a month; with neither number the plan
    is taken back. A no-op when it is so already. Raises `ValidationError`, `PermissionDenied`.
    """
    _allow(by)
    if member is not None and team is not None:
        raise ValidationError({"member": _("A plan is a member’s or a team’s, not of both.")})
    if revenue is not None and not 0 <= revenue < LARGEST:
        raise ValidationError({"revenue": _("This amount is out of range.")})
    if count is not None and not 0 <= count <= MOST:
        raise ValidationError({"count": _("This number is out of range.")})
    where = {"month": month_of(month), "member": member, "team": team, "pipeline": pipeline}
    Goal.objects.bulk_create([Goal(**where)], ignore_conflicts=True)
    goal: Goal = Goal.objects.select_for_update(no_key=True).get(**where)
    before = (goal.revenue, goal.count)
    goal.revenue, goal.count = revenue, count
    if before != (revenue, count):
        _record(goal, before, by)
    if revenue is None and count is None:
        goal.delete()
        return None
    if before != (revenue, count):
        goal.save()
    return goal


def delete_goal(goal: Goal, *, by: By) -> None:
    """Take a plan back."""
    set_goal(month=goal.month, member=goal.member, team=goal.team, pipeline=goal.pipeline, by=by)


def copy_goals(*, source: date, target: date, by: By, pipeline: Pipeline | None = None) -> int:
    """Plan a month like another one, where nothing is planned yet; returns how many plans came."""
    _allow(by)
    source, target = month_of(source), month_of(target)
    there = Goal.objects.filter(pipeline=pipeline)
    taken = set(there.filter(month=target).values_list("member_id", "team_id"))
    copied = 0
    for goal in there.filter(month=source).select_related("member", "team", "pipeline"):
        if (goal.member_id, goal.team_id) in taken:
            continue
        if goal.member is not None and not goal.member.is_active:
            continue
        set_goal(
            month=target,
            member=goal.member,
            team=goal.team,
            pipeline=goal.pipeline,
            revenue=goal.revenue,
            count=goal.count,
            by=by,
        )
        copied += 1
    return copied


def _record(goal: Goal, before: tuple[Any, Any], by: By) -> None:
    record(
        types.GOAL_CHANGED,
        subject=goal,
        by=by,
        data={
            "month": goal.month.isoformat(),
            "member": plain(goal.member_id),
            "team": plain(goal.team_id),
            "pipeline": plain(goal.pipeline_id),
            "before": {"revenue": plain(before[0]), "count": before[1]},
            "after": {"revenue": plain(goal.revenue), "count": goal.count},
        },
    )


def _allow(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_GOALS)
