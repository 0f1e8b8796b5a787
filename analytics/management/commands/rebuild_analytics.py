from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.rollups.rebuilding import rebuild_workspace
from workspaces.models import Workspace


class Command(BaseCommand):
    help = "Counts a workspace's facts and rollups anew, from the journal and the deals."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", help="The workspace's address (slug).")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        rebuild_workspace(workspace.pk, progress=self.stdout.write)
        self.stdout.write("Done.")
