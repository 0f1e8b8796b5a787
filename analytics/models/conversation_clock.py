from django.db import models

from workspaces.models.tenant import TenantModel


class ConversationClock(TenantModel):
    """Where a conversation stands between two events: its cycle and the customer's turn.

    A cycle runs from the customer's first message after new or closed until it is closed. Its
    number is the `seq` of the event that opened it.
    """

    conversation_id = models.UUIDField()
    contact_id = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    agent_id = models.UUIDField(null=True)
    cycle = models.BigIntegerField(default=0)
    # Null: the cycle was begun by us, or there is none.
    asked_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    is_answered = models.BooleanField(default=False)
    # The first message of the customer's turn that nobody has answered.
    turn_at = models.DateTimeField(null=True)
    # Since when we wait for the customer, and how long we did in this cycle (seconds).
    rests_since = models.DateTimeField(null=True)
    rested = models.FloatField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "conversation_id"], name="conversation_clock_unique"
            )
        ]
        indexes = [
            models.Index(
                fields=["workspace", "asked_at"],
                name="conversation_clock_waiting",
                condition=models.Q(is_answered=False, asked_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.cycle}"
