"""Verbs on workspaces, members and keys. A refusal is a `ValidationError` in the reader's words."""

from workspaces.actions.api_tokens import (
    NewApiToken,
    create_api_token,
    find_api_token,
    revoke_api_token,
)
from workspaces.actions.calendars import (
    current_calendar,
    hours_of,
    set_calendar,
    versions_of,
)
from workspaces.actions.invitations import (
    accept_invitation,
    find_invitation,
    invite,
    revoke_invitation,
)
from workspaces.actions.members import (
    add_member,
    change_member,
    deactivate_member,
    reactivate_member,
)
from workspaces.actions.teams import create_team, set_team
from workspaces.actions.users import register_user
from workspaces.actions.workspaces import change_workspace, create_workspace, suggest_slug

__all__ = [
    "NewApiToken",
    "accept_invitation",
    "add_member",
    "change_member",
    "change_workspace",
    "create_api_token",
    "create_team",
    "create_workspace",
    "current_calendar",
    "deactivate_member",
    "find_api_token",
    "find_invitation",
    "hours_of",
    "invite",
    "reactivate_member",
    "register_user",
    "revoke_api_token",
    "revoke_invitation",
    "set_calendar",
    "set_team",
    "suggest_slug",
    "versions_of",
]
