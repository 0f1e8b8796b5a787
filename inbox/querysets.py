"""Reads of the inbox. `visible_to` is the one rule of who sees which conversation."""

from typing import Any, Self
from uuid import UUID

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from channels_connectors.models import Channel
from workspaces.models import Visibility
from workspaces.models.tenant import TenantQuerySet
from workspaces.permissions import Verb, can

OF_A_ROW = (
    "status",
    "assignee_id",
    "channel_id",
    "last_activity_at",
    "last_message_text",
    "last_message_kind",
    "last_message_direction",
    "last_message_status",
    "unread_count",
    "waiting_since",
)
OF_A_CONTACT = ("name", "phone", "email", "avatar")


def _limits_of(viewer: Any, visibility: str) -> tuple[list[UUID], list[UUID]]:
    """The channels that are closed to the viewer and, where it matters, their teams: one query."""
    hidden = Channel.objects.hidden_from(viewer).values_list(Value("channel"), "pk")
    if visibility == Visibility.ALL:
        return [pk for _kind, pk in hidden], []
    teams = viewer.team_memberships.values_list(Value("team"), "team_id")
    found = list(hidden.union(teams, all=True))
    return (
        [pk for kind, pk in found if kind == "channel"],
        [pk for kind, pk in found if kind == "team"],
    )


class ConversationQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Conversations that the viewer may see; its twin is `events.audience.Audience`."""
        if not can(viewer, Verb.READ_INBOX):
            return self.none()
        visibility = getattr(viewer, "visibility", Visibility.ALL)
        hidden, teams = _limits_of(viewer, visibility)
        seen = self.exclude(channel_id__in=hidden) if hidden else self.all()
        if visibility == Visibility.ALL:
            return seen
        in_teams = Q(team_id__isnull=True) | Q(team_id__in=teams)
        if visibility == Visibility.OWN:
            in_teams &= Q(assignee_id__isnull=True)
        return seen.filter(Q(assignee_id=viewer.id) | in_teams)

    def newest_first(self) -> Self:
        return self.order_by("-last_activity_at", "id")

    def for_list(self) -> Self:
        """With what a row of the list shows, in one query."""
        return self.select_related("contact", "channel", "assignee__user")

    def as_rows(self) -> Self:
        """What a row of the agent's list shows and nothing more: fifty of them are made for every
        change on every screen, and objects and columns that nobody looks at cost half of that."""
        return (
            self.select_related("contact")
            .only(*OF_A_ROW, *(f"contact__{name}" for name in OF_A_CONTACT))
            .annotate(
                channel_kind=F("channel__kind"),
                channel_name=F("channel__name"),
                assignee_name=Coalesce(
                    NullIf(F("assignee__user__name"), Value("")),
                    F("assignee__user__email"),
                    output_field=CharField(),
                ),
            )
        )


class MessageQuerySet(TenantQuerySet):
    def in_order(self) -> Self:
        """By the platform's time and id; never by the journal's `seq`."""
        return self.order_by("sent_at", "platform_order", "id")

    def visible_to(self, viewer: Any) -> Self:
        from inbox.models.conversation import Conversation

        return self.filter(conversation__in=Conversation.objects.visible_to(viewer))
