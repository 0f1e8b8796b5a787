from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.state import ProjectState

from core.postgresql.roles import owner_connections
from workspaces import tenancy


class Command(migrate.Command):
    """Django's migrate, run as the owner, with the fences between workspaces derived after it."""

    def handle(self, *args: Any, **options: Any) -> None:
        with owner_connections():
            with connection.cursor() as cursor:
                tenancy.ensure_roles(cursor)
            with _quick_options():
                super().handle(*args, **options)
            if options.get("plan") or options.get("check_unapplied"):
                return
            with connection.cursor() as cursor:
                tenancy.derive(cursor)


@contextmanager
def _quick_options() -> Iterator[None]:
    """Indexes and constraints change no field of a model, yet Django makes the classes of all
    related models anew for each, which took most of a first start."""

    def append(
        state: ProjectState, app_label: str, model_name: str, option_name: str, value: Any
    ) -> None:
        options = state.models[app_label, model_name].options
        options[option_name] = [*options.get(option_name, ()), value]
        if "apps" in state.__dict__:
            meta = state.apps.get_model(app_label, model_name)._meta
            setattr(meta, option_name, [*getattr(meta, option_name), value])

    with patch.object(ProjectState, "_append_option", append):
        yield
