from allauth.account.models import EmailAddress
from django.db import transaction

from workspaces.models import User


def register_user(
    *, email: str, name: str, password: str | None, language: str = "", is_verified: bool = True
) -> User:
    """Create a user together with the address that log-in checks.

    `is_verified` says that the person proved to hold the address, or that an operator vouches.
    Raises `IntegrityError` when the address is taken.
    """
    with transaction.atomic():
        user = User.objects.create_user(email, password, name=name, language=language)
        EmailAddress.objects.create(user=user, email=user.email, verified=is_verified, primary=True)
    return user
