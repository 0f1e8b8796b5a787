"""Launching a broadcast, and holding it up."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from events import types
from inbox.models.conversation import By
from marketing.actions.broadcasts import require_verb
from marketing.audience import snapshot_of
from marketing.checks import addresses_of, check_ready, words_of
from marketing.links import store_links
from marketing.models import Broadcast, BroadcastRecipient, State
from workspaces.permissions import Verb

_Status = Broadcast.Status


def launch_broadcast(broadcast: Broadcast, *, by: By) -> Broadcast:
    """Begin now, or at its time. A no-op for one that was launched already.

    Raises `ValidationError` when something is missing, `PermissionDenied`.
    """
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    broadcast = broadcast.lock()
    if broadcast.status in {_Status.SCHEDULED, _Status.RUNNING}:
        return broadcast
    if not broadcast.is_editable:
        raise ValidationError(_("This broadcast was launched before."), code="launched")
    check_ready(broadcast)
    broadcast.snapshot = snapshot_of(broadcast.segment)
    broadcast.launched_at = timezone.now()
    if broadcast.tracks_links:
        store_links(broadcast, words_of(broadcast), addresses_of(broadcast))
    waits = broadcast.schedule != Broadcast.Schedule.NOW
    status = _Status.SCHEDULED if waits else _Status.RUNNING
    starts_at = broadcast.starts_at.isoformat() if waits and broadcast.starts_at else None
    broadcast.become(status, types.BROADCAST_LAUNCHED, by=by, starts_at=starts_at)
    return broadcast


def start_broadcast(broadcast: Broadcast, *, by: By) -> Broadcast:
    """The hour of a scheduled one has come."""
    broadcast = broadcast.lock()
    if broadcast.status == _Status.SCHEDULED:
        broadcast.become(_Status.RUNNING, types.BROADCAST_STARTED, by=by)
    return broadcast


def pause_broadcast(broadcast: Broadcast, *, by: By) -> Broadcast:
    """Send nothing more until it is resumed. A no-op for a paused one."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    broadcast = broadcast.lock()
    if broadcast.status not in {_Status.SCHEDULED, _Status.RUNNING, _Status.PAUSED}:
        raise ValidationError(_("This broadcast is not being sent."), code="not_running")
    broadcast.become(_Status.PAUSED, types.BROADCAST_PAUSED, by=by)
    return broadcast


def resume_broadcast(broadcast: Broadcast, *, by: By) -> Broadcast:
    """Go on where it was paused. A no-op for a running one."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    broadcast = broadcast.lock()
    if broadcast.status not in {_Status.RUNNING, _Status.SCHEDULED, _Status.PAUSED}:
        raise ValidationError(_("This broadcast is not paused."), code="not_paused")
    if broadcast.status != _Status.PAUSED:
        return broadcast
    waits = broadcast.schedule != Broadcast.Schedule.NOW and broadcast.cursor is None
    is_early = waits and broadcast.starts_at and broadcast.starts_at > timezone.now()
    status = _Status.SCHEDULED if is_early else _Status.RUNNING
    broadcast.become(status, types.BROADCAST_RESUMED, by=by)
    return broadcast


def stop_broadcast(broadcast: Broadcast, *, by: By) -> Broadcast:
    """Send nothing more for good: who still waits is left out. A no-op for a stopped one."""
    require_verb(by, Verb.LAUNCH_BROADCASTS)
    broadcast = broadcast.lock()
    if broadcast.status == _Status.STOPPED:
        return broadcast
    if broadcast.status not in {_Status.SCHEDULED, _Status.RUNNING, _Status.PAUSED}:
        raise ValidationError(_("This broadcast is not being sent."), code="not_running")
    broadcast.become(_Status.STOPPED, types.BROADCAST_STOPPED, by=by)
    leave_out_rest(broadcast)
    return broadcast


def leave_out_rest(broadcast: Broadcast) -> int:
    """Those to whom nothing was sent when it was stopped; returns how many."""
    waiting = BroadcastRecipient.objects.filter(
        broadcast=broadcast, state__in=[State.QUEUED, State.LEASED]
    )
    count: int = waiting.update(
        state=State.SKIPPED, reason="stopped", lease_token=None, lease_until=None
    )
    return count
