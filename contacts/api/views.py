from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics, status
from rest_framework.request import Request
from rest_framework.response import Response

from contacts.actions import create_contact, update_contact
from contacts.api.serializers import ContactQuery, ContactSerializer
from contacts.models import Contact
from core.api.pagination import NewestFirst
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb


def contacts_of(viewer: Any) -> QuerySet[Contact]:
    """The viewer's contacts with what their serializer shows."""
    found: QuerySet[Contact] = Contact.objects.visible_to(viewer).prefetch_related(
        "identities", "consents", "points", "contact_labels__label"
    )
    return found


class _OfContacts(WorkspaceView):
    reading, writing = (Verb.READ_CONTACTS,), (Verb.WRITE_CONTACTS,)
    serializer_class: Any = ContactSerializer

    def get_queryset(self) -> Any:
        return contacts_of(self.viewer)

    def shown(self, contact: Contact) -> Any:
        return ContactSerializer(self.get_queryset().get(pk=contact.pk)).data


@extend_schema(tags=["contacts"])
class ContactList(_OfContacts, generics.ListAPIView[Contact]):
    """Contacts, newest first."""

    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        asked = ContactQuery(data=self.request.query_params)
        asked.is_valid(raise_exception=True)
        return asked.narrow(super().get_queryset())

    @extend_schema(parameters=[ContactQuery])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(responses={201: ContactSerializer})
    def post(self, request: Request) -> Response:
        """Create a contact."""
        contact = create_contact(by=self.viewer, **checked(ContactSerializer, request.data))
        return Response(self.shown(contact), status=status.HTTP_201_CREATED)


@extend_schema(tags=["contacts"])
class ContactDetail(_OfContacts, generics.RetrieveAPIView[Contact]):
    """One contact."""

    @extend_schema(responses=ContactSerializer)
    def patch(self, request: Request, pk: Any) -> Response:
        """Change what is given; `labels` and `fields` are given whole."""
        contact = self.get_object()
        changes = checked(ContactSerializer, request.data, partial=True)
        update_contact(contact=contact, by=self.viewer, **changes)
        return Response(self.shown(contact))
