"""News of the funnel: fat for the cards of a pipeline, thin for what is counted over them.

Names: "board:<pipeline>" (counts and sums), "deal:<deal>" (all that its page shows), "task:<deal>"
(what its card says of tasks), "pipelines" (stages are others now: an open board starts anew).
"""

from collections.abc import Iterable
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from crm.board.cards import Card, load
from crm.models import Deal, Pipeline
from events import types
from events.models import Event
from live import streams, topics
from live.fragments import Fragment, register_changes, register_renderer
from workspaces.models import Membership
from workspaces.zones import workspace_in_scope

OF_DEALS = (
    types.DEAL_CREATED,
    types.DEAL_UPDATED,
    types.DEAL_MOVED,
    types.DEAL_PLACED,
    types.DEAL_ACCEPTED,
)
OF_TASKS = (
    types.TASK_CREATED,
    types.TASK_UPDATED,
    types.TASK_DONE,
    types.TASK_REOPENED,
    types.TASK_DELETED,
)


def pipeline_topic(pipeline_id: object) -> str:
    """The topic of the pages that show a pipeline's board."""
    return f"pipeline:{pipeline_id}"


def render_cards(events: list[Event]) -> list[Fragment]:
    """Each deal of the events once, as it is now."""
    last = {event.subject_id: event for event in events}
    changed_hands = {event.subject_id for event in events if _changes_hands(event)}
    known = {card.id: card for card in load(Deal.objects.filter(pk__in=last))}
    funnel_url = reverse("funnel:index", args=[workspace_in_scope().slug])
    fragments = []
    for deal_id, event in last.items():
        topic, card = pipeline_topic(event.data["pipeline"]), known.get(deal_id)
        if deal_id in changed_hands or card is None or card.row.status != Deal.Status.OPEN:
            # Whoever loses sight of it hears of the change, and must not keep the card.
            removal = streams.remove(f"deal_{deal_id}", seq=event.seq)
            fragments.append(Fragment(topic, removal, event.seq))
        if card is not None and card.row.status == Deal.Status.OPEN:
            fragments.append(
                Fragment(topic, _stream(card, funnel_url, event.seq), event.seq, card.audience)
            )
    return fragments


def render_leaving(events: list[Event]) -> list[Fragment]:
    """Cards that went to another pipeline, for the boards that they left."""
    return [
        Fragment(topic, streams.remove(f"deal_{event.subject_id}", seq=event.seq), event.seq)
        for event in events
        if (topic := _left(event))
    ]


def _stream(card: Card, funnel_url: str, seq: int) -> str:
    context = {"cards": [card], "funnel_url": funnel_url, "seq": seq}
    return mark_safe(render_to_string("crm/funnel/streams/_cards.html", context))  # noqa: S308


def _changes_hands(event: Event) -> bool:
    return not {"owner", "team", "channel"}.isdisjoint(event.data.get("changes", {}))


def _topic(event: Event) -> str | None:
    return pipeline_topic(event.data["pipeline"]) if "pipeline" in event.data else None


def _left(event: Event) -> str | None:
    before = event.data.get("changes", {}).get("pipeline", {}).get("before")
    return pipeline_topic(before) if before else None


def _changes(event: Event) -> Iterable[str]:
    named = [f"board:{event.data.get('pipeline')}", f"deal:{event.subject_id}"]
    before = event.data.get("changes", {}).get("pipeline", {}).get("before")
    return [*named, f"board:{before}"] if before else named


def _of_task(event: Event) -> Iterable[str]:
    deal = event.data.get("deal")
    return [f"deal:{deal}", f"task:{deal}"] if deal else []


def may_follow(viewer: Membership, pipeline_id: UUID) -> bool:
    """An open board follows a pipeline that its viewer may work in."""
    return bool(Pipeline.objects.visible_to(viewer).filter(pk=pipeline_id).exists())


register_renderer(OF_DEALS, render_cards, topic_of=_topic)
register_renderer([types.DEAL_MOVED], render_leaving, topic_of=_left)
register_changes(OF_DEALS, _changes)
register_changes(OF_TASKS, _of_task)
register_changes([types.PIPELINE_CHANGED], ["pipelines"])
topics.register_topic("pipeline", may_follow, recheck=[types.PIPELINE_CHANGED])
