"""Access, working hours and the reply outside of them, as the API changes them."""

from typing import Any

from channels_connectors.models import Channel
from inbox.connections import update_channel
from inbox.reconnecting import set_access
from workspaces.actions import current_calendar, set_calendar
from workspaces.api.hours import calendar_values
from workspaces.api.teams import members_of
from workspaces.models import ApiToken, Calendar, Membership, Workspace

NAMES = ("access", "hours", "away_reply")


class PeopleChange:
    """What a request says of a channel's people. Its members are looked up before anything is
    changed, here or on the platform: raises `Unprocessable` (422) for unknown ones."""

    def __init__(self, values: dict[str, Any]) -> None:
        """Takes its own out of `values`."""
        self._given = {name: values.pop(name) for name in NAMES if name in values}
        access = self._given.get("access")
        self._members: list[Membership] | None = None if access is None else members_of(access)

    def apply(self, channel: Channel, workspace: Workspace, *, by: ApiToken) -> Channel:
        """Change what was sent; the rest stays. Returns the channel as it is now."""
        if "away_reply" in self._given:
            channel = update_channel(channel, by=by, away_reply=self._given["away_reply"])
        if "access" in self._given:
            set_access(channel, self._members, by=by)
        if "hours" in self._given:
            owner = (Calendar.Owner.CHANNEL, channel.pk)
            values = calendar_values(self._given["hours"], current_calendar(owner), workspace)
            set_calendar(owner, by=by, **values)
        return channel
