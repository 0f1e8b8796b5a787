"""Verbs on saved reports and their deliveries."""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError as Unreadable

from analytics.models import DeliveryRecipient, ReportDelivery, SavedReport
from analytics.reports.catalogue import REPORTS
from analytics.reports.rights import own_alone
from inbox.models import Conversation
from workspaces.models import Membership
from workspaces.permissions import Verb, can, require

MOST_SAVED: Final = 100
MOST_RECIPIENTS: Final = 50
# Of an address, what says how a report is looked at.
KEPT: Final = (
    "period", "from", "to", "compare", "base", "model", "currency", "filter", "group", "sort",
    "columns", "show",
)  # fmt: skip


def seen_by(viewer: Membership | None) -> Any:
    """The member's own saved reports, and those that are shared with everybody; of a program that
    no member answers for, those alone."""
    return SavedReport.objects.filter(Q(membership=viewer) | Q(is_shared=True)).order_by("name")


def save_report(
    *, by: Membership, report: str, name: str, parameters: dict[str, Any], is_shared: bool = False
) -> SavedReport:
    """Keep a report as it is looked at. Under a name that the member has given to one already, it
    takes its place. Raises `ValidationError`, `PermissionDenied`.
    """
    from analytics.api.questions import question_of

    found = REPORTS.get(report)
    if found is None:
        raise ValidationError({"report": _("There is no such report.")})
    mine = own_alone(by, found, by.pk)
    if is_shared:
        require(by, Verb.READ_REPORTS)
    name = " ".join(name.split())
    if not name or len(name) > 100:
        raise ValidationError({"name": _("Give it a name of at most 100 characters.")})
    kept = {key: str(parameters[key]) for key in KEPT if parameters.get(key)}
    try:
        question_of(found, kept, agent_id=mine)
    except Unreadable as error:
        raise ValidationError({"parameters": [str(error.detail)]}) from None
    if SavedReport.objects.filter(membership=by).count() >= MOST_SAVED:
        raise ValidationError({"name": _("You keep as many reports as can be kept.")})
    saved: SavedReport
    saved, _made = SavedReport.objects.update_or_create(
        membership=by,
        report=report,
        name=name,
        defaults={"parameters": kept, "is_shared": is_shared},
    )
    return saved


def delete_saved(saved: SavedReport, *, by: Membership) -> None:
    """Keep it no longer; its deliveries end. Somebody else's only an admin may delete."""
    if saved.membership_id != by.pk:
        require(by, Verb.MANAGE_WORKSPACE)
    saved.delete()


def set_delivery(
    saved: SavedReport,
    *,
    by: Membership,
    frequency: str,
    day: int = 1,
    hour: int = 9,
    file_format: str = ReportDelivery.Format.XLSX,
    recipients: Collection[UUID] = (),
    conversation: Conversation | None = None,
    delivery: ReportDelivery | None = None,
) -> ReportDelivery:
    """Have a saved report come to members by e-mail, and into a chat. Raises `ValidationError`,
    `PermissionDenied`."""
    require(by, Verb.READ_REPORTS)
    most = 7 if frequency == ReportDelivery.Frequency.WEEKLY else 28
    if frequency not in ReportDelivery.Frequency.values or not 1 <= day <= most:
        raise ValidationError({"day": _("There is no such day.")})
    if not 0 <= hour <= 23:
        raise ValidationError({"hour": _("There is no such hour.")})
    if file_format not in ReportDelivery.Format.values:
        raise ValidationError({"format": _("There is no such kind of file.")})
    wanted = set(recipients)
    members = list(Membership.objects.active().filter(pk__in=wanted).with_user())
    if len(members) != len(wanted) or len(members) > MOST_RECIPIENTS:
        raise ValidationError({"recipients": _("No such member.")})
    unable = [one.name for one in members if not may_get(one, saved)]
    if unable:
        words = _("Not allowed to read this report: %(names)s.")
        raise ValidationError({"recipients": words % {"names": ", ".join(unable)}})
    if not members and conversation is None:
        raise ValidationError({"recipients": _("Say who is to get it.")})
    made = delivery or ReportDelivery(saved=saved, membership=by)
    made.frequency, made.day, made.hour, made.format = frequency, day, hour, file_format
    made.conversation, made.error = conversation, ""
    made.plan()
    made.save()
    DeliveryRecipient.objects.filter(delivery=made).exclude(membership__in=members).delete()
    DeliveryRecipient.objects.bulk_create(
        [DeliveryRecipient(delivery=made, membership=one) for one in members],
        ignore_conflicts=True,
    )
    return made


def pause_delivery(delivery: ReportDelivery, *, by: Membership, is_paused: bool) -> None:
    """Stop it for now, or have it come again from its next time on."""
    require(by, Verb.READ_REPORTS)
    delivery.error = ""
    if is_paused:
        delivery.next_at = None
    else:
        delivery.plan()
    delivery.save(update_fields=["next_at", "error"])


def may_get(member: Membership, saved: SavedReport) -> bool:
    """Whether the member may read this report, be it their own numbers alone."""
    try:
        own_alone(member, REPORTS[saved.report], member.pk)
    except PermissionDenied:
        return False
    return can(member, Verb.READ_REPORTS) or REPORTS[saved.report].own
