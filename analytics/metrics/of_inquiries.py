"""What customers bring into the inbox."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.metrics.metric import Metric, Percentile, Unit
from analytics.models import Kind

_INQUIRIES: Final = ("inquiries", "channels", "overview")

METRICS: Final = (
    Metric(
        "inquiries", Unit.COUNT, _("Inquiries"),
        _("Cycles of conversations that customers opened: their first message after new or closed. "
          "A conversation that is opened again is another inquiry."),
        _INQUIRIES, "inquiries", base="event", better="more",
    ),
    Metric(
        "new_inquiries", Unit.COUNT, _("New customers' inquiries"),
        _("Inquiries of customers who turn to us for the first time."),
        _INQUIRIES, "new_inquiries", base="event", better="more",
    ),
    Metric(
        "new_share", Unit.RATIO, _("New, share"),
        _("Inquiries of new customers divided by all inquiries."),
        _INQUIRIES, "new_inquiries", "inquiries", kinds=(Kind.INQUIRY,), base="event",
    ),
    Metric(
        "resolved", Unit.COUNT, _("Resolved"),
        _("Cycles that ended: their conversation was closed."),
        ("inquiries", "channels"), "resolved", base="event", better="more",
    ),
    Metric(
        "resolution_median", Unit.SECONDS, _("Resolution, median"),
        _("From the customer's first message until the conversation was closed."),
        ("inquiries", "channels"), percentile=Percentile(Kind.RESOLUTION, 0.5), base="event",
        better="less",
    ),
    Metric(
        "resolution_net_median", Unit.SECONDS, _("Resolution without waiting, median"),
        _("The same, without the time in which it was the customer's turn."),
        ("inquiries", "channels"),
        percentile=Percentile(Kind.RESOLUTION, 0.5, "business_seconds"), base="event",
        better="less",
    ),
    Metric(
        "messages_received", Unit.COUNT, _("Messages received"),
        _("Messages of customers."),
        ("inquiries", "channels"), "messages_in", base="event",
    ),
)  # fmt: skip
