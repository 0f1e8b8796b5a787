"""What a letter of a delivery says: the totals in words, the file, and where the report stands."""

from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from analytics.exports.files import File, file_of
from analytics.metrics import metric
from analytics.models import ReportDelivery
from analytics.pages.layout import TILES
from analytics.pages.words import span_words, value_words
from analytics.reports.catalogue import REPORTS
from analytics.reports.rights import own_alone
from workspaces.models import Membership
from workspaces.zones import workspace_in_scope

# Values that a letter tells besides the file.
MOST_VALUES: Final = 8


def letter_for(delivery: ReportDelivery, member: Membership) -> EmailMessage:
    """In the reader's language, with what the reader may see. Raises `PermissionDenied`."""
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
    return letter


def words_for_chat(delivery: ReportDelivery) -> str:
    """In the language in force, with what may be seen by who set it up. Raises
    `PermissionDenied`."""
    file = _file(delivery, delivery.membership)
    period = span_words(file.question.first, file.question.last)
    lines = [f"{delivery.saved.name}, {period}"]
    return "\n".join([*lines, *(f"{one['label']}: {one['words']}" for one in _values(file))])


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
