from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import JsonObject
from core.api.pagination import OldestFirst
from core.api.problems import Unprocessable
from inbox.models import Conversation, SavedView
from inbox.queues import Queue
from inbox.table import saved
from workspaces.api.views import WorkspaceView, checked
from workspaces.models import Membership, Team
from workspaces.permissions import Verb


class SavedViewSerializer(serializers.Serializer[Any]):
    """A list of conversations under a name. `parameters` are those of the inbox's address: `view`
    (`new`, `mine`, `team`, `unanswered`, `all`, `archive`), `q`, `channel`, `assignee`, `unread`
    (`1`), `filter` (conditions), `sort` (`waiting`, `activity`, with `-` the other way round)."""

    id = serializers.UUIDField(read_only=True)
    name = serializers.CharField(max_length=saved.LONGEST_NAME)
    parameters = JsonObject(required=False)
    columns = serializers.ListField(
        child=serializers.CharField(max_length=60),
        required=False,
        max_length=100,
        help_text="Of the table, from left to right; none are each viewer's own choice.",
    )
    sharing = serializers.ChoiceField(choices=SavedView.Sharing.values, required=False)
    team = serializers.UUIDField(source="team_id", required=False, allow_null=True)
    member = serializers.UUIDField(source="membership_id", read_only=True)


def maker_of(viewer: Any) -> Membership | None:
    """The member; of a program who made its token, if that is known."""
    if isinstance(viewer, Membership):
        return viewer
    members = Membership.objects.active().with_user()
    found: Membership | None = members.filter(pk=viewer.created_by_id).first()
    return found


def found_by(
    pk: UUID, viewer: Any, visible: QuerySet[Conversation]
) -> list[QuerySet[Conversation]]:
    """What a saved view finds among these, in parts that share no row. Raises `ValidationError`."""
    view = saved.find(maker_of(viewer), pk)
    if view is None:
        raise serializers.ValidationError({"saved_view": [_("There is no such view.")]})
    return Queue(maker_of(viewer) or viewer, saved.filters_of(view), visible).found()


class OfSavedViews(WorkspaceView):
    """Views that the token's maker sees."""

    reading = writing = (Verb.READ_INBOX,)

    def member(self) -> Membership:
        """The maker, for what somebody must answer for. Raises `PermissionDenied`."""
        maker = maker_of(self.viewer)
        if maker is None:
            raise PermissionDenied(_("This token was made by nobody who is still here."))
        return maker

    def view(self, pk: UUID) -> SavedView:
        """One of them. Raises `Http404`."""
        return get_object_or_404(saved.seen_by(maker_of(self.viewer)), pk=pk)

    def values(self, request: Request, *, partial: bool = False) -> dict[str, Any]:
        """What was given. Raises `Unprocessable` for a team that there is not."""
        values = checked(SavedViewSerializer, request.data, partial=partial)
        if "team_id" in values:
            wanted = values.pop("team_id")
            values["team"] = Team.objects.filter(pk=wanted).first() if wanted else None
            if wanted and values["team"] is None:
                raise Unprocessable(_("No such team."))
        return values


@extend_schema(tags=["conversations"])
class SavedViewList(OfSavedViews, generics.ListAPIView[SavedView]):
    """Saved views: one's own, and those that are shared."""

    serializer_class = SavedViewSerializer
    pagination_class = OldestFirst

    def get_queryset(self) -> Any:
        return saved.seen_by(maker_of(self.viewer))

    @extend_schema(responses={201: SavedViewSerializer})
    def post(self, request: Request) -> Response:
        """Keep a view; one of the same name becomes it."""
        values = {"parameters": {}, **self.values(request)}
        view = saved.save_view(by=self.member(), **values)
        return Response(SavedViewSerializer(view).data, status=status.HTTP_201_CREATED)


@extend_schema(tags=["conversations"])
class SavedViewDetail(OfSavedViews):
    """One saved view."""

    @extend_schema(responses=SavedViewSerializer)
    def get(self, request: Request, pk: UUID) -> Response:
        return Response(SavedViewSerializer(self.view(pk)).data)

    @extend_schema(request=SavedViewSerializer(partial=True), responses=SavedViewSerializer)
    def patch(self, request: Request, pk: UUID) -> Response:
        """Change what is given."""
        given = self.values(request, partial=True)
        view = saved.change_view(self.view(pk), by=self.member(), **given)
        return Response(SavedViewSerializer(view).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, pk: UUID) -> Response:
        """Keep it no longer, whoever looked at it."""
        saved.delete_view(self.view(pk), by=self.member())
        return Response(status=status.HTTP_204_NO_CONTENT)
