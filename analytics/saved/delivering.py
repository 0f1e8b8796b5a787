"""What comes by itself: a saved report in the mail and in a chat.

A delivery that is due is planned for its next time and its letters are written down, in one
transaction: nobody is forgotten, whoever dies. Each letter is then sent by itself. A message into
a chat is queued together with the note of it. A mail server cannot be asked whether it knows a
letter: `sending` is committed before it is told, and a letter of which nobody knows is not sent
again, but shown as such.
"""

import logging
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from analytics.models import ReportDelivery, ReportLetter
from analytics.saved.letters import letter_for, words_for_chat
from events.journal import SYSTEM
from inbox.actions import send_message
from workspaces.scope import workspace_scope
from workspaces.zones import workspace_in_scope

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 50
LEASE: Final = timedelta(minutes=10)
# After trouble with the server: 1, 2, 4 ... minutes, and then no more.
MOST_ATTEMPTS: Final = 8
KEPT: Final = timedelta(days=90)
_DELIVERIES: Final = "select workspace_id, delivery_id from due_report_deliveries(%s)"
_LETTERS: Final = "select workspace_id, letter_id from due_report_letters(%s)"
_FOR_NOW: Final = range(400, 500)
State = ReportLetter.State


def deliver_due() -> int:
    """Send what is due in all workspaces; returns how many deliveries were taken."""
    taken = sum(_hand_out(*place) for place in _due(_DELIVERIES))
    for workspace_id, letter_id in _due(_LETTERS):
        try:
            send(workspace_id, letter_id)
        except Exception:
            # It is looked at again when it is nobody's any more.
            logger.exception("A letter of a report was not sent.")
    return taken


def send(workspace_id: UUID, letter_id: UUID) -> None:
    """Send one letter, if it is due and nobody else does."""
    with workspace_scope(workspace_id):
        letter = _claim(letter_id)
        if letter is None:
            return
        with translation.override(workspace_in_scope().language):
            if letter.state == State.SENDING:
                _end(letter, State.UNKNOWN, _("perhaps sent: the work was interrupted"))
            elif letter.membership is None:
                _write(letter)
        if letter.state != State.WAITING or letter.membership is None:
            return
        try:
            made = letter_for(letter.delivery, letter.membership)
        except PermissionDenied:
            # May read it no longer.
            _end(letter, State.FAILED)
            return
    _mail(workspace_id, letter, made)


def _due(lookup: str) -> list[tuple[UUID, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(lookup, [MOST_AT_ONCE])
        return list(cursor.fetchall())


def _hand_out(workspace_id: UUID, delivery_id: UUID) -> bool:
    """Plan the next time and write down who gets a letter now; False when another worker did."""
    with workspace_scope(workspace_id):
        found: ReportDelivery | None = (
            ReportDelivery.objects.filter(pk=delivery_id, next_at__lte=timezone.now())
            .select_for_update(skip_locked=True)
            .first()
        )
        if found is None:
            return False
        now, due_at = timezone.now(), found.next_at
        members: list[Any] = list(found.recipients.active())
        if found.conversation_id is not None:
            members.append(None)
        ReportLetter.objects.filter(delivery=found, due_at__lt=now - KEPT).delete()
        ReportLetter.objects.bulk_create(
            [
                ReportLetter(delivery=found, membership=one, due_at=due_at, next_at=now)
                for one in members
            ],
            ignore_conflicts=True,
        )
        found.last_at, found.error = now, ""
        found.plan()
        found.save(update_fields=["last_at", "next_at", "error"])
        return True


def _claim(letter_id: UUID) -> ReportLetter | None:
    """Ours for a while; None when it is another worker's, or done."""
    open_states = [State.WAITING, State.SENDING]
    found: ReportLetter | None = (
        ReportLetter.objects.filter(
            pk=letter_id, next_at__lte=timezone.now(), state__in=open_states
        )
        .select_for_update(skip_locked=True, of=("self",))
        .select_related(
            "membership__user",
            "delivery__saved",
            "delivery__membership__user",
            "delivery__conversation__channel",
        )
        .first()
    )
    if found is not None:
        found.next_at = timezone.now() + LEASE
        found.save(update_fields=["next_at"])
    return found


def _mail(workspace_id: UUID, letter: ReportLetter, made: EmailMessage) -> None:
    """Reaching the server may fail harmlessly; from the letter's first byte on it may not."""
    made.connection = get_connection()
    try:
        made.connection.open()
    except (SMTPException, OSError) as error:
        _later(workspace_id, letter, error)
        return
    try:
        with workspace_scope(workspace_id):
            mine = ReportLetter.objects.filter(
                pk=letter.pk, state=State.WAITING, next_at=letter.next_at
            )
            if not mine.update(state=State.SENDING):
                return
        made.send()
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        # The server has said that it does not take it.
        if getattr(error, "smtp_code", 0) in _FOR_NOW:
            _later(workspace_id, letter, error)
        else:
            _note(workspace_id, letter, State.FAILED, str(error))
    except (SMTPException, OSError) as error:
        _note(workspace_id, letter, State.UNKNOWN, str(error))
    else:
        _note(workspace_id, letter, State.SENT)
    finally:
        made.connection.close()


def _write(letter: ReportLetter) -> None:
    """Into the chat, on behalf of who set it up; a refusal is told, and stops nothing."""
    chat = letter.delivery.conversation
    if chat is None:
        _end(letter, State.FAILED)
        return
    try:
        words = words_for_chat(letter.delivery)
        send_message(chat, words, by=SYSTEM, client_id=letter.pk)
    except PermissionDenied:
        _end(letter, State.FAILED)
    except ValidationError as refusal:
        _end(letter, State.FAILED, " ".join(refusal.messages))
    else:
        _end(letter, State.SENT)


def _later(workspace_id: UUID, letter: ReportLetter, error: Exception) -> None:
    logger.warning("A report could not be sent: %s", error)
    letter.attempts += 1
    if letter.attempts >= MOST_ATTEMPTS:
        _note(workspace_id, letter, State.FAILED, str(error))
        return
    letter.next_at = timezone.now() + timedelta(minutes=2 ** (letter.attempts - 1))
    _note(workspace_id, letter, State.WAITING, str(error))


def _note(workspace_id: UUID, letter: ReportLetter, state: str, error: str = "") -> None:
    with workspace_scope(workspace_id), translation.override(workspace_in_scope().language):
        if state == State.UNKNOWN:
            error = _("perhaps sent: %(error)s") % {"error": error}
        _end(letter, state, error)


def _end(letter: ReportLetter, state: str, error: str = "") -> None:
    """What has become of it; its delivery shows what went wrong the last time."""
    letter.state, letter.error = state, error[:300]
    letter.sent_at = timezone.now() if state == State.SENT else None
    letter.save(update_fields=["state", "error", "sent_at", "attempts", "next_at"])
    letters = ReportLetter.objects.filter(delivery_id=letter.delivery_id)
    last = letters.aggregate(last=Max("due_at"))["last"]
    wrong = letters.filter(due_at=last).exclude(error="").select_related("membership__user")
    words = [
        f"{one.membership.name}: {one.error}" if one.membership else one.error
        for one in wrong.order_by("id")
    ]
    ReportDelivery.objects.filter(pk=letter.delivery_id).update(error="; ".join(words)[:300])
