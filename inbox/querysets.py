"""Reads of the inbox. `visible_to` is the one rule of who sees which conversation."""

from typing import Any, Self

from django.db.models import Q

from channels_connectors.models import Channel
from workspaces.models import Visibility
from workspaces.models.tenant import TenantQuerySet
from workspaces.permissions import Verb, can


class ConversationQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Conversations that the viewer may see; its twin is `events.audience.Audience`."""
        if not can(viewer, Verb.READ_INBOX):
            return self.none()
        hidden = list(Channel.objects.hidden_from(viewer).values_list("pk", flat=True))
        seen = self.exclude(channel_id__in=hidden) if hidden else self.all()
        visibility = getattr(viewer, "visibility", Visibility.ALL)
        if visibility == Visibility.ALL:
            return seen
        teams = list(viewer.team_memberships.values_list("team_id", flat=True))
        in_teams = Q(team_id__isnull=True) | Q(team_id__in=teams)
        if visibility == Visibility.OWN:
            in_teams &= Q(assignee_id__isnull=True)
        return seen.filter(Q(assignee_id=viewer.id) | in_teams)

    def newest_first(self) -> Self:
        return self.order_by("-last_activity_at", "id")

    def for_list(self) -> Self:
        """With what a row of the list shows, in one query."""
        return self.select_related("contact", "channel", "assignee__user")


class MessageQuerySet(TenantQuerySet):
    def in_order(self) -> Self:
        """By the platform's time and id; never by the journal's `seq`."""
        return self.order_by("sent_at", "platform_order", "id")

    def for_thread(self) -> Self:
        """With what a bubble shows."""
        return self.select_related("author__user", "reply_to").prefetch_related(
            "attachments", "reactions"
        )

    def visible_to(self, viewer: Any) -> Self:
        from inbox.models.conversation import Conversation

        return self.filter(conversation__in=Conversation.objects.visible_to(viewer))
