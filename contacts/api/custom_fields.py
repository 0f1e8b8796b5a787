"""A workspace's own fields in the public contract."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import custom_fields
from contacts.defining import create_field, place_field, update_field
from contacts.models import CustomField
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
ENTITIES = CustomField.Entity.values
FIELD_KINDS = CustomField.Kind.values


class ChoiceSerializer(serializers.Serializer[Any]):
    """Rows keep the key, so that the label may change."""

    key = serializers.CharField(max_length=200, required=False)
    label = serializers.CharField(max_length=200)  # type: ignore[assignment]


class CustomFieldSerializer(serializers.Serializer[Any]):
    """A field of contacts, companies or deals; its values are in `fields` under the key."""

    id = serializers.UUIDField(read_only=True)
    entity = serializers.ChoiceField(choices=ENTITIES)
    key = serializers.CharField(max_length=50, required=False)
    label = serializers.CharField(max_length=80)  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=FIELD_KINDS)
    choices = ChoiceSerializer(many=True, required=False)
    archived = serializers.SerializerMethodField()

    def get_archived(self, field: CustomField) -> bool:
        return field.archived_at is not None


class CustomFieldChangeSerializer(serializers.Serializer[Any]):
    """What is left out stays. `before` puts it in front of another field, null at the end."""

    label = serializers.CharField(max_length=80, required=False)  # type: ignore[assignment]
    choices = ChoiceSerializer(many=True, required=False)
    archived = serializers.BooleanField(required=False)
    before = serializers.UUIDField(required=False, allow_null=True)


class CustomFieldPageSerializer(serializers.Serializer[Any]):
    """All of them at once, in the form of every list."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CustomFieldSerializer(many=True)


class CustomFieldQuery(serializers.Serializer[Any]):
    entity = serializers.ChoiceField(choices=ENTITIES, required=False)


@extend_schema(tags=["custom-fields"])
class CustomFieldList(WorkspaceView):
    """The workspace's own fields in their order, archived ones too."""

    reading, writing = (Verb.READ_CONTACTS, Verb.READ_DEALS), (Verb.MANAGE_WORKSPACE,)

    @extend_schema(
        operation_id="custom_fields_list",
        parameters=[CustomFieldQuery],
        responses=CustomFieldPageSerializer,
    )
    def get(self, request: Request) -> Response:
        asked = checked(CustomFieldQuery, request.query_params)
        wanted = [asked["entity"]] if asked.get("entity") else ENTITIES
        found = [
            field for entity in wanted for field in custom_fields.definitions(entity, archived=True)
        ]
        results = CustomFieldSerializer(found, many=True).data
        return Response({"next": None, "previous": None, "results": results})

    @extend_schema(request=CustomFieldSerializer, responses={201: CustomFieldSerializer})
    def post(self, request: Request) -> Response:
        """Make a field."""
        values = checked(CustomFieldSerializer, request.data)
        field = create_field(by=self.viewer, **values)
        return Response(CustomFieldSerializer(field).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["custom-fields"])
class CustomFieldDetail(WorkspaceView):
    """One field."""

    reading, writing = (Verb.READ_CONTACTS, Verb.READ_DEALS), (Verb.MANAGE_WORKSPACE,)

    @extend_schema(responses=CustomFieldSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(CustomFieldSerializer(get_object_or_404(CustomField, pk=pk)).data)

    @extend_schema(request=CustomFieldChangeSerializer, responses=CustomFieldSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Rename, order, archive; its key and kind stay."""
        field = get_object_or_404(CustomField, pk=pk)
        change = checked(CustomFieldChangeSerializer, request.data)
        if "before" in change:
            place_field(field=field, by=self.viewer, before=change.pop("before"))
        update_field(field=field, by=self.viewer, **change)
        return Response(CustomFieldSerializer(field).data)
