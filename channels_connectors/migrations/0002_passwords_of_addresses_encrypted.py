from collections.abc import Callable
from typing import Any

from django.db import migrations

from channels_connectors.passwords import opened, sealed
from workspaces.scope import workspace_scope


def seal(apps: Any, schema_editor: Any) -> None:
    """Take the passwords out of the addresses in the settings: they belong to the credentials."""
    _change(apps, sealed)


def open_again(apps: Any, schema_editor: Any) -> None:
    _change(apps, lambda settings, credentials: (opened(settings, credentials), credentials))


def _change(apps: Any, change: Callable[[Any, Any], Any]) -> None:
    channels = apps.get_model("channels_connectors", "Channel").objects
    workspaces = apps.get_model("workspaces", "Workspace").objects
    for workspace_id in workspaces.values_list("id", flat=True):
        with workspace_scope(workspace_id):
            found = channels.filter(workspace_id=workspace_id).select_for_update(no_key=True)
            for pk, settings in found.values_list("pk", "settings"):
                if not (settings.get("proxy") or settings.get("api_url")):
                    continue
                row = found.filter(pk=pk)
                settings, credentials = change(settings, row.get().credentials)
                row.update(settings=settings, credentials=credentials)


class Migration(migrations.Migration):
    dependencies = [("channels_connectors", "0001_initial")]

    operations = [migrations.RunPython(seal, open_again)]
