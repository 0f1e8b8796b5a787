"""What happens to customers, as series take it: somebody comes in, somebody has reached a goal."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from events import types
from events.models import Event
from inbox.models import Conversation
from inbox.models.message import Direction
from marketing.models import Series, SeriesParticipant
from marketing.series.entering import enter
from marketing.series.leaving import leave_if_due

_TRIGGERS: Final = {
    types.CONTACT_CREATED: Series.Trigger.CONTACT_CREATED,
    types.CONTACT_UPDATED: Series.Trigger.LABEL_ADDED,
    types.DEAL_CREATED: Series.Trigger.DEAL_CREATED,
    types.DEAL_MOVED: Series.Trigger.DEAL_MOVED,
    types.CONVERSATION_CLOSED: Series.Trigger.CONVERSATION_CLOSED,
}
ENTERING: Final = tuple(_TRIGGERS)
LEAVING: Final = (
    types.MESSAGE_RECEIVED,
    types.DEAL_CREATED,
    types.DEAL_MOVED,
    types.DEAL_WON,
    types.CONTACT_CONSENT_CHANGED,
    types.CONTACT_BLOCKED,
)


def on_entering(events: list[Event]) -> None:
    """Let in whom something has happened to. The subscription's cursor moves in the same
    transaction."""
    running = list(
        Series.objects.filter(status=Series.Status.RUNNING)
        .exclude(trigger=Series.Trigger.SEGMENT)
        .order_by("id")
    )
    if not running:
        return
    contacts = _contacts(events)
    for series in running:
        fit = [
            contacts[event.seq]
            for event in events
            if _TRIGGERS[event.action] == series.trigger  # type: ignore[index]
            and event.seq in contacts
            and (series.started_at is None or event.at >= series.started_at)
            and _fits(event, series.trigger_settings)
        ]
        enter(series, list(dict.fromkeys(fit)))


def on_leaving(events: list[Event]) -> None:
    """Let go who has reached a goal, or wants no more."""
    asked = [
        event
        for event in events
        if event.action != types.MESSAGE_RECEIVED
        or event.data.get("direction") == Direction.INCOMING
    ]
    active = SeriesParticipant.objects.filter(state=SeriesParticipant.State.ACTIVE)
    if not asked or not active.exists():
        return
    people = set(_contacts(asked).values())
    found: defaultdict[UUID, list[SeriesParticipant]] = defaultdict(list)
    rows = active.filter(contact_id__in=people).order_by("id").select_for_update(no_key=True)
    for participant in rows:
        found[participant.series_id].append(participant)
    for series in Series.objects.filter(pk__in=list(found)):
        leave_if_due(series, found[series.pk])


def _contacts(events: Iterable[Event]) -> dict[int, UUID]:
    """An event's number -> whose it is."""
    found: dict[int, UUID] = {}
    conversations: dict[int, UUID] = {}
    for event in events:
        if event.subject_type == "contact":
            found[event.seq] = event.subject_id
        elif event.data.get("contact"):
            found[event.seq] = UUID(str(event.data["contact"]))
        elif event.conversation_id:
            conversations[event.seq] = event.conversation_id
    known = dict(
        Conversation.objects.filter(pk__in=set(conversations.values())).values_list(
            "pk", "contact_id"
        )
    )
    return found | {seq: known[pk] for seq, pk in conversations.items() if pk in known}


def _fits(event: Event, settings: dict[str, Any]) -> bool:
    """Whether it is about the stage, pipeline, label or channel that the series asks for."""
    if label := settings.get("label"):
        changed = event.data.get("changes", {}).get("labels", {})
        added = set(changed.get("after") or []) - set(changed.get("before") or [])
        return label in added
    if event.action == types.CONTACT_UPDATED:
        return False
    if stage := settings.get("stage"):
        moved_to = event.data.get("to_stage") or {}
        if str(moved_to.get("id") or event.data.get("stage")) != stage:
            return False
    for name in ("pipeline", "channel"):
        told = event.data.get(name)
        if name == "channel" and event.subject_type == "conversation":
            told = (event.audience or {}).get("channel")
        if settings.get(name) not in {None, "", str(told)}:
            return False
    return True
