"""How members answer and what they take on."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.metrics.metric import Metric, Percentile, Unit
from analytics.models import Kind

_PEOPLE: Final = ("team",)
_EVERYWHERE: Final = ("team", "inquiries", "channels", "overview", "ground")

METRICS: Final = (
    Metric(
        "accepted", Unit.COUNT, pgettext_lazy("metric", "Taken on"),
        _("Conversations that a member took on or was given."),
        _PEOPLE, "taken", base="event",
    ),
    Metric(
        "first_reply_median", Unit.SECONDS, _("First reply, median"),
        _("First human message that was sent minus the customer's first message of the cycle. "
          "Bots, automatic replies and notes are left out, as are conversations that we began. "
          "Credited to the sender, on the day of the reply."),
        _EVERYWHERE, percentile=Percentile(Kind.FIRST_REPLY, 0.5), base="event", better="less",
    ),
    Metric(
        "first_reply_p90", Unit.SECONDS, _("First reply, p90"),
        _("Nine of ten first replies came at least this soon."),
        _EVERYWHERE, percentile=Percentile(Kind.FIRST_REPLY, 0.9), base="event", better="less",
    ),
    Metric(
        "first_reply_business_median", Unit.SECONDS, _("First reply, working hours"),
        _("The median of the same times, of which only working hours count. A question that comes "
          "outside of them starts its clock at the next opening."),
        _EVERYWHERE,
        percentile=Percentile(Kind.FIRST_REPLY, 0.5, "business_seconds"), base="event",
        better="less",
    ),
    Metric(
        "reply_median", Unit.SECONDS, _("Reply, median"),
        _("For each turn of the customer: the first human reply minus the first message of the "
          "turn."),
        _EVERYWHERE, percentile=Percentile(Kind.REPLY, 0.5), base="event", better="less",
    ),
    Metric(
        "sla_share", Unit.RATIO, _("In time"),
        _("First replies within the target divided by those whose clock has ended: replied, or "
          "the target has passed. In working hours."),
        _EVERYWHERE, "replies_in_time", "clocks_ended", kinds=(Kind.FIRST_REPLY,), base="event",
        better="more",
    ),
    Metric(
        "waiting", Unit.COUNT, _("Waiting now"),
        _("Conversations whose customer waits for a reply at this moment, whatever the period."),
        _EVERYWHERE, "waiting", base="now", better="less",
    ),
    Metric(
        "messages_sent", Unit.COUNT, _("Messages sent"),
        _("Messages that people sent to customers."),
        ("team", "inquiries", "channels"), "messages_out", base="event",
    ),
)  # fmt: skip
