"""The queue, emptied: a file for each kind and type of id, and a growing pause after trouble."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from analytics.conversions.metrica import upload
from analytics.models import Conversion, ConversionTarget
from analytics.spend.systems.answers import Trouble
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

MOST: Final = 5000
_LEASE: Final = timedelta(minutes=5)
_LONGEST_PAUSE: Final = timedelta(hours=6)
State = Conversion.State


def send_all_due() -> None:
    """Tell all counters what waits for them."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, target_id from due_conversions()")
        due = cursor.fetchall()
    for workspace_id, target_id in due:
        try:
            send(workspace_id, target_id)
        except Exception:
            logger.exception("The conversions of a counter were not sent.")


def send(workspace_id: UUID, target_id: UUID) -> int:
    """Tell one counter; returns how many it took. No transaction is open while it is asked: a
    worker that dies between the answer and the commit tells it again, and Metrica counts a goal
    of one visit once."""
    with workspace_scope(workspace_id):
        target = _claim(target_id)
        waiting = _waiting(target) if target is not None else []
    if target is None:
        return 0
    sent = 0
    files = sorted(waiting, key=_file)
    for _key, rows in groupby(files, key=_file):
        told = list(rows)
        try:
            key = upload(target, told)
        except Trouble as trouble:
            with workspace_scope(workspace_id):
                _note(target, told, trouble)
            return sent
        with workspace_scope(workspace_id):
            _mark(told, state=State.SENT, upload=key, sent_at=timezone.now(), error="")
        sent += len(told)
    with workspace_scope(workspace_id):
        ConversionTarget.objects.filter(pk=target.pk).update(failures=0, error="", next_at=None)
    return sent


def connect_target(
    *, by: Membership | ApiToken, counter: str, token: str, name: str = "", **values: object
) -> ConversionTarget:
    """Begin to tell a counter. Raises `ValidationError` by field, `PermissionDenied`."""
    require(by, Verb.WRITE_SPEND)
    if not counter.isdigit() or len(counter) > 20:
        raise ValidationError({"counter": _("The counter’s number is needed, digits alone.")})
    if not token.strip():
        raise ValidationError({"token": _("The token is needed.")})
    if ConversionTarget.objects.filter(counter=counter).exists():
        raise ValidationError({"counter": _("This counter is connected already.")})
    made: ConversionTarget = ConversionTarget.objects.create(
        name=name.strip()[:120] or _("Counter %(number)s") % {"number": counter},
        counter=counter,
        credentials={"token": token.strip()},
        **values,
    )
    return made


def update_target(
    target: ConversionTarget, *, by: Membership | ApiToken, token: str = "", **values: object
) -> ConversionTarget:
    """Change `name`, `accepted_goal`, `paid_goal`, `tells_chats` or `is_paused`; a `token` takes
    the place of the one before. A paused counter is told nothing, and nothing is queued for it."""
    require(by, Verb.WRITE_SPEND)
    if token.strip():
        target.credentials = {"token": token.strip()}
    for name, value in values.items():
        setattr(target, name, value)
    target.save(update_fields=["credentials", *values])
    return target


def disconnect_target(target: ConversionTarget, *, by: Membership | ApiToken) -> None:
    """Tell it no more; the log goes with it."""
    require(by, Verb.WRITE_SPEND)
    target.delete()


def retry(target: ConversionTarget, *, by: Membership | ApiToken) -> int:
    """Try what was not taken once more, now; returns how many."""
    require(by, Verb.WRITE_SPEND)
    ConversionTarget.objects.filter(pk=target.pk).update(next_at=None, failures=0, error="")
    again: int = Conversion.objects.filter(target=target, state=State.FAILED).update(
        state=State.WAITING, error=""
    )
    return again


def _waiting(target: ConversionTarget) -> list[Conversion]:
    """What may be told now: a moment that is yet to come is refused."""
    found = Conversion.objects.filter(target=target, state=State.WAITING, at__lte=timezone.now())
    return list(found.order_by("kind", "id")[:MOST])


def _file(one: Conversion) -> tuple[str, bool]:
    return one.kind, bool(one.client_id)


def _claim(target_id: UUID) -> ConversionTarget | None:
    """The counter, if it is due; nobody else takes it meanwhile."""
    found: ConversionTarget | None = (
        ConversionTarget.objects.select_for_update(skip_locked=True)
        .filter(pk=target_id, is_paused=False)
        .exclude(next_at__gt=timezone.now())
        .first()
    )
    if found is not None:
        ConversionTarget.objects.filter(pk=found.pk).update(next_at=timezone.now() + _LEASE)
    return found


def _note(target: ConversionTarget, told: Sequence[Conversion], trouble: Trouble) -> None:
    """What it refuses is not taken; what nobody answered is tried again after a growing pause."""
    pause = min(timedelta(minutes=2 ** min(target.failures, 10)), _LONGEST_PAUSE)
    if trouble.is_final:
        _mark(told, state=State.FAILED, error=str(trouble)[:500])
    ConversionTarget.objects.filter(pk=target.pk).update(
        failures=F("failures") + 1,
        error=str(trouble)[:500],
        next_at=timezone.now() + pause,
    )


def _mark(told: Sequence[Conversion], **values: object) -> None:
    Conversion.objects.filter(pk__in=[one.pk for one in told]).update(**values)
