"""What comes by itself: a saved report in the mail and in a chat.

A delivery is claimed and its next time committed before anything is sent: whoever dies in the
middle loses one letter of numbers that stand on a page too, rather than sending it for ever.
"""

import logging
from smtplib import SMTPException
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode

from analytics.exports.files import File, file_of
from analytics.metrics import metric
from analytics.models import ReportDelivery
from analytics.pages.layout import TILES
from analytics.pages.words import span_words, value_words
from analytics.reports.catalogue import REPORTS
from analytics.reports.rights import own_alone
from core.ids import uuid7
from events.journal import SYSTEM
from inbox.actions import send_message
from workspaces.models import Membership
from workspaces.scope import workspace_scope
from workspaces.zones import workspace_in_scope

logger = logging.getLogger(__name__)

MOST_AT_ONCE: Final = 50
# Values that a letter tells besides the file.
MOST_VALUES: Final = 8


def deliver_due() -> int:
    """Send what is due in all workspaces; returns how many deliveries were taken."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, delivery_id from due_report_deliveries(%s)", [MOST_AT_ONCE]
        )
        due = cursor.fetchall()
    return sum(_deliver(workspace_id, delivery_id) for workspace_id, delivery_id in due)


def _deliver(workspace_id: UUID, delivery_id: UUID) -> bool:
    with workspace_scope(workspace_id):
        delivery = _claim(delivery_id)
    if delivery is None:
        return False
    problems = []
    with workspace_scope(workspace_id):
        members = list(delivery.recipients.active().with_user())
        company = workspace_in_scope().language
    for member in members:
        try:
            _mail(workspace_id, delivery, member)
        except (SMTPException, OSError) as error:
            logger.warning("A report could not be sent: %s", error)
            problems.append(f"{member.name}: {error}")
        except PermissionDenied:  # may read it no longer
            continue
    if delivery.conversation is not None:
        with workspace_scope(workspace_id), translation.override(company):
            problems += _write(delivery)
    with workspace_scope(workspace_id):
        ReportDelivery.objects.filter(pk=delivery.pk).update(error="; ".join(problems)[:300])
    return True


def _claim(delivery_id: UUID) -> ReportDelivery | None:
    """Locked, and planned for its next time; None when another worker was quicker."""
    found: ReportDelivery | None = (
        ReportDelivery.objects.filter(pk=delivery_id, next_at__lte=timezone.now())
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("saved", "membership__user", "conversation__channel")
        .first()
    )
    if found is not None:
        found.last_at = timezone.now()
        found.plan()
        found.save(update_fields=["last_at", "next_at"])
    return found


def _mail(workspace_id: UUID, delivery: ReportDelivery, member: Membership) -> None:
    """In the reader's language, with what the reader may see. Raises `PermissionDenied`."""
    with workspace_scope(workspace_id):
        workspace = workspace_in_scope()
        with translation.override(member.user.language or workspace.language):
            file = _file(delivery, member)
            context = {
                "saved": delivery.saved,
                "period": span_words(file.question.first, file.question.last),
                "values": _values(file),
                "link": address_of(delivery, workspace.slug),
                "workspace": workspace,
            }
            subject = render_to_string("analytics/email/report_subject.txt", context)
            body = render_to_string("analytics/email/report.txt", context)
    letter = EmailMessage(
        " ".join(subject.split())[:200], body.strip() + "\n", None, [member.user.email]
    )
    letter.attach(file.name, file.content, file.mime.partition(";")[0])
    letter.send()


def _write(delivery: ReportDelivery) -> list[str]:
    """Into the chat, on behalf of who set it up; a refusal is told, and stops nothing."""
    assert delivery.conversation is not None
    try:
        file = _file(delivery, delivery.membership)
        period = span_words(file.question.first, file.question.last)
        lines = [f"{delivery.saved.name}, {period}"]
        lines += [f"{one['label']}: {one['words']}" for one in _values(file)]
        text = "\n".join(lines)
        send_message(delivery.conversation, text, by=SYSTEM, client_id=uuid7())
    except PermissionDenied:
        return []
    except ValidationError as refusal:
        return refusal.messages
    return []


def _file(delivery: ReportDelivery, member: Membership) -> File:
    report = REPORTS[delivery.saved.report]
    return file_of(
        report,
        delivery.saved.parameters,
        delivery.format,
        agent_id=own_alone(member, report, member.pk),
    )


def _values(file: File) -> list[dict[str, Any]]:
    """The totals in words, with those of the period before where they were asked for."""
    before = (file.document.get("previous") or {}).get("total") or {}
    wanted = TILES.get(file.document["report"], ())
    told = []
    for one in file.document["metrics"]:
        if one["key"] not in file.document["total"] or (wanted and one["key"] not in wanted):
            continue
        unit = metric(one["key"]).unit
        words = value_words(file.document["total"][one["key"]], unit)
        if one["key"] in before:
            words = f"{words} ({value_words(before[one['key']], unit)})"
        told.append({"label": one["label"], "words": words})
    return told[:MOST_VALUES]


def address_of(delivery: ReportDelivery, slug: str) -> str:
    """Where the report stands, for a letter."""
    page = reverse("reports:report", args=[slug, delivery.saved.report])
    return f"{settings.PUBLIC_URL}{page}?{urlencode(delivery.saved.parameters)}"
