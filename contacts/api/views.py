from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.actions import create_contact, update_contact
from contacts.models import Contact
from core.api.pagination import NewestFirst
from workspaces.api.views import WorkspaceView
from workspaces.models import Membership
from workspaces.permissions import Verb


class IdentitySerializer(serializers.Serializer[Any]):
    channel = serializers.UUIDField(source="channel_id")
    external_id = serializers.CharField()
    name = serializers.CharField()


class LabelNames(serializers.ListField):
    """Labels by their names."""

    child = serializers.CharField(max_length=60)

    def get_attribute(self, instance: Contact) -> list[str]:
        return [link.label.name for link in instance.contact_labels.all()]


class ContactSerializer(serializers.Serializer[Any]):
    """A contact, read and written. Its identities come from channels and are read-only."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=200, allow_blank=True, required=False)
    phone = serializers.CharField(max_length=32, allow_blank=True, required=False)
    email = serializers.EmailField(allow_blank=True, required=False)
    labels = LabelNames(required=False, max_length=50)
    fields = serializers.DictField(required=False)  # type: ignore[assignment]
    owner = serializers.UUIDField(allow_null=True, required=False, source="owner_id")
    identities = IdentitySerializer(many=True, read_only=True)
    created_at = serializers.DateTimeField(read_only=True)

    def validate_owner(self, value: Any) -> Any:
        if value is not None and not Membership.objects.filter(pk=value).exists():
            raise serializers.ValidationError("No such member.")
        return value


def contacts_of(viewer: Any) -> QuerySet[Contact]:
    """The viewer's contacts with what their serializer shows."""
    found: QuerySet[Contact] = Contact.objects.visible_to(viewer).prefetch_related(
        "identities", "contact_labels__label"
    )
    return found


@extend_schema(tags=["contacts"])
class ContactList(WorkspaceView, generics.ListAPIView[Contact]):
    """Contacts, newest first; `?q=` searches name, phone and e-mail."""

    reading, writing = Verb.READ_CONTACTS, Verb.WRITE_CONTACTS
    serializer_class = ContactSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        found = contacts_of(self.viewer)
        text = self.request.query_params.get("q", "").replace("\0", "")
        return found.matching(text) if text else found  # type: ignore[attr-defined]

    @extend_schema(parameters=[OpenApiParameter("q", str)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        """Create a contact."""
        serializer = ContactSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        contact = create_contact(by=self.viewer, **serializer.validated_data)
        return Response(_shown(self.viewer, contact), status=status.HTTP_201_CREATED)


@extend_schema(tags=["contacts"])
class ContactDetail(WorkspaceView, generics.RetrieveAPIView[Contact]):
    """One contact."""

    reading, writing = Verb.READ_CONTACTS, Verb.WRITE_CONTACTS
    serializer_class = ContactSerializer

    def get_queryset(self) -> Any:
        return contacts_of(self.viewer)

    def patch(self, request: Request, pk: Any) -> Response:
        """Change the given fields."""
        contact = self.get_object()
        serializer = ContactSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        update_contact(contact=contact, by=self.viewer, **serializer.validated_data)
        return Response(_shown(self.viewer, contact))


def _shown(viewer: Any, contact: Contact) -> Any:
    return ContactSerializer(contacts_of(viewer).get(pk=contact.pk)).data
