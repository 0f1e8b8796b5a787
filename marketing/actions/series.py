"""Verbs on series: what they are, and whether they run."""

from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from contacts.models import Contact
from events import types
from inbox.models.conversation import By
from marketing.actions.broadcasts import require_verb
from marketing.actions.running import leave_out_rest
from marketing.actions.series_steps import start_broadcasts, sync_broadcasts
from marketing.models import Broadcast, Series, SeriesParticipant, SeriesStep
from marketing.series import reasons
from marketing.series.checks import check_ready, check_stored
from marketing.series.entering import enter
from marketing.series.leaving import leave, leave_all
from workspaces.models import Membership
from workspaces.permissions import Verb

# How people come in stays as it is while they do.
_ENTRY: Final = frozenset({"trigger", "trigger_settings", "segment", "takes_present"})
EDITABLE: Final = _ENTRY | {
    *("name", "conditions", "goals", "reentry_days", "channels", "window"),
    *("zone", "frequency_cap", "consent_policy", "reply_team", "reply_assignee"),
}
_REFERENCES: Final = frozenset({"segment", "reply_team", "reply_assignee"})


def create_series(*, by: By, **values: Any) -> Series:
    """A draft without steps. Raises `ValidationError`, `PermissionDenied`."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    series = Series(author=by if isinstance(by, Membership) else None)
    _set(series, values)
    check_stored(series)
    series.save()
    series.record(types.SERIES_CREATED, by=by)
    return series


def update_series(series: Series, *, by: By, **values: Any) -> Series:
    """Change it. Raises `ValidationError` for one that is over, and for how people come in while
    it runs."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    series = series.lock()
    require_alive(series)
    changed = _set(series, values)
    if not changed:
        return series
    if series.status == Series.Status.RUNNING and _ENTRY & set(changed):
        raise ValidationError(
            _("Pause the series before you change how people come in."), code="running"
        )
    check_stored(series)
    series.save()
    sync_broadcasts(series)
    if series.status == Series.Status.RUNNING:
        check_ready(series)
    series.record(types.SERIES_UPDATED, by=by, changed=changed)
    return series


def delete_series(series: Series, *, by: By) -> None:
    """Delete a draft that nobody has been in; what was sent stays."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    series = series.lock()
    if series.status != Series.Status.DRAFT:
        raise ValidationError(_("A series that has run is stopped, not deleted."), code="started")
    series.record(types.SERIES_DELETED, by=by)
    broadcasts = list(SeriesStep.objects.filter(series=series).values_list("broadcast", flat=True))
    series.delete()
    Broadcast.objects.filter(pk__in=broadcasts).delete()


def start_series(series: Series, *, by: By) -> Series:
    """Run, or go on where it was paused. A no-op for a running one.

    Raises `ValidationError` when something is missing, `PermissionDenied`.
    """
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    series = series.lock()
    require_alive(series)
    if series.status == Series.Status.RUNNING:
        return series
    sync_broadcasts(series)
    check_ready(series)
    series.started_at = series.started_at or timezone.now()
    series.looks_at = None
    series.become(Series.Status.RUNNING, types.SERIES_STARTED, by=by)
    start_broadcasts(series)
    return series


def pause_series(series: Series, *, by: By) -> Series:
    """Nobody comes in and nothing is sent until it is started again. A no-op for a paused one."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    series = series.lock()
    if series.status not in {Series.Status.RUNNING, Series.Status.PAUSED}:
        raise ValidationError(_("This series does not run."), code="not_running")
    series.become(Series.Status.PAUSED, types.SERIES_PAUSED, by=by)
    _broadcasts(series).filter(status=Broadcast.Status.RUNNING).update(
        status=Broadcast.Status.PAUSED
    )
    return series


def stop_series(series: Series, *, by: By) -> Series:
    """For good: everybody leaves it. A no-op for a stopped one."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    series = series.lock()
    if series.is_over:
        return series
    if series.status == Series.Status.DRAFT:
        raise ValidationError(_("This series does not run."), code="not_running")
    series.become(Series.Status.STOPPED, types.SERIES_STOPPED, by=by)
    _broadcasts(series).update(status=Broadcast.Status.STOPPED, finished_at=timezone.now())
    for broadcast in _broadcasts(series):
        leave_out_rest(broadcast)
    leave_all(series, reasons.STOPPED, by=by)
    return series


def let_in(series: Series, contact: Contact, *, by: By) -> bool:
    """Put somebody in by hand; False when they are or were in it, or want no offers."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    series = series.lock()
    if series.status != Series.Status.RUNNING:
        raise ValidationError(_("This series does not run."), code="not_running")
    return bool(enter(series, [contact.pk], by=by))


def take_out(participant: SeriesParticipant, *, by: By) -> bool:
    """Let somebody go by hand; False for who is not in it any more."""
    require_verb(by, Verb.WRITE_BROADCASTS)
    found = (
        SeriesParticipant.objects.filter(pk=participant.pk, state=SeriesParticipant.State.ACTIVE)
        .select_for_update(no_key=True, of=("self",))
        .select_related("series")
        .first()
    )
    return bool(found and leave(found.series, {found: reasons.REMOVED}, by=by))


def require_alive(series: Series) -> None:
    """Raise `ValidationError` for a series that is over."""
    if series.is_over:
        raise ValidationError(_("This series was stopped for good."), code="stopped")


def _broadcasts(series: Series) -> Any:
    steps = SeriesStep.objects.filter(series=series)
    return Broadcast.objects.filter(pk__in=steps.values("broadcast"))


def _set(series: Series, values: dict[str, Any]) -> list[str]:
    if unknown := set(values) - EDITABLE:
        raise TypeError(f"A series has no {min(unknown)} to set.")
    changed = sorted(name for name, value in values.items() if _now(series, name) != value)
    for name in changed:
        setattr(series, name, values[name])
    return changed


def _now(series: Series, name: str) -> Any:
    if name in _REFERENCES:
        return getattr(series, name) if getattr(series, f"{name}_id") else None
    return getattr(series, name)
