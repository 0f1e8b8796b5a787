from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from channels_connectors.models import Channel
from inbox.models import InboundEnvelope
from inbox.parked import replay
from workspaces.models import Workspace
from workspaces.scope import workspace_scope


class Command(BaseCommand):
    help = "Have delivered envelopes read again: parked ones, after what was wrong was mended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workspace", metavar="SLUG", help="only of this workspace")
        parser.add_argument("--channel", metavar="ID", type=_uuid, help="only of this channel")
        parser.add_argument(
            "--state",
            default=InboundEnvelope.State.PARKED,
            choices=[InboundEnvelope.State.PARKED, InboundEnvelope.State.DONE],
        )
        parser.add_argument("--from", dest="since", metavar="TIME", type=_time, help="ISO 8601")
        parser.add_argument("--to", dest="until", metavar="TIME", type=_time, help="ISO 8601")

    def handle(self, *args: Any, **options: Any) -> None:
        workspaces = Workspace.objects.order_by("slug")
        if options["workspace"]:
            workspaces = workspaces.filter(slug=options["workspace"])
        total = channels = 0
        for workspace in workspaces:
            with workspace_scope(workspace.id):
                chosen = Channel.objects.all()
                if options["channel"]:
                    chosen = chosen.filter(pk=options["channel"])
                for channel in chosen:
                    channels += 1
                    total += replay(
                        channel,
                        state=options["state"],
                        since=options["since"],
                        until=options["until"],
                    )
        if not channels:
            raise CommandError("There is no such channel.")
        self.stdout.write(f"{total} envelopes will be read again.")


def _uuid(text: str) -> UUID:
    return UUID(text)


def _time(text: str) -> datetime:
    found = parse_datetime(text if "T" in text or " " in text else f"{text}T00:00")
    if found is None:
        raise ValueError(text)
    return found if found.tzinfo else timezone.make_aware(found)
