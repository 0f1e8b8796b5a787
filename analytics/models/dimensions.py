from django.db import models

from workspaces.models.tenant import TenantModel


class Dimensions(TenantModel):
    """By what numbers are told apart, as it was when it happened.

    Plain ids and no foreign keys: what is deleted or merged later still tells of its past, and a
    fact that is written after its contact has gone must not fail.
    """

    agent_id = models.UUIDField(null=True)
    team_id = models.UUIDField(null=True)
    channel_id = models.UUIDField(null=True)
    pipeline_id = models.UUIDField(null=True)
    stage_id = models.UUIDField(null=True)
    loss_reason_id = models.UUIDField(null=True)
    source = models.CharField(max_length=120, blank=True)
    medium = models.CharField(max_length=120, blank=True)
    campaign = models.CharField(max_length=200, blank=True)
    # What an advertisement is called in its link: utm_content.
    ad = models.CharField(max_length=200, blank=True)
    # The keyword that an advertisement was shown for: utm_term.
    term = models.CharField(max_length=200, blank=True, default="", db_default="")
    currency = models.CharField(max_length=3, blank=True)
    # New customer or not of an inquiry, in time or not of a reply, cost of goods known of an order,
    # judged or not of a lead, in time or not of a judgement, disputed or not of a refusal and of
    # an answer to it, overturned or not of a verdict.
    flag = models.BooleanField(null=True)

    class Meta(TenantModel.Meta):
        abstract = True


DIMENSIONS = (
    "agent_id",
    "team_id",
    "channel_id",
    "pipeline_id",
    "stage_id",
    "loss_reason_id",
    "source",
    "medium",
    "campaign",
    "ad",
    "term",
    "currency",
)
