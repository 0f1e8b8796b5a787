"""What both departments say of leads, and how long each let the other wait."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from analytics.metrics.metric import Metric, Percentile, Unit
from analytics.models import Kind

_GROUND: Final = ("ground",)

METRICS: Final = (
    Metric(
        "unjudged_leads", Unit.COUNT, _("Not judged yet"),
        _("Leads that sales have neither taken on nor called “not a lead”."),
        _GROUND, "unjudged_leads", kinds=(Kind.LEAD,), attributed=True,
        better="less",
    ),
    Metric(
        "agreed_refusals", Unit.COUNT, _("Refused, no dispute"),
        _("Leads judged “not a lead” that marketing does not contest at this moment: it agreed, "
          "let the time for an answer pass, lost the dispute, or has not answered yet."),
        _GROUND, "agreed_refusals", kinds=(Kind.REJECTED,), attributed=True,
        better="less",
    ),
    Metric(
        "disputed_leads", Unit.COUNT, _("Disputed"),
        _("Leads judged “not a lead” whose refusal marketing contests and no head has "
          "decided yet."),
        _GROUND, "disputed", kinds=(Kind.REJECTED,), attributed=True,
        better="less",
    ),
    Metric(
        "judgement_median", Unit.SECONDS, _("Judgement, median"),
        _("From the lead’s birth until sales took it on or called it “not a lead”, on the day of "
          "the judgement."),
        _GROUND, percentile=Percentile(Kind.JUDGED, 0.5), base="event",
        better="less",
    ),
    Metric(
        "judged_in_time", Unit.RATIO, _("Judged in time"),
        _("Leads that sales took on or called “not a lead” within the target, divided by those "
          "whose time has ended: judged, or the target has passed. In working hours."),
        _GROUND, "judged_in_time", "judgements_due", kinds=(Kind.JUDGED,), base="event",
        better="more",
    ),
    Metric(
        "refusal_answers", Unit.COUNT, _("Refusals answered"),
        _("Refusals that marketing agreed to or contested, or that lapsed unanswered."),
        _GROUND, "answers", base="event",
    ),
    Metric(
        "answer_median", Unit.SECONDS, _("Answer to a refusal, median"),
        _("From “not a lead” until marketing agreed or contested, or the time for it was over."),
        _GROUND, percentile=Percentile(Kind.ANSWERED, 0.5), base="event",
        better="less",
    ),
    Metric(
        "contested_share", Unit.RATIO, _("Contested, share"),
        _("Refusals that marketing contested divided by all that were answered."),
        _GROUND, "contested", "answers", kinds=(Kind.ANSWERED,), base="event",
    ),
    Metric(
        "lost_money", Unit.MONEY, _("Lost money"),
        _("Deals that were lost or called “not a lead”, told apart by facts: how soon the customer "
          "was answered, whether a task ran over, what was said of the deal. An amount counts as "
          "it is; without one a deal counts what a lead of its source usually brings."),
        _GROUND, counted_as="amount(deals(lost, refused))", better="less",
    ),
    Metric(
        "verdict_median", Unit.SECONDS, _("Verdict, median"),
        _("From the contest until a head’s verdict."),
        _GROUND, percentile=Percentile(Kind.SETTLED, 0.5), base="event",
        better="less",
    ),
    Metric(
        "overturned_share", Unit.RATIO, _("Overturned, share"),
        _("Refusals that a head overturned divided by all verdicts: how often sales were wrong."),
        _GROUND, "overturned", "settled", kinds=(Kind.SETTLED,), base="event",
        better="less",
    ),
)  # fmt: skip
