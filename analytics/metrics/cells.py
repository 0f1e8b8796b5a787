"""What was added up for one row of a report, before any ratio is made of it."""

from dataclasses import dataclass, field
from typing import Final

from analytics.models import Kind
from analytics.rollups import histogram

# (what is counted, which of its sums); money in minor units.
Sum = tuple[str, str]

SPEND: Final = "spend"
ACQUISITION: Final = "acquisition"
NOW: Final = "now"
# Of what is so now: leads without a word from sales whose time is over.
UNJUDGED_LATE: Final = "unjudged_late"


@dataclass
class Cell:
    """Sums and histograms. Ratios are computed after cells are added up, never before."""

    sums: dict[Sum, float] = field(default_factory=dict)
    # See `analytics.rollups.histogram`: they are added like numbers.
    histograms: dict[Sum, int] = field(default_factory=dict)
    # How many rows are told as this one.
    stands_for: int = 1

    def add(self, what: Sum, value: float | None) -> None:
        """Add to one of the sums."""
        if value:
            self.sums[what] = self.sums.get(what, 0) + value

    def add_histogram(self, what: Sum, stored: bytes, times: int = 1) -> None:
        """Merge a stored histogram, so many times."""
        if stored:
            counts = times * histogram.unpack(stored)
            self.histograms[what] = self.histograms.get(what, 0) + counts

    def merge(self, other: "Cell") -> None:
        """Take in all that another cell has."""
        for what, value in other.sums.items():
            self.add(what, value)
        for what, counts in other.histograms.items():
            self.histograms[what] = self.histograms.get(what, 0) + counts

    def measure(self, name: str) -> float:
        """The value of a measure by its name in MEASURES."""
        total: float = 0
        for what, sign in MEASURES[name].items():
            if value := self.sums.get(what):
                total += sign * value
        return total


# Sums, and sums of sums: what numerators and denominators are made of.
MEASURES: Final[dict[str, dict[Sum, int]]] = {
    "spend": {(SPEND, "cost"): 1},
    "impressions": {(SPEND, "impressions"): 1},
    "clicks": {(SPEND, "clicks"): 1},
    "acquisition_cost": {(SPEND, "cost"): 1, (ACQUISITION, "cost"): 1},
    "leads": {(Kind.LEAD, "n"): 1},
    "accepted_leads": {(Kind.ACCEPTED, "n"): 1},
    "orders": {(Kind.WON, "n"): 1},
    "orders_with_cost": {(Kind.WON, "costs"): 1},
    "orders_with_amount": {(Kind.WON, "amounts"): 1},
    "judged_leads": {(Kind.LEAD, "judged"): 1},
    "unjudged_leads": {(Kind.LEAD, "n"): 1, (Kind.LEAD, "judged"): -1},
    "judged_in_time": {(Kind.JUDGED, "in_time"): 1},
    "judgements_due": {(Kind.JUDGED, "n"): 1, (NOW, UNJUDGED_LATE): 1},
    "disputed": {(Kind.REJECTED, "disputed"): 1},
    "agreed_refusals": {(Kind.REJECTED, "n"): 1, (Kind.REJECTED, "disputed"): -1},
    "answers": {(Kind.ANSWERED, "n"): 1},
    "contested": {(Kind.ANSWERED, "contested"): 1},
    "settled": {(Kind.SETTLED, "n"): 1},
    "overturned": {(Kind.SETTLED, "overturned"): 1},
    "lost": {(Kind.LOST, "n"): 1},
    "rejected": {(Kind.REJECTED, "n"): 1},
    "decided": {(Kind.WON, "n"): 1, (Kind.LOST, "n"): 1, (Kind.REJECTED, "n"): 1},
    "lost_amount": {(Kind.LOST, "amount"): 1},
    "new_customers": {(Kind.NEW_CUSTOMER, "n"): 1},
    "revenue": {(Kind.WON, "amount"): 1, (Kind.REFUND, "amount"): 1},
    "margin": {
        (Kind.WON, "amount"): 1,
        (Kind.REFUND, "amount"): 1,
        (Kind.WON, "cost"): -1,
    },
    "profit": {
        (Kind.WON, "amount"): 1,
        (Kind.REFUND, "amount"): 1,
        (Kind.WON, "cost"): -1,
        (SPEND, "cost"): -1,
    },
    "paid": {(Kind.PAYMENT, "amount"): 1},
    "inquiries": {(Kind.INQUIRY, "n"): 1},
    "new_inquiries": {(Kind.INQUIRY, "new"): 1},
    "taken": {(Kind.TAKEN, "n"): 1},
    "first_replies": {(Kind.FIRST_REPLY, "n"): 1},
    "replies_in_time": {(Kind.FIRST_REPLY, "in_time"): 1},
    "clocks_ended": {(Kind.FIRST_REPLY, "n"): 1, (NOW, "overdue"): 1},
    "replies": {(Kind.REPLY, "n"): 1},
    "resolved": {(Kind.RESOLUTION, "n"): 1},
    "waiting": {(NOW, "waiting"): 1},
    "messages_in": {(Kind.MESSAGE_IN, "n"): 1},
    "messages_out": {(Kind.MESSAGE_OUT, "n"): 1},
    "rating_questions": {(Kind.RATING_ASKED, "n"): 1},
    "rated": {(Kind.RATED, "n"): 1},
    "rating_points": {(Kind.RATED, "amount"): 1},
}
