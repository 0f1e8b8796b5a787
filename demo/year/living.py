"""A year lived through at once."""

from datetime import timedelta

from django.utils import timezone

from analytics.digest.decisions import monday
from channels_connectors.models import Channel
from crm.models import Stage
from demo.weeks import WEEKS
from demo.year.letters import send
from demo.year.marks import rate
from demo.year.money import spend
from demo.year.rows import Rows
from demo.year.story import Story
from demo.year.telling import kinds, tell
from workspaces.models import Membership, Workspace
from workspaces.zones import local_day


def live_a_year(
    workspace: Workspace,
    members: dict[str, Membership],
    channels: dict[str, Channel],
    stages: dict[str, Stage],
) -> None:
    """Put the past year into the workspace in scope, before anything of today."""
    now = timezone.now()
    until = monday(local_day(now)) - timedelta(weeks=WEEKS)
    story = Story(now, workspace.time_zone, kinds(channels), until)
    customers = list(story.customers())
    rows = Rows(members, channels, stages)
    rows.add(customers)
    rows.write()
    tell(rows, rate(rows, now))
    spend(customers, local_day(now), until)
    send(rows.identities, channels["telegram"], members["marketer"], now)
