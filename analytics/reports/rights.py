"""Who reads which report: all of it, or one's own numbers."""

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied

from analytics.reports.catalogue import REPORTS, Report
from workspaces.permissions import Verb, can


def readable(viewer: Any) -> list[Report]:
    """The reports that a member may open, in their order."""
    if can(viewer, Verb.READ_REPORTS):
        return list(REPORTS.values())
    if can(viewer, Verb.READ_OWN_NUMBERS):
        return [one for one in REPORTS.values() if one.own]
    return []


def own_alone(viewer: Any, report: Report, member_id: UUID | None) -> UUID | None:
    """The member whose numbers alone the viewer may see; None is everybody's. Raises
    `PermissionDenied`."""
    if can(viewer, Verb.READ_REPORTS):
        return None
    if not can(viewer, Verb.READ_OWN_NUMBERS) or not report.own or member_id is None:
        raise PermissionDenied
    return member_id
