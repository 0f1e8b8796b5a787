from typing import Final

from django.db import models

from analytics.models.dimensions import DIMENSIONS, Dimensions


class Kind(models.TextChoices):
    """What is counted."""

    INQUIRY = "inquiry"  # a customer opened a conversation: a cycle begins
    TAKEN = "taken"  # a member took a conversation on
    FIRST_REPLY = "first_reply"  # of a cycle, by a person
    REPLY = "reply"  # to one turn of the customer
    RESOLUTION = "resolution"  # a cycle ended
    MESSAGE_IN = "message_in"
    MESSAGE_OUT = "message_out"
    RATING_ASKED = "rating_asked"  # a customer was asked how a conversation was
    RATED = "rated"  # and has answered
    LEAD = "lead"  # a deal was born
    ACCEPTED = "accepted"  # sales took it on, and did not judge "not a lead"
    JUDGED = "judged"  # sales said of it, for the first time, whether it is a lead
    STAGE = "stage"  # a deal entered a stage
    WON = "won"
    LOST = "lost"
    REJECTED = "rejected"  # not a lead, spam
    ANSWERED = "answered"  # marketing said of a refused lead whether it agrees, or let time pass
    SETTLED = "settled"  # a head decided a dispute
    REOPENED = "reopened"
    PAYMENT = "payment"
    REFUND = "refund"  # negative, of an order
    NEW_CUSTOMER = "new_customer"  # a contact's first order


# Those that are told of deals; they have a day of birth besides their own.
OF_DEALS = frozenset(
    {
        *(Kind.LEAD, Kind.ACCEPTED, Kind.STAGE, Kind.WON, Kind.LOST, Kind.REJECTED),
        *(Kind.JUDGED, Kind.ANSWERED, Kind.SETTLED),
        *(Kind.REOPENED, Kind.PAYMENT, Kind.REFUND, Kind.NEW_CUSTOMER),
    }
)

# Those that have a day of their own and no moment: noon stands in for it.
OF_DAYS = frozenset({Kind.PAYMENT, Kind.REFUND})

# Counted together, whoever they are from or to.
OF_MANY = frozenset({Kind.MESSAGE_IN, Kind.MESSAGE_OUT})

# What a filter may speak of.
_TOLD: Final = tuple(name for name in DIMENSIONS if name != "currency")


class Fact(Dimensions):
    """One thing that happened and counts, with its dimensions frozen.

    Rows are added; only a rebuild from scratch deletes them. What turns out otherwise (a deal is
    reopened, an amount is put right) is voided, and what holds instead is added: `natural_key`
    names the thing and the `seq` of the journal that told of it, so a replay adds nothing. Money
    is in minor units, and of a rating the mark; `seconds` are plain, `business_seconds` within
    working hours (of a resolution: without the time in which it was the customer's turn).
    """

    kind = models.CharField(max_length=16, choices=Kind.choices)
    natural_key = models.CharField(max_length=160)
    at = models.DateTimeField()
    # Of things that have a day and no moment, such as a payment.
    on_day = models.DateField(null=True)
    # When the deal was born, of facts of deals.
    born_at = models.DateTimeField(null=True)
    conversation_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    deal_id = models.UUIDField(null=True)
    n = models.BigIntegerField(default=1)
    amount = models.BigIntegerField(null=True)
    cost = models.BigIntegerField(null=True)
    seconds = models.FloatField(null=True)
    business_seconds = models.FloatField(null=True)
    voided_at = models.DateTimeField(null=True)

    class Meta(Dimensions.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "natural_key"], name="fact_natural_key_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "kind", "at"],
                name="fact_moment",
                condition=models.Q(voided_at=None),
            ),
            models.Index(
                fields=["workspace", "kind", "born_at"],
                name="fact_birth",
                condition=models.Q(voided_at=None, born_at__isnull=False),
            ),
            models.Index(
                fields=["workspace", "deal_id"],
                name="fact_deal",
                condition=models.Q(voided_at=None, deal_id__isnull=False),
            ),
            models.Index(
                fields=["workspace", "contact_id", "kind"],
                name="fact_contact",
                condition=models.Q(voided_at=None, contact_id__isnull=False),
            ),
            # The first of each contact, out of the index alone: cohorts.
            models.Index(
                fields=["workspace", "kind", "contact_id"],
                include=["at"],
                name="fact_first",
                condition=models.Q(
                    voided_at=None, contact_id__isnull=False, kind__in=["lead", "new_customer"]
                ),
            ),
            # Leads, those on which sales have not said a word, and what deals have been through: by
            # what they are told apart by, out of the index alone.
            models.Index(
                fields=["workspace", "kind", "born_at"],
                include=["at", "deal_id", "contact_id", *_TOLD],
                name="fact_lead",
                condition=models.Q(voided_at=None, kind="lead"),
            ),
            models.Index(
                fields=["workspace", "kind", "born_at"],
                include=["at", "deal_id", *_TOLD],
                name="fact_unjudged",
                condition=models.Q(voided_at=None, kind="lead", flag=False),
            ),
            *(
                models.Index(
                    fields=["workspace", "kind", moment],
                    include=["deal_id", *_TOLD],
                    name=name,
                    condition=models.Q(voided_at=None, kind="stage"),
                )
                for name, moment in (("fact_stage", "at"), ("fact_entered", "born_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.natural_key}"
