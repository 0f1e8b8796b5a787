from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import MessageTemplate
from core.api.fields import JsonObject, Words
from core.api.pagination import OldestFirst
from inbox.api.channels import OfChannels
from inbox.message_templates import create_template, delete_template, sync_templates
from workspaces.api.views import checked

# Named for the OpenAPI document.
TEMPLATE_STATUSES = MessageTemplate.Status.values
TEMPLATE_CATEGORIES = MessageTemplate.Category.values


class TemplateSerializer(serializers.Serializer[Any]):
    """A message that its platform approves. `components` have the platform's own form."""

    id = serializers.UUIDField(read_only=True)
    external_id = serializers.CharField(read_only=True)
    name = serializers.CharField(max_length=512)
    language = serializers.CharField(max_length=16)
    category = serializers.ChoiceField(choices=TEMPLATE_CATEGORIES)
    components = serializers.ListField(child=JsonObject(), min_length=1, max_length=20)
    header_file = serializers.UUIDField(
        write_only=True,
        required=False,
        help_text="An upload of yours (`attachments/`): the example of the picture, video or "
        "document that the messages begin with. Its header needs no component.",
    )
    named = serializers.BooleanField(
        source="is_named", default=False, help_text="Its variables have names, not numbers."
    )
    status = serializers.ChoiceField(choices=TEMPLATE_STATUSES, read_only=True)
    reason = serializers.CharField(read_only=True, help_text="Why it was rejected.")
    quality = serializers.CharField(read_only=True, help_text="The platform's word.")
    updated_at = serializers.DateTimeField(read_only=True)


class TemplateQuery(serializers.Serializer[Any]):
    """Filters of the list of templates."""

    status = serializers.ChoiceField(choices=TEMPLATE_STATUSES, required=False)
    name = Words()
    language = Words()


class SyncedSerializer(serializers.Serializer[Any]):
    templates = serializers.IntegerField(help_text="How many the platform has.")


@extend_schema(tags=["channels"])
class TemplateList(OfChannels, generics.ListAPIView[MessageTemplate]):
    """Message templates of a channel, as the platform has them."""

    serializer_class = TemplateSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        asked = TemplateQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = {name: value for name, value in asked.validated_data.items() if value}
        channel = self.channel(self.kwargs["pk"])
        return MessageTemplate.objects.filter(channel=channel, **wanted)

    @extend_schema(parameters=[TemplateQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(request=TemplateSerializer, responses={201: TemplateSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Hand a template in for approval. 422 with the platform's reason when it refuses."""
        channel = self.channel(pk)
        wanted = checked(TemplateSerializer, request.data)
        named = wanted.pop("is_named")
        made = create_template(channel, **wanted, named=named, by=self.viewer)
        return Response(TemplateSerializer(made).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["channels"])
class TemplateDetail(OfChannels):
    """One message template."""

    def template(self, pk: UUID, template_id: UUID) -> MessageTemplate:
        """One of the channel's. Raises `Http404`."""
        found: MessageTemplate = get_object_or_404(
            MessageTemplate.objects.filter(channel=self.channel(pk)), pk=template_id
        )
        return found

    @extend_schema(responses=TemplateSerializer)
    def get(self, request: Request, pk: UUID, template_id: UUID) -> Response:
        return Response(TemplateSerializer(self.template(pk, template_id)).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID, template_id: UUID) -> Response:
        """Delete it from the platform, in all its languages."""
        delete_template(self.template(pk, template_id), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)


@extend_schema(tags=["channels"])
class TemplateSync(OfChannels):
    """Looking again."""

    @extend_schema(request=None, responses=SyncedSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Ask the platform now. It is asked every hour anyway."""
        return Response({"templates": sync_templates(self.channel(pk), by=self.viewer)})
