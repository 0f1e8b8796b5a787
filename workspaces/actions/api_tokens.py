from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from core.tokens import new_token, token_hash
from workspaces.facts import tell
from workspaces.models import ApiToken, Membership, Role


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
    if role == Role.OWNER and by is not None and by.role != Role.OWNER:
        raise ValidationError({"role": _("Only an owner can give a token the owner's rights.")})
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
    if by is not None:
        tell("api_token.created", subject=token, by=by, data={"role": role})
    return NewApiToken(token=token, secret=f"{prefix}.{secret}")


def revoke_api_token(*, token: ApiToken, by: Membership) -> None:
    """End a token; programs that use it get 401 from now on."""
    if token.revoked_at:
        return
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    tell("api_token.revoked", subject=token, by=by)


def find_api_token(secret: str) -> tuple[UUID, UUID] | None:
    """(workspace id, token id) of a presented secret; None when unknown."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, token_id from api_token_by_hash(%s)", [token_hash(secret)]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None
