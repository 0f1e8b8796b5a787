"""Telling the admins: once per incident, and once that it is over."""

from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop

from channels_connectors.models import Channel
from events import types
from events.models import Event, Notification
from events.notifications import latest_of, members_who_may, notify
from workspaces.models import Membership, Workspace
from workspaces.permissions import Verb
from workspaces.scope import current_workspace_id

ACTIONS: Final = (types.CHANNEL_STATUS_CHANGED, types.CHANNEL_NOTICED)

BROKEN: Final = gettext_noop(
    "%(channel)s does not send: %(reason)s Replies wait and will go by themselves."
)
TROUBLED: Final = gettext_noop("%(channel)s is not being read: %(reason)s")
TOLD: Final = gettext_noop("%(channel)s: %(reason)s")
WORKS: Final = gettext_noop("%(channel)s works again.")

# The same news of a platform is told again no sooner.
SAME_NEWS: Final = timedelta(days=1)
_BAD: Final = frozenset({Notification.Level.WARNING, Notification.Level.CRITICAL})


def on_events(events: list[Event]) -> None:
    """Alerts for what has become of channels, in order."""
    wanted = [event for event in events if event.subject_type == Channel._meta.model_name]
    known = {
        channel.pk: channel
        for channel in Channel.objects.filter(pk__in={event.subject_id for event in wanted}).defer(
            "credentials"
        )
    }
    desk = _Desk()
    for event in wanted:
        if channel := known.get(event.subject_id):
            desk.tell(channel, event)


class _Desk:
    """Who is told, looked up once and only when somebody is."""

    def __init__(self) -> None:
        self._slug = ""
        self._admins: list[Membership] = []

    def tell(self, channel: Channel, event: Event) -> None:
        if event.action == types.CHANNEL_STATUS_CHANGED:
            self._status(channel, event)
        else:
            self._notice(channel, event)

    def _status(self, channel: Channel, event: Event) -> None:
        topic, after = f"channel:{channel.pk}", event.data.get("after")
        reason = str(event.data.get("reason") or "")
        if after == Channel.Status.BROKEN:
            self._bad(channel, topic, BROKEN, reason, Notification.Level.CRITICAL)
        elif after == Channel.Status.CONNECTING and reason:
            self._bad(channel, topic, TROUBLED, reason, Notification.Level.WARNING)
        elif after == Channel.Status.ACTIVE:
            self._good(channel, topic)

    def _notice(self, channel: Channel, event: Event) -> None:
        topic = f"channel:{channel.pk}:{event.data.get('topic', '')}"[:100]
        level, words = event.data.get("level"), str(event.data.get("words") or "")
        is_health = event.data.get("topic") == "health"
        if level in _BAD and words:
            self._bad(channel, topic, TOLD, words, level, is_lasting=is_health)
        elif not words and is_health:
            self._good(channel, topic)

    def _bad(
        self,
        channel: Channel,
        topic: str,
        words: str,
        reason: str,
        level: str,
        *,
        is_lasting: bool = True,
    ) -> None:
        before = latest_of(topic)
        is_known = before is not None and before.level in _BAD and before.data["reason"] == reason
        if is_known and before is not None and not is_lasting:
            # A platform's single pieces of news have no end that we hear of.
            is_known = before.at > timezone.now() - SAME_NEWS
        if not is_known:
            self._notify(channel, "channel.trouble", topic, words, level, reason=reason)

    def _good(self, channel: Channel, topic: str) -> None:
        before = latest_of(topic)
        if before is not None and before.level in _BAD:
            self._notify(channel, "channel.works", topic, WORKS, Notification.Level.GOOD)

    def _notify(
        self, channel: Channel, kind: str, topic: str, words: str, level: str, reason: str = ""
    ) -> None:
        if not self._slug:
            self._slug = Workspace.objects.get(pk=current_workspace_id()).slug
            self._admins = members_who_may(Verb.MANAGE_CHANNELS)
        notify(
            self._admins,
            kind=kind,
            topic=topic,
            level=level,
            words=words,
            data={"channel": channel.name, "reason": reason},
            link=reverse("channels:channel", args=[self._slug, channel.pk]),
            by_email=True,
        )
