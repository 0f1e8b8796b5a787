"""Closing the books: what is changed of a closed period later is flagged in the reports."""

from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.actions.pipelines import manage
from crm.history import By
from crm.models import ClosedPeriod
from events import types
from events.journal import record
from workspaces.models import Membership
from workspaces.zones import local_day


def close_books(*, until: date, by: By) -> ClosedPeriod:
    """Close everything through a day that is over. Raises `ValidationError`."""
    manage(by)
    if until >= local_day(timezone.now()):
        raise ValidationError({"until": _("Only a day that is over can be closed.")})
    closed = closed_until()
    if closed is not None and until <= closed:
        raise ValidationError({"until": _("The books are closed through this day already.")})
    period: ClosedPeriod = ClosedPeriod.objects.create(
        until=until, by=by if isinstance(by, Membership) else None
    )
    record(types.BOOKS_CLOSED, subject=period, by=by, data={"until": until.isoformat()})
    return period


def reopen_books(*, by: By) -> None:
    """Take back the last closing; a no-op when nothing is closed."""
    manage(by)
    last = ClosedPeriod.objects.order_by("-until").first()
    if last is not None:
        ClosedPeriod.objects.filter(pk=last.pk).delete()
        record(types.BOOKS_REOPENED, subject=last, by=by, data={"until": last.until.isoformat()})


def closed_until() -> date | None:
    """The last day of the closed books; None when they are open."""
    found: date | None = (
        ClosedPeriod.objects.order_by("-until").values_list("until", flat=True).first()
    )
    return found
