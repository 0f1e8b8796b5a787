"""Verbs on workspaces, members and keys."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from core.tokens import new_token, token_hash
from workspaces.models import (
    ApiToken,
    Invitation,
    Membership,
    Role,
    Team,
    TeamMembership,
    User,
    Visibility,
    Workspace,
)
from workspaces.scope import workspace_scope

RESERVED_SLUGS = {"new", "admin", "api", "settings", "static", "w"}

_LATIN_OF_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        ("a b v g d e e zh z i y k l m n o p r s t u f h ts ch sh sch - y - e yu ya")
        .replace("-", "")
        .split(" "),
        strict=True,
    )
)


def suggest_slug(name: str) -> str:
    """A free address made of the company's name; Cyrillic is transliterated."""
    latin = "".join(_LATIN_OF_CYRILLIC.get(letter, letter) for letter in name.lower())
    base = slugify(latin)[:40] or "workspace"
    taken = (
        set(Workspace.objects.filter(slug__startswith=base).values_list("slug", flat=True))
        | RESERVED_SLUGS
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
    """Create a workspace and its owner's membership."""
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
        owner.last_workspace = workspace
        owner.save(update_fields=["last_workspace"])
    return workspace, membership


def add_member(
    *,
    user: User,
    role: str,
    visibility: str = Visibility.ALL,
    teams: list[Team] | None = None,
) -> Membership:
    """Make the user a member of the workspace in scope; a former member comes back."""
    membership, _ = Membership.objects.update_or_create(
        user=user, defaults={"role": role, "visibility": visibility, "is_active": True}
    )
    for team in teams or []:
        TeamMembership.objects.get_or_create(team=team, membership=membership)
    return membership


def invite(
    *,
    email: str,
    role: str,
    by: Membership,
    visibility: str = Visibility.ALL,
    team: Team | None = None,
) -> tuple[Invitation, str]:
    """Make an invitation; returns it with the token, which is stored nowhere."""
    token = new_token()
    invitation = Invitation.objects.create(
        email=email.lower(),
        role=role,
        visibility=visibility,
        team=team,
        invited_by=by,
        token_hash=token_hash(token),
    )
    return invitation, token


def find_invitation(token: str) -> tuple[UUID, UUID] | None:
    """(workspace id, invitation id) of a token, whatever its state; None when unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, invitation_id from invitation_by_hash(%s)", [token_hash(token)]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def accept_invitation(*, invitation: Invitation, user: User) -> Membership | None:
    """Join by the invitation. None when it is used, revoked, too old or another person's."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if not locked.is_open or locked.email != user.email.lower():
        return None
    locked.accepted_at = timezone.now()
    locked.save(update_fields=["accepted_at"])
    return add_member(
        user=user,
        role=locked.role,
        visibility=locked.visibility,
        teams=[locked.team] if locked.team else [],
    )


@dataclass(frozen=True)
class NewApiToken:
    """A token at the only moment when its secret is known."""

    token: ApiToken
    secret: str


def create_api_token(
    *,
    name: str,
    role: str = Role.ADMIN,
    scopes: list[str] | None = None,
    by: Membership | None = None,
    expires_at: datetime | None = None,
) -> NewApiToken:
    """Make an API token of the workspace in scope."""
    prefix, secret = f"tdm_{new_token()[:6]}", new_token()
    token = ApiToken.objects.create(
        name=name,
        prefix=prefix,
        secret_hash=token_hash(f"{prefix}.{secret}"),
        role=role,
        scopes=scopes or [],
        created_by=by,
        expires_at=expires_at,
    )
    return NewApiToken(token=token, secret=f"{prefix}.{secret}")


def find_api_token(secret: str) -> tuple[UUID, UUID] | None:
    """(workspace id, token id) of a presented secret; None when unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, token_id from api_token_by_hash(%s)", [token_hash(secret)]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None
