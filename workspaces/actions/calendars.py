from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from workspaces.calendars import Hours, Versions
from workspaces.facts import tell
from workspaces.models import ApiToken, Calendar, Membership, Workspace

Owner = tuple[str, UUID]

ALWAYS: Final = Hours.around_the_clock()


def set_calendar(
    owner: Owner,
    *,
    mode: str,
    time_zone: str,
    weekly: list[list[list[str]]],
    holidays: list[dict[str, Any]],
    by: Membership | ApiToken,
) -> Calendar | None:
    """Hours from now on, as a new version; None when they are these already."""
    owner_type, owner_id = owner
    before = Calendar.objects.of(*owner).first()
    new = {"mode": mode, "time_zone": time_zone, "weekly": weekly, "holidays": holidays}
    if before is None and mode == Calendar.Mode.INHERIT:
        return None
    if before is not None and all(getattr(before, name) == new[name] for name in new):
        return None
    version: Calendar = Calendar.objects.create(
        owner_type=owner_type, owner_id=owner_id, valid_from=timezone.now(), **new
    )
    tell(
        "calendar.changed",
        subject=version,
        by=by,
        data={"owner_type": owner_type, "owner": str(owner_id), "mode": mode},
    )
    return version


def current_calendar(owner: Owner) -> Calendar | None:
    """The newest version of an owner's own hours."""
    found: Calendar | None = Calendar.objects.of(*owner).first()
    return found


def hours_of(workspace: Workspace, *above: Owner, at: datetime | None = None) -> Hours:
    """The hours in force at a moment (now): of the first owner of `above` that has its own, such
    as the channel and then its team, else the workspace's, else around the clock."""
    owners = [*above, (Calendar.Owner.WORKSPACE, workspace.id)]
    versions = list(_versions(owners))
    return _resolve(owners, versions, at or timezone.now())


def versions_of(workspace: Workspace, *above: Owner) -> Versions:
    """The same through all times, for `business_seconds` at the time of what happened."""
    owners = [*above, (Calendar.Owner.WORKSPACE, workspace.id)]
    versions = list(_versions(owners))
    moments = sorted({version.valid_from for version in versions}) or [timezone.now()]
    return Versions(tuple((at, _resolve(owners, versions, at)) for at in moments))


def _versions(owners: Iterable[Owner]) -> Any:
    wanted = Q(pk=None)
    for owner_type, owner_id in owners:
        wanted |= Q(owner_type=owner_type, owner_id=owner_id)
    return Calendar.objects.filter(wanted).order_by("-valid_from")


def _resolve(owners: list[Owner], versions: list[Calendar], at: datetime) -> Hours:
    for owner in owners:
        own = [one for one in versions if (one.owner_type, one.owner_id) == owner]
        # What happened before the first version is judged by it.
        version = next((one for one in own if one.valid_from <= at), own[-1] if own else None)
        if version is not None and version.mode != Calendar.Mode.INHERIT:
            return Hours.of(version)
    return ALWAYS
