"""What is done to contacts beyond their values: merged, parted, blocked, told of."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from contacts import duplicates, timeline
from contacts.api.serializers import ContactSerializer
from contacts.blocking import LONGEST_REASON, block_contact, unblock_contact
from contacts.erasing import ask_erasure
from contacts.merges import COLUMNS, merge_contacts, undo_merge
from contacts.models import Contact, Duplicate, MergeRecord, TimelineEntry
from core.api.pagination import Limit, NewestFirst
from core.api.problems import Unprocessable
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
TIMELINE_KINDS = TimelineEntry.Kind.values
SIDES = ["kept", "absorbed"]


class OfContact(WorkspaceView):
    """A contact that the token may see."""

    reading, writing = (Verb.READ_CONTACTS,), (Verb.WRITE_CONTACTS,)

    def contact(self, pk: UUID) -> Contact:
        """One of them. Raises `Http404`."""
        found: Contact = get_object_or_404(Contact.objects.visible_to(self.viewer), pk=pk)
        return found

    def shown(self, pk: UUID) -> Response:
        """A contact as it is now."""
        return Response(ContactSerializer(self.contact(pk)).data)


class MergingSerializer(serializers.Serializer[Any]):
    """`contact` becomes part of the one in the address. `choices` tells whose value is to stay:
    `{"name": "absorbed", "fields.city": "absorbed"}`; by default what is there stays and what is
    missing is filled."""

    contact = serializers.UUIDField()
    choices = serializers.DictField(
        child=serializers.ChoiceField(choices=SIDES), required=False, default=dict
    )

    def validate_choices(self, value: dict[str, str]) -> dict[str, str]:
        known = {*COLUMNS, "owner", "company"}
        for name in value:
            if name not in known and not name.startswith("fields."):
                raise serializers.ValidationError({name: _("There is no such field.")})
        return value


class MergeSerializer(serializers.Serializer[Any]):
    """A merge that happened. Within 30 days it can be undone."""

    id = serializers.UUIDField()
    contact = serializers.UUIDField(source="kept_id")
    absorbed = serializers.UUIDField(source="absorbed_id")
    absorbed_name = serializers.CharField()
    can_be_undone = serializers.BooleanField()
    undone_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class BlockSerializer(serializers.Serializer[Any]):
    blocked = serializers.BooleanField()
    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, default=""
    )


class DuplicateSerializer(serializers.Serializer[Any]):
    """Two contacts that may be one person."""

    id = serializers.UUIDField()
    contacts = serializers.SerializerMethodField()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Duplicate.Reason.values))
    created_at = serializers.DateTimeField()

    def get_contacts(self, pair: Duplicate) -> list[str]:
        return [str(pair.first_id), str(pair.second_id)]


class TimelineQuery(serializers.Serializer[Any]):
    kind = serializers.ListField(
        child=serializers.ChoiceField(choices=TIMELINE_KINDS), required=False, default=list
    )
    before = serializers.CharField(required=False, allow_blank=True, max_length=80, default="")
    limit = Limit()


class TimelineItemSerializer(serializers.Serializer[Any]):
    """One line of a person's story. `seq` is the fact's in the journal; `incoming` and `outgoing`
    count the messages of a spell of a conversation."""

    kind = serializers.ChoiceField(choices=TIMELINE_KINDS, source="entry.kind")
    at = serializers.DateTimeField(source="entry.at")
    seq = serializers.IntegerField(source="entry.seq")
    text = serializers.CharField(source="line.text")
    detail = serializers.CharField(source="line.detail")
    who = serializers.CharField(source="line.who")
    conversation = serializers.UUIDField(source="entry.conversation_id", allow_null=True)
    incoming = serializers.IntegerField(source="entry.incoming")
    outgoing = serializers.IntegerField(source="entry.outgoing")


class TimelinePageSerializer(serializers.Serializer[Any]):
    next = serializers.CharField(allow_null=True, help_text="To be given as `before`.")
    results = TimelineItemSerializer(many=True)


@extend_schema(tags=["contacts"])
class Merging(OfContact):
    """Two contacts become one."""

    @extend_schema(request=MergingSerializer, responses={201: MergeSerializer})
    def post(self, request: Request, pk: UUID) -> Response:
        """Take another contact over, with all that it has."""
        kept = self.contact(pk)
        asked = checked(MergingSerializer, request.data)
        other = Contact.objects.visible_to(self.viewer).filter(pk=asked["contact"]).first()
        if other is None:
            raise Unprocessable(_("No such contact."))
        merge = merge_contacts(kept=kept, absorbed=other, by=self.viewer, choices=asked["choices"])
        return Response(MergeSerializer(merge).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["contacts"])
class MergeUndoing(OfContact):
    """A merge that was a mistake."""

    @extend_schema(request=None, responses=ContactSerializer)
    def post(self, request: Request, pk: UUID, merge_id: UUID) -> Response:
        """Bring the absorbed contact back; the answer is that contact."""
        kept = self.contact(pk)
        merge = get_object_or_404(MergeRecord, pk=merge_id, kept=kept)
        return self.shown(undo_merge(merge=merge, by=self.viewer).pk)


@extend_schema(tags=["contacts"])
class Blocking(OfContact):
    """The block list."""

    @extend_schema(request=BlockSerializer, responses=ContactSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Block or unblock; what a blocked person writes is kept, and nobody is told."""
        contact, asked = self.contact(pk), checked(BlockSerializer, request.data)
        if asked["blocked"]:
            block_contact(contact=contact, by=self.viewer, reason=asked["reason"])
        else:
            unblock_contact(contact=contact, by=self.viewer)
        return self.shown(pk)


@extend_schema(tags=["contacts"])
class ErasureView(OfContact):
    """A person wishes to be forgotten."""

    writing = (Verb.MANAGE_WORKSPACE,)

    @extend_schema(request=None, responses={202: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """Erase all that is known of them, files too. It cannot be undone."""
        ask_erasure(contact=self.contact(pk), by=self.viewer)
        return Response(status=status.HTTP_202_ACCEPTED)


@extend_schema(tags=["contacts"])
class Timeline(OfContact):
    """The story of a person."""

    @extend_schema(parameters=[TimelineQuery], responses=TimelinePageSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        """Visits, messages, deals, money, tasks and changes, the latest first."""
        contact, asked = self.contact(pk), checked(TimelineQuery, request.query_params)
        found = timeline.page(
            contact,
            self.viewer,
            kinds=asked["kind"],
            before=asked["before"],
            size=asked["limit"],
        )
        results = TimelineItemSerializer(found.items, many=True).data
        return Response({"next": found.older or None, "results": results})


@extend_schema(tags=["contacts"])
class DuplicateList(WorkspaceView, generics.ListAPIView[Duplicate]):
    """Contacts that may be one person and wait for a judgement."""

    reading = (Verb.READ_CONTACTS,)
    serializer_class = DuplicateSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        return duplicates.open_pairs().order_by()


@extend_schema(tags=["contacts"])
class DuplicateDismissal(WorkspaceView):
    """They are two people."""

    reading, writing = (Verb.READ_CONTACTS,), (Verb.WRITE_CONTACTS,)

    @extend_schema(request=None, responses={204: None})
    def post(self, request: Request, pk: UUID) -> Response:
        """Never suggest the pair again."""
        duplicates.dismiss(get_object_or_404(Duplicate, pk=pk), by=self.viewer)
        return Response(status=status.HTTP_204_NO_CONTENT)
