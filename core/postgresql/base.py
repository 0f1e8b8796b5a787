"""The backend that settings name as ENGINE = "core.postgresql"."""

from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base

from core.postgresql.roles import APP_ROLE, stays_owner


class DatabaseWrapper(base.DatabaseWrapper):
    """Steps down to APP_ROLE on every new connection, unless the owner was asked for."""

    def _configure_role(self, connection: Any) -> bool:
        if self.alias == NO_DB_ALIAS or stays_owner():
            return False
        connection.execute(f"SET ROLE {APP_ROLE}")
        return True
