"""What becomes of deals."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.metrics.metric import Metric, Percentile, Unit
from analytics.models import Kind

METRICS: Final = (
    Metric(
        "deals", Unit.COUNT, _("Deals"),
        _("Deals that were born in the period."),
        ("sales", "team"), "leads", better="more",
    ),
    Metric(
        "won", Unit.COUNT, pgettext_lazy("number of deals", "Won"),
        _("Deals that were won."),
        ("sales", "team"), "orders", better="more",
    ),
    Metric(
        "lost", Unit.COUNT, pgettext_lazy("number of deals", "Lost"),
        _("Deals that were lost. What was judged “not a lead” is apart."),
        ("sales", "team", "funnel"), "lost", better="less",
    ),
    Metric(
        "rejected", Unit.COUNT, _("Not leads"),
        _("Deals that were judged “not a lead”: spam, another region, a supplier."),
        ("sales", "marketing", "ground", "funnel", "inquiries"), "rejected",
        attributed=True, better="less",
    ),
    Metric(
        "conversion", Unit.RATIO, _("Conversion"),
        _("Won deals divided by all deals. By the date of the lead: of the deals born in the "
          "period, the share that was won, whenever that was."),
        ("sales", "team", "channels", "cohorts", "overview", "ground"), "orders", "leads",
        better="more",
    ),
    Metric(
        "cycle_days", Unit.DAYS, _("Sales cycle"),
        _("Median of the days from a deal's birth until it was won; of won deals alone."),
        ("sales", "team", "ground"), percentile=Percentile(Kind.WON, 0.5), better="less",
    ),
    Metric(
        "lost_amount", Unit.MONEY, _("Lost, amount"),
        _("Amounts of the deals that were lost."),
        ("sales", "funnel"), "lost_amount", better="less",
    ),
    Metric(
        "paid", Unit.MONEY, _("Paid"),
        _("Payments less refunds, by the day of the payment."),
        ("sales", "overview"), "paid", base="event", better="more",
    ),
)  # fmt: skip
