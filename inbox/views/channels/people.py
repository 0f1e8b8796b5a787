"""Who gets a channel's conversations and when somebody is there: two forms on one page."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_connectors.models import Channel
from inbox.channel_forms import PeopleForm
from inbox.connections import update_channel
from inbox.reconnecting import set_access
from workspaces.actions import current_calendar, set_calendar
from workspaces.forms import CalendarForm
from workspaces.models import Calendar
from workspaces.requests import WorkspaceRequest


class PeoplePage:
    """The forms of one request. Hours that were not sent stay as they are."""

    def __init__(self, request: WorkspaceRequest, channel: Channel) -> None:
        self._channel, self._by = channel, request.membership
        data = request.POST if request.method == "POST" else None
        self.owner = (Calendar.Owner.CHANNEL, channel.pk)
        self.form = PeopleForm(data, channel=channel)
        self._has_hours = data is not None and "mode" in data
        self.calendar = CalendarForm(
            data if self._has_hours else None,
            workspace=request.workspace,
            calendar=current_calendar(self.owner),
            above=_("As the team or the workspace"),
        )

    def is_valid(self) -> bool:
        """Both are looked at, so that all errors show at once."""
        hours_hold = not self._has_hours or self.calendar.is_valid()
        return self.form.is_valid() and hours_hold

    def save(self) -> None:
        """Raises `ValidationError` where a setting is refused."""
        values = self.form.cleaned_data
        update_channel(
            self._channel,
            by=self._by,
            name=values["name"],
            settings=self.form.settings(),
            away_reply=values["away_reply"],
        )
        set_access(self._channel, self.form.access(), by=self._by)
        if self._has_hours:
            set_calendar(self.owner, by=self._by, **self.calendar.values())

    def refuse(self, refusal: ValidationError) -> None:
        """Show it beside its field, or above the form."""
        errors = getattr(refusal, "error_dict", None) or {None: [refusal]}
        for name, found in errors.items():
            self.form.add_error(name if name in self.form.fields else None, found)

    def context(self) -> dict[str, Any]:
        """What the templates call them."""
        return {"form": self.form, "calendar_form": self.calendar}
