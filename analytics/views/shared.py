"""What pages beside the reports have around them."""

from typing import Any

from analytics.views.reports import tabs
from workspaces.requests import WorkspaceRequest


def plain_frame(request: WorkspaceRequest, current: str) -> dict[str, Any]:
    """The tabs, with the one of this name chosen."""
    found = tabs(request, None)
    for tab in found:
        tab["is_current"] = tab.get("name") == current
    return {"tabs": found}
