from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workspaces.actions import create_api_token
from workspaces.models import Role, Workspace
from workspaces.permissions import Verb
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Make an API token of a workspace; prints the token and nothing else."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workspace", help="The address (slug) of the workspace")
        parser.add_argument("--scopes", nargs="*", default=[], metavar="SCOPE")
        parser.add_argument("--role", default=Role.ADMIN, choices=Role.values)

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = Workspace.objects.filter(slug=options["workspace"]).first()
        if workspace is None:
            raise CommandError(f"There is no workspace {options['workspace']}.")
        scopes = [scope for part in options["scopes"] for scope in part.replace(",", " ").split()]
        unknown = sorted(set(scopes) - set(Verb))
        if unknown:
            raise CommandError(
                f"Unknown scopes: {', '.join(unknown)}. Known: {', '.join(sorted(Verb))}."
            )
        with workspace_scope(workspace.id):
            made = create_api_token(name="bin/manage", role=options["role"], scopes=scopes)
        self.stdout.write(made.secret)
