"""The rules by which deals are born from conversations, in the public contract."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from crm.actions import remove_deal_rule, set_deal_rule
from crm.actions.rules import LONGEST_REOPENING
from crm.api import references
from crm.models import DealRule
from crm.rules import rules
from inbox.api.channel_rules import ChannelRuleSerializer, ChannelRulesView
from workspaces.permissions import Verb

# Named for the OpenAPI document.
BIRTHS = DealRule.Birth.values
RETURNINGS = DealRule.Returning.values
RULE_OWNERS = DealRule.Owner.values


class DealRuleSerializer(ChannelRuleSerializer):
    """How deals are born from the conversations of a channel; of the workspace's own rule `channel`
    is null. A rule that is not `own` is the workspace's, or the usual one."""

    birth = serializers.ChoiceField(choices=BIRTHS)
    pipeline = serializers.UUIDField(source="pipeline_id", allow_null=True)
    stage = serializers.UUIDField(source="stage_id", allow_null=True)
    owner = serializers.ChoiceField(choices=RULE_OWNERS)
    returning = serializers.ChoiceField(choices=RETURNINGS)
    reopen_days = serializers.IntegerField()
    archives_conversation = serializers.BooleanField()


class DealRuleChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays. Without a pipeline or a stage it is the default and the first one."""

    birth = serializers.ChoiceField(choices=BIRTHS, required=False)
    pipeline = serializers.UUIDField(required=False, allow_null=True)
    stage = serializers.UUIDField(required=False, allow_null=True)
    owner = serializers.ChoiceField(choices=RULE_OWNERS, required=False)
    returning = serializers.ChoiceField(choices=RETURNINGS, required=False)
    reopen_days = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_REOPENING)
    archives_conversation = serializers.BooleanField(required=False)


class DealRulesSerializer(serializers.Serializer[Any]):
    """All of them at once, in the form of every list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = DealRuleSerializer(many=True)


class _OfRules(ChannelRulesView):
    reading, writing = (Verb.READ_DEALS,), (Verb.MANAGE_PIPELINES,)
    serializer, changes = DealRuleSerializer, DealRuleChangesSerializer

    def rules(self) -> dict[UUID | None, Any]:
        return dict(rules())

    def store(self, channel: Channel | None, given: dict[str, Any]) -> None:
        if "pipeline" in given:
            given["pipeline"] = references.pipeline(self.viewer, given["pipeline"])
        if "stage" in given:
            given["stage"] = references.stage(self.viewer, given["stage"])
        set_deal_rule(channel=channel, by=self.viewer, **given)

    def remove(self, channel: Channel) -> None:
        remove_deal_rule(channel=channel, by=self.viewer)


@extend_schema(tags=["deal rules"])
class DealRules(_OfRules):
    """Rules of the channels."""

    @extend_schema(operation_id="deal_rules_list", responses=DealRulesSerializer)
    def get(self, request: Request) -> Response:
        """The workspace's rule, and those of the channels that have their own."""
        return self.told_all()


@extend_schema(tags=["deal rules"])
class WorkspaceRule(_OfRules):
    """The rule of all channels without their own."""

    @extend_schema(responses=DealRuleSerializer)
    def get(self, request: Request) -> Response:
        return self.told(None)

    @extend_schema(request=DealRuleChangesSerializer, responses=DealRuleSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is given."""
        return self.changed(None, request)


@extend_schema(tags=["deal rules"])
class ChannelRule(_OfRules):
    """The rule of one channel."""

    @extend_schema(responses=DealRuleSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The rule that applies: its own, the workspace's, or the usual one."""
        return self.told(pk)

    @extend_schema(request=DealRuleChangesSerializer, responses=DealRuleSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give the channel its own rule, or change it."""
        return self.changed(pk, request)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Let the workspace's rule apply to it again."""
        return self.removed(pk)
