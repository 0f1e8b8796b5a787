"""What customers bring as they grow older."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.metrics.metric import Metric, Unit

_COHORTS: Final = ("cohorts",)

METRICS: Final = (
    Metric(
        "cohort_contacts", Unit.COUNT, _("Customers of the month"),
        _("Contacts whose first deal, or first order, fell in this month."),
        _COHORTS, counted_as="contacts(month of the first)", better="more",
    ),
    Metric(
        "cohort_customers", Unit.RATIO, _("Bought, share"),
        _("Of the customers of the month, the share that ordered at this age, in months."),
        _COHORTS, counted_as="contacts with an order(age) / contacts", better="more",
    ),
    Metric(
        "cohort_orders", Unit.COUNT, _("Orders of the cohort"),
        _("Won deals of the customers of the month, at any age."),
        _COHORTS, counted_as="orders(cohort)", better="more",
    ),
    Metric(
        "ltv", Unit.MONEY, _("LTV so far"),
        _("Cumulative gross margin of the cohort divided by its customers."),
        _COHORTS, counted_as="margin / contacts", better="more",
    ),
)  # fmt: skip
