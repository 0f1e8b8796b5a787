"""Notifications by e-mail: what is due for a member goes in one letter, in their language."""

import logging
import re
from datetime import timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import send_mail
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import Truncator

from events.models import Notification
from events.notifications import text_of
from workspaces.models import Membership, Workspace
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

MOST_LETTERS: Final = 100
MOST_IN_ONE: Final = 20
AGAIN: Final = timedelta(minutes=5)
# What a list of letters shows of a subject.
LONGEST_SUBJECT: Final = 90
_SENTENCE_END: Final = re.compile(r"[.!?](?:\s|$)")


def send_due_letters() -> int:
    """One letter to each member who is due one; returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, membership_id from due_letters(%s)", [MOST_LETTERS])
        due = cursor.fetchall()
    return sum(_send(workspace_id, membership_id) for workspace_id, membership_id in due)


def _send(workspace_id: UUID, membership_id: UUID) -> bool:
    """Claimed and committed before it is sent: a worker that dies loses a letter of what stands in
    the app too, rather than sending it for ever."""
    with workspace_scope(workspace_id):
        claimed = list(
            Notification.objects.filter(
                membership_id=membership_id, email_due_at__lte=timezone.now()
            )
            .order_by("at", "id")
            .select_for_update(skip_locked=True)[:MOST_IN_ONE]
        )
        ids = [one.pk for one in claimed]
        Notification.objects.filter(pk__in=ids).update(email_due_at=None, emailed_at=timezone.now())
        member = Membership.objects.active().with_user().filter(pk=membership_id).first()
        workspace = Workspace.objects.get(pk=workspace_id)
    if not claimed or member is None:
        return False
    try:
        _post(claimed, member, workspace)
    except (SMTPException, OSError) as error:
        logger.warning("A letter to a member could not be sent: %s", error)
        with workspace_scope(workspace_id):
            Notification.objects.filter(pk__in=ids).update(
                email_due_at=timezone.now() + AGAIN, emailed_at=None
            )
        return False
    return True


def headline(text: str) -> str:
    """The first sentence, without its end: what to do about it stands in the letter."""
    end = _SENTENCE_END.search(text)
    return Truncator(text[: end.start()] if end else text).chars(LONGEST_SUBJECT)


def _post(told: list[Notification], member: Membership, workspace: Workspace) -> None:
    with translation.override(member.user.language or workspace.language):
        lines = [
            {
                "text": text_of(one),
                "link": f"{settings.PUBLIC_URL}{one.link}" if one.link else "",
                "at": one.at,
            }
            for one in told
        ]
        title = headline(str(lines[0]["text"]))
        context = {"lines": lines, "workspace": workspace, "member": member, "title": title}
        subject = render_to_string("events/email/notifications_subject.txt", context)
        body = render_to_string("events/email/notifications.txt", context)
    send_mail(" ".join(subject.split())[:200], body.strip() + "\n", None, [member.user.email])
