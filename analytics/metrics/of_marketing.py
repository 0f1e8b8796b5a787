"""What an advertisement costs and brings."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.metrics.metric import Metric, Unit
from analytics.models import Kind

_MARKETING: Final = ("marketing", "overview", "ground")
_ALONE: Final = ("marketing",)
_PAID: Final = ("marketing", "ground")
_WITH_CHANNELS: Final = ("marketing", "channels", "overview", "ground")

METRICS: Final = (
    Metric(
        "spend", Unit.MONEY, _("Spend"),
        _("What advertisements cost on the days of the period."),
        _MARKETING, "spend", base="event",
    ),
    Metric(
        "impressions", Unit.COUNT, _("Impressions"),
        _("How often advertisements were shown."),
        _ALONE, "impressions", base="event",
    ),
    Metric(
        "clicks", Unit.COUNT, _("Clicks"),
        _("Clicks on advertisements, as their platforms count them."),
        _PAID, "clicks", base="event",
    ),
    Metric(
        "ctr", Unit.RATIO, _("CTR"),
        _("Clicks divided by impressions."),
        _ALONE, "clicks", "impressions", base="event", better="more",
    ),
    Metric(
        "cpc", Unit.MONEY, _("CPC"),
        _("Spend divided by clicks."),
        _PAID, "spend", "clicks", base="event", better="less",
    ),
    Metric(
        "leads", Unit.COUNT, _("Leads"),
        _("Deals, each counted at its birth."),
        (*_WITH_CHANNELS, "cohorts"), "leads", attributed=True, better="more",
    ),
    Metric(
        "cpl", Unit.MONEY, _("CPL"),
        _("Spend divided by new leads."),
        _MARKETING, "spend", "leads", attributed=True, better="less",
    ),
    Metric(
        "accepted_leads", Unit.COUNT, _("Accepted leads"),
        _("Leads that sales took on and did not judge “not a lead”."),
        _WITH_CHANNELS, "accepted_leads", attributed=True, better="more",
    ),
    Metric(
        "acceptance", Unit.RATIO, _("Accepted, share"),
        _("Accepted leads divided by leads."),
        _WITH_CHANNELS, "accepted_leads", "leads",
        kinds=(Kind.ACCEPTED,), attributed=True, better="more",
    ),
    Metric(
        "accepted_lead_cost", Unit.MONEY, _("Accepted lead, cost"),
        _("Spend divided by accepted leads."),
        _MARKETING, "spend", "accepted_leads", attributed=True, better="less",
    ),
    Metric(
        "orders", Unit.COUNT, _("Orders"),
        _("Won deals."),
        (*_WITH_CHANNELS, "cohorts"), "orders", attributed=True, better="more",
    ),
    Metric(
        "cpo", Unit.MONEY, _("CPO"),
        _("Spend divided by orders (won deals)."),
        _MARKETING, "spend", "orders", attributed=True, better="less",
    ),
    Metric(
        "new_customers", Unit.COUNT, _("New customers"),
        _("Contacts whose first won deal this is. Whoever buys again is counted once."),
        (*_MARKETING, "cohorts"), "new_customers", attributed=True, better="more",
    ),
    Metric(
        "cac", Unit.MONEY, _("CAC"),
        _("Marketing and other acquisition cost divided by new paying customers in the period."),
        _MARKETING, "acquisition_cost", "new_customers", attributed=True, better="less",
    ),
    Metric(
        "revenue", Unit.MONEY, _("Revenue"),
        _("Amounts of won deals less refunds. A refund counts on its own day, and by the date of "
          "the lead in the lead's cohort."),
        (*_WITH_CHANNELS, "sales", "team", "cohorts"), "revenue", attributed=True, better="more",
    ),
    Metric(
        "margin", Unit.MONEY, _("Gross margin"),
        _("Revenue less the cost of goods. A deal whose cost nobody entered counts with its whole "
          "amount; the coverage says how many those are."),
        (*_MARKETING, "cohorts"), "margin", attributed=True, better="more",
    ),
    Metric(
        "roas", Unit.RATIO, _("ROAS"),
        _("Attributed revenue divided by ad spend."),
        _MARKETING, "revenue", "spend", attributed=True, better="more",
    ),
    Metric(
        "romi", Unit.RATIO, _("ROMI"),
        _("Attributed gross margin less marketing spend, divided by marketing spend. Where no cost "
          "of goods is known it is by revenue."),
        _MARKETING, "profit", "spend", attributed=True, better="more",
    ),
    Metric(
        "average_ticket", Unit.MONEY, _("Average ticket"),
        _("Won revenue divided by won deals."),
        (*_MARKETING, "sales", "team"), "revenue", "orders", attributed=True, better="more",
    ),
    Metric(
        "ripeness", Unit.RATIO, _("Ripe"),
        _("Share of the leads that have come to an outcome. While it is small, what they bring "
          "will still change."),
        _MARKETING, "decided", "leads", attributed=True,
    ),
)  # fmt: skip
