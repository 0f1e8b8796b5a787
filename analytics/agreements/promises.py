"""Which numbers a side can answer for."""

from dataclasses import dataclass
from typing import Final

from analytics.models import Agreement, AgreementPromise

Side = Agreement.Side
AT_LEAST, AT_MOST = AgreementPromise.Condition.AT_LEAST, AgreementPromise.Condition.AT_MOST
# The report whose numbers they are: both heads read it.
REPORT: Final = "ground"


@dataclass(frozen=True)
class Offer:
    """A metric of the registry as a promise of one side."""

    metric: str
    side: str
    condition: str


# None that a month has not told yet when it is over, such as the conversion of its leads.
OFFERS: Final[dict[str, Offer]] = {
    one.metric: one
    for one in (
        Offer("leads", Side.MARKETING, AT_LEAST),
        Offer("accepted_leads", Side.MARKETING, AT_LEAST),
        Offer("acceptance", Side.MARKETING, AT_LEAST),
        Offer("cpl", Side.MARKETING, AT_MOST),
        Offer("accepted_lead_cost", Side.MARKETING, AT_MOST),
        Offer("answer_median", Side.MARKETING, AT_MOST),
        Offer("first_reply_business_median", Side.SALES, AT_MOST),
        Offer("sla_share", Side.SALES, AT_LEAST),
        Offer("judged_in_time", Side.SALES, AT_LEAST),
        Offer("judgement_median", Side.SALES, AT_MOST),
        Offer("overturned_share", Side.SALES, AT_MOST),
    )
}
