"""Whether and how customers are asked for a rating, in the public contract."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from inbox.api.channel_rules import ChannelRuleSerializer, ChannelRulesView
from inbox.ratings.rules import (
    LONGEST_DELAY,
    LONGEST_PAUSE,
    LONGEST_TEXT,
    LONGEST_WAIT,
    remove_rating_rule,
    rules,
    set_rating_rule,
)
from workspaces.permissions import Verb


class RatingRuleSerializer(ChannelRuleSerializer):
    """How customers of a channel are asked; of the workspace's own rule `channel` is null. A rule
    that is not `own` is the workspace's, or the usual one. `texts` and `thanks` are words by
    language: an empty question has the usual words, empty thanks are not sent. `template` names a
    message template to ask by outside of the window in which its platform takes words; empty,
    nobody is asked then."""

    is_on = serializers.BooleanField()
    is_hidden = serializers.BooleanField(
        help_text="The conversation tells that there is a mark, and not which."
    )
    texts = serializers.DictField(child=serializers.CharField())
    thanks = serializers.DictField(child=serializers.CharField())
    template = serializers.CharField()
    delay_minutes = serializers.IntegerField()
    answer_hours = serializers.IntegerField()
    pause_days = serializers.IntegerField()


def _words() -> serializers.DictField:
    text = serializers.CharField(allow_blank=True, max_length=LONGEST_TEXT)
    return serializers.DictField(child=text, required=False)


class RatingRuleChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    is_on = serializers.BooleanField(required=False)
    is_hidden = serializers.BooleanField(required=False)
    texts = _words()
    thanks = _words()
    template = serializers.CharField(required=False, allow_blank=True, max_length=512)
    delay_minutes = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_DELAY)
    answer_hours = serializers.IntegerField(required=False, min_value=1, max_value=LONGEST_WAIT)
    pause_days = serializers.IntegerField(required=False, min_value=0, max_value=LONGEST_PAUSE)


class RatingRulesSerializer(serializers.Serializer[Any]):
    """All of them at once, in the form of every list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RatingRuleSerializer(many=True)


class _OfRules(ChannelRulesView):
    reading, writing = (Verb.READ_INBOX, Verb.MANAGE_CHANNELS), (Verb.MANAGE_CHANNELS,)
    serializer, changes = RatingRuleSerializer, RatingRuleChangesSerializer

    def rules(self) -> dict[UUID | None, Any]:
        return dict(rules())

    def store(self, channel: Channel | None, given: dict[str, Any]) -> None:
        set_rating_rule(channel=channel, by=self.viewer, **given)

    def remove(self, channel: Channel) -> None:
        remove_rating_rule(channel=channel, by=self.viewer)


@extend_schema(tags=["ratings"])
class RatingRules(_OfRules):
    """Rules of the channels."""

    @extend_schema(operation_id="rating_rules_list", responses=RatingRulesSerializer)
    def get(self, request: Request) -> Response:
        """The workspace's rule, and those of the channels that have their own."""
        return self.told_all()


@extend_schema(tags=["ratings"])
class WorkspaceRatingRule(_OfRules):
    """The rule of all channels without their own."""

    @extend_schema(responses=RatingRuleSerializer)
    def get(self, request: Request) -> Response:
        return self.told(None)

    @extend_schema(request=RatingRuleChangesSerializer, responses=RatingRuleSerializer)
    def patch(self, request: Request) -> Response:
        """Change what is given."""
        return self.changed(None, request)


@extend_schema(tags=["ratings"])
class ChannelRatingRule(_OfRules):
    """The rule of one channel."""

    @extend_schema(responses=RatingRuleSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """The rule that applies: its own, the workspace's, or the usual one."""
        return self.told(pk)

    @extend_schema(request=RatingRuleChangesSerializer, responses=RatingRuleSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Give the channel its own rule, or change it."""
        return self.changed(pk, request)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Let the workspace's rule apply to it again."""
        return self.removed(pk)
