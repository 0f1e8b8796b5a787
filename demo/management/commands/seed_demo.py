from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels_connectors.models import Channel
from demo import bulk
from demo.people import ANNOUNCED, PASSWORD
from demo.seed import seed
from demo.traffic import count_days
from workspaces.models import Membership
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Make the demo workspace (once), and as many plain conversations as asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--conversations", type=int, default=0, metavar="N")
        parser.add_argument("--deals", type=int, default=0, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["deals"]:
            raise CommandError("This version has no deals yet; leave --deals out.")
        workspace, is_new = seed()
        count = options["conversations"]
        if count:
            with workspace_scope(workspace.id):
                channel = Channel.objects.order_by("created_at").first()
                assignee = Membership.objects.order_by("created_at").first()
            bulk.add_conversations(workspace.id, channel.id, assignee.id, count)
            with workspace_scope(workspace.id):
                count_days(workspace)
            self.stdout.write(f"{count} conversations added to {workspace.slug}.")
        if is_new:
            self.stdout.write(f"The demo workspace {workspace.name} is ready.")
        width = max(len(person.email) for person in ANNOUNCED)
        for person in ANNOUNCED:
            self.stdout.write(f"  {person.title:<9} {person.email:<{width}}  {PASSWORD}")
