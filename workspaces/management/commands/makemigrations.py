from typing import Any

from django.core.management.commands import makemigrations

from core.postgresql.roles import owner_connections


class Command(makemigrations.Command):
    """Django's makemigrations, run as the owner: it reads what was applied, from an empty database
    as well, where the role of the application is not made yet."""

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connections():
            super().handle(*args, **options)
