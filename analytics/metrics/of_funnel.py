"""The way through the stages. Numbers that no sums of facts tell are counted by their report."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.metrics.metric import Metric, Percentile, Unit
from analytics.models import Kind

_FUNNEL: Final = ("funnel",)

METRICS: Final = (
    Metric(
        "reached", Unit.COUNT, _("Reached"),
        _("Deals that ever entered this stage or one beyond it. A jump forward passes what it "
          "jumps over, a step back erases nothing."),
        _FUNNEL, counted_as="deals(farthest stage >= this)", better="more",
    ),
    Metric(
        "stage_conversion", Unit.RATIO, _("From the stage before"),
        _("Of the deals that entered the stage before, the share that ever reached this one or a "
          "later one."),
        _FUNNEL, counted_as="reached / reached(the stage before)", better="more",
    ),
    Metric(
        "of_first", Unit.RATIO, _("Of all"),
        _("Of the deals that entered the first stage, the share that ever reached this one or a "
          "later one."),
        _FUNNEL, counted_as="reached / reached(first stage)", better="more",
    ),
    Metric(
        "stage_median", Unit.SECONDS, _("In the stage, median"),
        _("From entering the stage until leaving it; of deals that have left it."),
        _FUNNEL, percentile=Percentile(Kind.STAGE, 0.5), better="less",
    ),
    Metric(
        "stage_p90", Unit.SECONDS, _("In the stage, p90"),
        _("Nine of ten deals left the stage at least this soon."),
        _FUNNEL, percentile=Percentile(Kind.STAGE, 0.9), better="less",
    ),
    Metric(
        "stage_now", Unit.COUNT, _("There now"),
        _("Open deals that are in the stage at this moment, whatever the period."),
        _FUNNEL, counted_as="open deals(stage)", base="now",
    ),
    Metric(
        "stage_now_amount", Unit.MONEY, _("There now, amount"),
        _("Amounts of the open deals that are in the stage at this moment."),
        _FUNNEL, counted_as="amount(open deals(stage))", base="now",
    ),
    Metric(
        "forecast", Unit.MONEY, _("Forecast"),
        _("Amounts of the open deals, each times the probability of its stage."),
        _FUNNEL, counted_as="amount(open deals(stage)) * probability(stage)", base="now",
    ),
)  # fmt: skip
