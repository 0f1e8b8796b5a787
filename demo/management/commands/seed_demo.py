from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from channels_connectors.models import Channel
from demo import bulk, bulk_deals, counting, tasks
from demo.people import ANNOUNCED, PASSWORD
from demo.seed import seed
from demo.traffic import count_days
from workspaces.models import Membership, Role
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Make the demo workspace (once), and as many plain conversations and deals as asked for."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--conversations", type=int, default=0, metavar="N")
        parser.add_argument(
            "--year", action="store_true", help="When it is made: with a year of history."
        )
        parser.add_argument(
            "--count-later", action="store_true", help="Leave the sums of reports to the worker."
        )
        parser.add_argument("--deals", type=int, default=0, metavar="N")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace, is_new = seed(with_year=options["year"])
        count = options["conversations"]
        if count:
            with workspace_scope(workspace.id):
                channel = Channel.objects.order_by("created_at").first()
                assignee = Membership.objects.order_by("created_at").first()
            bulk.add_conversations(workspace.id, channel.id, assignee.id, count)
            with workspace_scope(workspace.id):
                count_days(workspace)
            self.stdout.write(f"{count} conversations added to {workspace.slug}.")
        if options["deals"]:
            with workspace_scope(workspace.id):
                sellers = Membership.objects.filter(role__in=[Role.AGENT, Role.SUPERVISOR])
                owners = list(sellers.values_list("id", flat=True))
                channel = Channel.objects.order_by("created_at").first()
            made = bulk_deals.add_deals(workspace.id, owners, options["deals"])
            if made < options["deals"]:
                # Deals belong to conversations; where these run out, more are made.
                missing = options["deals"] - made
                bulk.add_conversations(workspace.id, channel.id, owners[0], missing)
                made += bulk_deals.add_deals(workspace.id, owners, missing)
            self.stdout.write(f"{made} deals added to {workspace.slug}.")
        if is_new and options["count_later"]:
            tasks.count.delay(str(workspace.pk))
        elif is_new:
            counting.count(workspace.pk)
        if is_new:
            self.stdout.write(f"The demo workspace {workspace.name} is ready.")
        width = max(len(person.email) for person in ANNOUNCED)
        for person in ANNOUNCED:
            self.stdout.write(f"  {person.title:<9} {person.email:<{width}}  {PASSWORD}")
