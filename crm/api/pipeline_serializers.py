"""Shapes of pipelines, reasons and products in the public contract."""

from typing import Any

from rest_framework import serializers

from crm.actions.reasons import OUTCOMES
from crm.actions.stages import COLORS
from crm.api.money import GivenMoney, ShownMoney
from crm.models import Pipeline
from crm.models.stage import Group

# Named for the OpenAPI document.
STAGE_GROUPS = Group.values
STAGE_COLORS = list(COLORS)
LOSS_OUTCOMES = list(OUTCOMES)


class StageSerializer(serializers.Serializer[Any]):
    """A step of a pipeline. `position` is a text, compared byte by byte."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    group = serializers.ChoiceField(choices=STAGE_GROUPS)
    position = serializers.CharField()
    color = serializers.ChoiceField(choices=STAGE_COLORS)
    probability = serializers.IntegerField(help_text="Percent.")
    required_fields = serializers.ListField(child=serializers.CharField())


class PipelineSerializer(serializers.Serializer[Any]):
    """A way that deals go; its stages in their order."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    currency = serializers.CharField(help_text="Of deals to come.")
    is_default = serializers.BooleanField()
    is_restricted = serializers.BooleanField(help_text="Only for `teams`.")
    teams = serializers.SerializerMethodField()
    allows_free_reason = serializers.BooleanField()
    position = serializers.CharField()
    archived = serializers.SerializerMethodField()
    stages = serializers.SerializerMethodField()

    def get_teams(self, pipeline: Pipeline) -> list[str]:
        return [str(access.team_id) for access in pipeline.access_list.all()]

    def get_archived(self, pipeline: Pipeline) -> bool:
        return pipeline.archived_at is not None

    def get_stages(self, pipeline: Pipeline) -> StageSerializer(many=True):  # type: ignore[valid-type]
        stages = [stage for stage in pipeline.stages.all() if stage.archived_at is None]
        stages.sort(key=lambda stage: (stage.position, stage.pk))
        return StageSerializer(stages, many=True).data


class GivenStageSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    group = serializers.ChoiceField(choices=STAGE_GROUPS, required=False)
    color = serializers.ChoiceField(choices=STAGE_COLORS, required=False)
    probability = serializers.IntegerField(min_value=0, max_value=100, required=False)
    required_fields = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=30, required=False,
        help_text="Names of fields of the deal or, after `contact.`, of its customer.",
    )  # fmt: skip


class NewStageSerializer(GivenStageSerializer):
    after = serializers.UUIDField(
        required=False, help_text="A stage to follow; the last of the group by default."
    )


class StageOrderSerializer(serializers.Serializer[Any]):
    """Ids of stages; those left out follow as they stand."""

    stages = serializers.ListField(child=serializers.UUIDField(), max_length=100)


class StageDeletionQuery(serializers.Serializer[Any]):
    """Where the open deals of a stage go that is deleted."""

    move_to = serializers.UUIDField(required=False)
    loss_reason = serializers.CharField(required=False, max_length=200)


class PipelineChangesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    currency = serializers.CharField(max_length=3, required=False)
    is_default = serializers.BooleanField(required=False)
    is_restricted = serializers.BooleanField(required=False)
    teams = serializers.ListField(child=serializers.UUIDField(), max_length=1000, required=False)
    allows_free_reason = serializers.BooleanField(required=False)
    after = serializers.UUIDField(required=False, help_text="A pipeline to stand after.")
    before = serializers.UUIDField(required=False)


class NewPipelineSerializer(PipelineChangesSerializer):
    """Without `stages` the usual ones; a stage for winning and one for losing are added where
    they are missing."""

    after = before = None  # type: ignore[assignment]
    stages = GivenStageSerializer(  # type: ignore[call-arg]
        many=True, required=False, max_length=60
    )


class LossReasonSerializer(serializers.Serializer[Any]):
    """Why deals are lost, or are none at all; one without a parent is a group of reasons."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    outcome = serializers.ChoiceField(choices=LOSS_OUTCOMES)
    parent = serializers.UUIDField(  # type: ignore[assignment]
        source="parent_id", allow_null=True
    )
    pipeline = serializers.UUIDField(
        source="pipeline_id", allow_null=True, help_text="Null: for all of them."
    )
    position = serializers.CharField()
    archived = serializers.SerializerMethodField()

    def get_archived(self, reason: Any) -> bool:
        return reason.archived_at is not None


class GivenReasonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    outcome = serializers.ChoiceField(choices=LOSS_OUTCOMES, required=False)
    parent = serializers.UUIDField(  # type: ignore[assignment]
        required=False, allow_null=True
    )
    pipeline = serializers.UUIDField(required=False, allow_null=True)


class ReasonChangesSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120, required=False)
    pipeline = serializers.UUIDField(required=False, allow_null=True)
    after = serializers.UUIDField(required=False)
    before = serializers.UUIDField(required=False)
    archived = serializers.BooleanField(required=False)


class ReasonQuery(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=LOSS_OUTCOMES, required=False)
    pipeline = serializers.UUIDField(
        required=False, help_text="Those of this pipeline and those of all."
    )
    archived = serializers.BooleanField(required=False, default=False)


class ProductSerializer(serializers.Serializer[Any]):
    """Something the company sells."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    code = serializers.CharField()
    price = ShownMoney(allow_null=True)
    cost = ShownMoney(allow_null=True)
    archived = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_archived(self, product: Any) -> bool:
        return product.archived_at is not None


class GivenProductSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=60, required=False, allow_blank=True)
    price = GivenMoney(required=False, allow_null=True)
    cost = GivenMoney(required=False, allow_null=True)


class ProductChangesSerializer(GivenProductSerializer):
    archived = serializers.BooleanField(required=False)
