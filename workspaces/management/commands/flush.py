from typing import Any

from django.core.management.commands import flush

from core.postgresql.roles import owner_connections


class Command(flush.Command):
    """Django's flush, run as the owner: the application's role may not truncate."""

    def handle(self, **options: Any) -> None:
        with owner_connections():
            super().handle(**options)
