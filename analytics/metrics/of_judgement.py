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
