from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from workspaces.actions import create_workspace, register_user
from workspaces.models import User


class Command(BaseCommand):
    help = "Create a workspace and its owner; prints the workspace's address (slug)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--password", help="Of a new owner; without it they reset it by mail")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["owner"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        if not options["name"].strip():
            raise CommandError("A workspace needs a name.")
        user = User.objects.filter(email=email).first()
        if user is None:
            name = email.split("@", maxsplit=1)[0]
            user = register_user(email=email, name=name, password=options["password"])
        workspace, _ = create_workspace(name=options["name"].strip(), owner=user)
        self.stdout.write(workspace.slug)
