from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from channels_connectors.models import Channel
from core.api.pagination import NewestFirst
from crm.api.references import one
from marketing.actions import archive_link, create_link, update_link
from marketing.link_numbers import Numbers, numbers_of
from marketing.models import TrackedLink
from marketing.tracked_links import short_address, target_of
from workspaces.api.views import WorkspaceView, checked
from workspaces.permissions import Verb

# Named for the OpenAPI document.
LINK_KINDS = TrackedLink.Kind.values


class LinkSerializer(serializers.Serializer[Any]):
    """A link that tells where who follows it came from. `short_url` is the one to hand out,
    `target` where it leads. `leads` are deals whose customer came through it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=LINK_KINDS)
    url = serializers.CharField()
    channel = serializers.UUIDField(source="channel_id", allow_null=True)
    greeting = serializers.CharField()
    medium = serializers.CharField()
    campaign = serializers.CharField()
    content = serializers.CharField()
    term = serializers.CharField()
    short_url = serializers.SerializerMethodField()
    target = serializers.SerializerMethodField()
    archived_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    clicks = serializers.SerializerMethodField()
    contacts = serializers.SerializerMethodField()
    leads = serializers.SerializerMethodField()
    won = serializers.SerializerMethodField()

    def get_fields(self) -> dict[str, Any]:
        # `source` is taken by the class itself.
        return {**super().get_fields(), "source": serializers.CharField()}

    def get_short_url(self, link: TrackedLink) -> str:
        return short_address(link)

    def get_target(self, link: TrackedLink) -> str:
        return target_of(link)

    def get_clicks(self, link: TrackedLink) -> int:
        return self._numbers(link).clicks

    def get_contacts(self, link: TrackedLink) -> int:
        return self._numbers(link).contacts

    def get_leads(self, link: TrackedLink) -> int:
        return self._numbers(link).leads

    def get_won(self, link: TrackedLink) -> int:
        return self._numbers(link).won

    def _numbers(self, link: TrackedLink) -> Numbers:
        known: dict[UUID, Numbers] = self.context.setdefault("numbers", {})
        if link.pk not in known:
            known.update(numbers_of([link]))
        return known[link.pk]


class LinkChangesSerializer(serializers.Serializer[Any]):
    """What is left out stays."""

    name = serializers.CharField(required=False, allow_blank=True, max_length=120)
    url = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    greeting = serializers.CharField(required=False, allow_blank=True, max_length=200)
    medium = serializers.CharField(required=False, allow_blank=True, max_length=100)
    campaign = serializers.CharField(required=False, allow_blank=True, max_length=200)
    content = serializers.CharField(required=False, allow_blank=True, max_length=200)
    term = serializers.CharField(required=False, allow_blank=True, max_length=200)
    archived = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        origin = serializers.CharField(required=False, max_length=100)
        return {**super().get_fields(), "source": origin}


class NewLinkSerializer(LinkChangesSerializer):
    """With `channel` it leads into its chat, else to the page `url`."""

    channel = serializers.UUIDField(required=False, allow_null=True)


class _OfLinks(WorkspaceView):
    reading, writing = (Verb.READ_REPORTS,), (Verb.WRITE_LINKS,)

    def links(self) -> Any:
        return TrackedLink.objects.visible_to(self.viewer).select_related("channel")

    def link(self, pk: UUID) -> TrackedLink:
        """One of them. Raises `Http404`."""
        found: TrackedLink = get_object_or_404(self.links(), pk=pk)
        return found


@extend_schema(tags=["links"])
class LinkList(_OfLinks, generics.ListAPIView[TrackedLink]):
    """Links of the link builder, the newest first, with what they have brought."""

    serializer_class = LinkSerializer
    pagination_class = NewestFirst

    def get_queryset(self) -> Any:
        return self.links()

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the numbers of a whole page asked for at once."""
        if kwargs.get("many"):
            numbers = numbers_of(args[0])
            kwargs["context"] = {**self.get_serializer_context(), "numbers": numbers}
        return super().get_serializer(*args, **kwargs)

    @extend_schema(request=NewLinkSerializer, responses={201: LinkSerializer})
    def post(self, request: Request) -> Response:
        """Make a link."""
        given = checked(NewLinkSerializer, request.data)
        given.pop("archived", None)
        channels = Channel.objects.visible_to(self.viewer)
        channel = one(channels, given.pop("channel", None), _("No such channel."))
        link = create_link(by=self.viewer, channel=channel, **given)
        return Response(LinkSerializer(link).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["links"])
class LinkDetail(_OfLinks):
    """One link."""

    @extend_schema(responses=LinkSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(LinkSerializer(self.link(pk)).data)

    @extend_schema(request=LinkChangesSerializer, responses=LinkSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given; `archived` hides it, and it leads on all the same."""
        link = self.link(pk)
        given = checked(LinkChangesSerializer, request.data)
        archived = given.pop("archived", None)
        if given:
            link = update_link(link, by=self.viewer, **given)
        if archived is not None:
            link = archive_link(link, by=self.viewer, archived=archived)
        return Response(LinkSerializer(link).data)
