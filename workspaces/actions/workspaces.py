from django.db import transaction

from core.text import slug_of
from workspaces.facts import tell
from workspaces.furniture import furnish
from workspaces.models import Membership, Role, User, Workspace
from workspaces.scope import workspace_scope

RESERVED_SLUGS = frozenset({"new", "admin", "api", "settings", "static", "w"})


def suggest_slug(name: str) -> str:
    """A free address made of the company's name; Cyrillic is spelt in Latin."""
    base = slug_of(name) or "workspace"
    taken = RESERVED_SLUGS | set(
        Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def create_workspace(
    *,
    name: str,
    owner: User,
    slug: str = "",
    time_zone: str = "Europe/Moscow",
    currency: str = "RUB",
    language: str = "ru",
) -> tuple[Workspace, Membership]:
    """Create a workspace, its owner's membership and what the other floors put into it."""
    with transaction.atomic():
        workspace = Workspace.objects.create(
            name=name,
            slug=slug or suggest_slug(name),
            time_zone=time_zone,
            currency=currency,
            language=language,
        )
        with workspace_scope(workspace.id):
            membership = Membership.objects.create(user=owner, role=Role.OWNER)
            furnish(workspace)
        owner.last_workspace = workspace
        owner.save(update_fields=["last_workspace"])
    return workspace, membership


def change_workspace(
    *, workspace: Workspace, name: str, time_zone: str, currency: str, language: str, by: Membership
) -> None:
    """Change what the company is called and how its dates and money are written."""
    new = {"name": name, "time_zone": time_zone, "currency": currency, "language": language}
    changed = [field for field, value in new.items() if getattr(workspace, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(workspace, field, new[field])
    workspace.save(update_fields=changed)
    tell("workspace.changed", subject=workspace, by=by, data={"fields": changed})
