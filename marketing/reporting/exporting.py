"""Files of a report: the people of a broadcast, and the numbers of broadcasts side by side."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contacts import jobs
from contacts.exports.sheets import SheetRunner
from contacts.jobs.registry import runner
from contacts.models import Job
from marketing.models import Broadcast, BroadcastRecipient
from marketing.reporting.figures import LABELS
from marketing.reporting.money import window_of
from marketing.reporting.people import Narrowed
from marketing.reporting.summary import compared, recipients_of
from marketing.reporting.words import words_of
from workspaces.models import Membership
from workspaces.permissions import Verb, require
from workspaces.zones import workspace_in_scope

CHUNK: Final = 2_000
# In place of a number that no channel tells.
UNTOLD: Final = "\N{EM DASH}"
_COLUMNS: Final = (
    *(gettext_lazy("Contact"), gettext_lazy("Phone"), gettext_lazy("E-mail")),
    *(gettext_lazy("Channel"), gettext_lazy("Address"), gettext_lazy("Version")),
    *(gettext_lazy("State"), gettext_lazy("Reason"), gettext_lazy("Sent at")),
    *(gettext_lazy("Answered at"), gettext_lazy("Followed a link at")),
    gettext_lazy("Unsubscribed at"),
)


@runner("broadcast_recipients")
class RecipientsExport(SheetRunner):
    """The people of a broadcast, or those behind one of its figures."""

    title = gettext_lazy("Recipients")

    def head(self) -> list[str]:
        return [str(name) for name in _COLUMNS]

    def rows(self) -> tuple[list[list[Any]], bool]:
        asked = Narrowed.from_address(self.job.settings)
        broadcasts = [UUID(pk) for pk in self.job.settings["broadcasts"]]
        found = asked.of(BroadcastRecipient.objects.filter(broadcast__in=broadcasts))
        if after := self.job.cursor.get("after"):
            found = found.filter(pk__gt=after)
        recipients = list(found.select_related("contact", "channel").order_by("pk")[:CHUNK])
        if recipients:
            self.job.cursor["after"] = str(recipients[-1].pk)
        return [_row(one) for one in recipients], len(recipients) == CHUNK


@runner("broadcast_summary")
class SummaryExport(SheetRunner):
    """A line for each broadcast."""

    title = gettext_lazy("Broadcasts")

    def head(self) -> list[str]:
        days = window_of(self.job.settings.get("days"))
        return [
            _("Broadcast"),
            _("Launched at"),
            *map(str, LABELS.values()),
            _("Deals in %(days)d days") % {"days": days},
            _("Orders in %(days)d days") % {"days": days},
            _("Revenue, %(currency)s") % {"currency": workspace_in_scope().currency},
        ]

    def rows(self) -> tuple[list[list[Any]], bool]:
        days = window_of(self.job.settings.get("days"))
        wanted = [UUID(pk) for pk in self.job.settings["broadcasts"]]
        broadcasts = list(Broadcast.objects.filter(pk__in=wanted).order_by("created_at"))
        return [
            [
                broadcast.name,
                broadcast.launched_at,
                *(UNTOLD if found is None else found for found in map(counted.figures.get, LABELS)),
                money.deals,
                money.orders,
                money.revenue,
            ]
            for broadcast, counted, money in compared(broadcasts, days)
        ], False


def export_recipients(
    broadcasts: Sequence[Broadcast],
    asked: Narrowed,
    *,
    name: str,
    form: str,
    back: str,
    by: Membership,
) -> Job:
    """Start writing a file of people. Raises `PermissionDenied`."""
    require(by, Verb.EXPORT_CONTACTS)
    found: Iterable[Any] = [recipients_of(broadcast) for broadcast in broadcasts]
    job = Job(
        kind="broadcast_recipients",
        name=name[:200],
        total=sum(asked.of(recipients).count() for recipients in found),
        settings={
            "broadcasts": [str(broadcast.pk) for broadcast in broadcasts],
            "figure": asked.figure, "channel": asked.channel, "variant": asked.variant,
            "reason": asked.reason, "format": form, "back": back,
        },
    )  # fmt: skip
    return jobs.start(job, by=by)


def export_summary(broadcasts: Sequence[Broadcast], days: int, *, form: str, by: Membership) -> Job:
    """Start writing a file with a line for each broadcast. Raises `PermissionDenied`."""
    require(by, Verb.EXPORT_CONTACTS)
    job = Job(
        kind="broadcast_summary",
        name=_("Numbers of broadcasts"),
        total=len(broadcasts),
        settings={
            "broadcasts": [str(broadcast.pk) for broadcast in broadcasts],
            "days": days,
            "format": form,
            "back": reverse("broadcasts:index", args=[workspace_in_scope().slug]),
        },
    )
    return jobs.start(job, by=by)


def _row(one: BroadcastRecipient) -> list[Any]:
    return [
        one.contact.name,
        one.contact.phone,
        one.contact.email,
        one.channel.name if one.channel else "",
        one.address,
        one.variant.upper(),
        one.get_state_display(),
        words_of(one.reason),
        one.sent_at,
        one.answered_at,
        one.clicked_at,
        one.unsubscribed_at,
    ]
