from typing import Any

from django.core.management.commands import migrate
from django.db import connection

from core.postgresql.migrating import quick_states
from core.postgresql.roles import owner_connections
from workspaces import tenancy


class Command(migrate.Command):
    """Django's migrate, run as the owner, with the fences between workspaces derived after it."""

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connections():
            with connection.cursor() as cursor:
                tenancy.ensure_roles(cursor)
                # Two thousand small commits; a crash that loses some is mended by migrating again.
                cursor.execute("set synchronous_commit to off")
            with quick_states():
                super().handle(*args, **options)
            if options.get("plan") or options.get("check_unapplied"):
                return
            with connection.cursor() as cursor:
                tenancy.derive(cursor)
