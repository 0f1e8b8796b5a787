"""The backend that settings name as ENGINE = "core.postgresql"."""

from datetime import UTC
from functools import cache
from typing import Any

from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.utils.functional import cached_property
from psycopg.adapt import AdaptersMap

from core.postgresql.moments import MomentLoader
from core.postgresql.roles import APP_ROLE, owner_connections, stays_owner


class DatabaseWrapper(base.DatabaseWrapper):
    """Steps down to APP_ROLE on every new connection, unless the owner was asked for."""

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        if self.timezone is UTC:
            parameters["context"] = _with_moments(parameters["context"])
        return parameters

    @cached_property
    def pg_version(self) -> int:
        """Asked as the owner: checks of models want it before migrations have made the roles."""
        if self.connection is not None:
            return super().pg_version
        with owner_connections():
            return super().pg_version

    def _configure_role(self, connection: Any) -> bool:
        if self.alias == NO_DB_ALIAS or stays_owner():
            return False
        connection.execute(f"SET ROLE {APP_ROLE}")
        return True


@cache
def _with_moments(django: AdaptersMap) -> AdaptersMap:
    adapters = AdaptersMap(django)
    adapters.register_loader("timestamptz", MomentLoader)
    return adapters
