from typing import Any, Self

from django.db.models import Exists, F, Max, OuterRef, Q, Subquery, Sum

from workspaces.models.tenant import TenantQuerySet
from workspaces.permissions import Verb, can


class ChannelQuerySet(TenantQuerySet):
    def visible_to(self, viewer: Any) -> Self:
        """Channels whose conversations the viewer may take part in.

        A channel with nobody in its access list is open to all.
        """
        from channels_connectors.models.channel import ChannelAccess

        if can(viewer, Verb.MANAGE_CHANNELS):
            return self.all()
        mine = ChannelAccess.objects.filter(channel=OuterRef("pk"), membership_id=viewer.id)
        return self.filter(Q(is_restricted=False) | Exists(mine))

    def hidden_from(self, viewer: Any) -> Self:
        """The others."""
        return self.exclude(pk__in=self.visible_to(viewer).values("pk"))

    def connected(self) -> Self:
        return self.exclude(status="disconnected")


class ChannelNoticeQuerySet(TenantQuerySet):
    def by_topic(self) -> Any:
        """`{channel, topic, count, latest, level, words}` for each topic of each channel, the
        latest first; `level` and `words` are those of the latest."""
        newest = (
            self.model.objects.filter(channel=OuterRef("channel"), topic=OuterRef("topic"))
            .order_by("-at", "-id")
            .values("level", "words")[:1]
        )
        return (
            self.order_by()
            .values("channel", "topic")
            .annotate(
                count=Sum(F("older_count") + 1),
                latest=Max("at"),
                level=Subquery(newest.values("level")),
                words=Subquery(newest.values("words")),
            )
            .order_by("-latest", "topic")
        )
