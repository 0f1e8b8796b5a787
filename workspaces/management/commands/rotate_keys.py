from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from core.crypto import EncryptedJSONField
from workspaces.accounts import rotate_second_factors
from workspaces.models import Workspace
from workspaces.scope import workspace_scope

BATCH = 200


class Command(BaseCommand):
    help = "Encrypt stored secrets with the first of FIELD_KEYS, so that older keys may be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        fields = [
            (model, field.name)
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if isinstance(field, EncryptedJSONField)
        ]
        count = 0
        for workspace_id in Workspace.objects.values_list("id", flat=True):
            for model, name in fields:
                with workspace_scope(workspace_id):
                    for row in model._default_manager.select_for_update().iterator(BATCH):
                        # Writing the value encrypts it anew, with the first key.
                        row.save(update_fields=[name])
                        count += 1
        count += rotate_second_factors()
        self.stdout.write(f"{count} secrets are encrypted with the first of FIELD_KEYS.")
