"""Days and money as the workspace in scope counts them."""

from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.utils import timezone

from core.conditions import Moments
from workspaces.models import Workspace
from workspaces.scope import current_scope


def workspace_in_scope() -> Workspace:
    """The workspace itself, read once in each scope."""
    scope = current_scope()
    if "workspace" not in scope.memory:
        scope.memory["workspace"] = Workspace.objects.get(pk=scope.workspace_id)
    return cast(Workspace, scope.memory["workspace"])


def zone() -> ZoneInfo:
    """In which days begin and end."""
    return ZoneInfo(workspace_in_scope().time_zone)


def local_day(moment: datetime) -> date:
    """The day on which a moment falls there."""
    return moment.astimezone(zone()).date()


def moments() -> Moments:
    """Now, for conditions that are relative to it."""
    return Moments(timezone.now(), zone())
