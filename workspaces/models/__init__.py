from workspaces.models.api_token import ApiToken
from workspaces.models.calendar import Calendar
from workspaces.models.idempotency_key import IdempotencyKey
from workspaces.models.invitation import Invitation
from workspaces.models.membership import Membership, Role, Visibility
from workspaces.models.team import Team, TeamMembership
from workspaces.models.tenant import TenantForeignKey, TenantManager, TenantModel, TenantQuerySet
from workspaces.models.user import User
from workspaces.models.workspace import Workspace

__all__ = [
    "ApiToken",
    "Calendar",
    "IdempotencyKey",
    "Invitation",
    "Membership",
    "Role",
    "Team",
    "TeamMembership",
    "TenantForeignKey",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "User",
    "Visibility",
    "Workspace",
]
