"""The question, sent like any other message when its time has come."""

import logging
from datetime import timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from events import types
from events.journal import SYSTEM
from events.models import Event
from inbox import outgoing
from inbox.actions import send_message
from inbox.models import Conversation, Message, Rating, RatingRule
from inbox.models.rating import HIGHEST, LOWEST
from inbox.ratings.planning import asked_lately
from inbox.ratings.reading import button
from inbox.ratings.rules import how_to_answer, question_of, rule_of, rules, thanks_of
from inbox.ratings.templates import instead_of_words
from workspaces.scope import current_workspace_id, workspace_scope

logger = logging.getLogger(__name__)

MOST: Final = 200
# A question that comes a day after its time, because nothing ran, would only astonish.
LATE: Final = timedelta(days=1)
FOLLOWED: Final = (types.MESSAGE_SENT, types.MESSAGE_UNCERTAIN, types.MESSAGE_FAILED)
State, Skip = Rating.State, Rating.Skip
# Two conversations of one customer may be closed together.
_ONE_BY_ONE: Final = "select pg_advisory_xact_lock(hashtextextended(%s, 0))"


def ask_all_due() -> None:
    """Ask the customers whose time has come."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, rating_id from due_ratings(%s)", [MOST])
        due: list[tuple[UUID, UUID]] = cursor.fetchall()
    for workspace_id, rating_id in due:
        try:
            ask(workspace_id, rating_id)
        except Exception:
            logger.exception("A rating was not asked for.")


def ask(workspace_id: UUID, rating_id: UUID) -> bool:
    """Queue one question, or note why it is not asked; False where that is done already. The
    message and the note of it are committed together, so that it is asked once."""
    with workspace_scope(workspace_id):
        rating = (
            Rating.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=rating_id, state=State.PLANNED, due_at__lte=timezone.now())
            .first()
        )
        if rating is None:
            return False
        with connection.cursor() as cursor:
            cursor.execute(_ONE_BY_ONE, [f"rating {current_workspace_id()} {rating.contact_id}"])
        conversation = Conversation.objects.select_related("channel", "identity", "contact").get(
            pk=rating.conversation_id
        )
        conversation.lock()
        rule = rule_of(conversation.channel)
        why_not = _why_not(rating, conversation, rule) or _send(rating, conversation, rule)
        if why_not:
            rating.state, rating.skipped_for = State.SKIPPED, why_not
        rating.save()
        return True


def on_events(events: list[Event]) -> None:
    """What became of questions, and thanks to who has answered."""
    told = {
        UUID(event.data["client_id"]): event
        for event in events
        if event.action in FOLLOWED
        and event.data.get("client_id")
        and "broadcast" not in event.data
    }
    if told:
        _follow(told)
    rated = [
        event.data["rating"]
        for event in events
        if event.action == types.CONVERSATION_RATED and event.data.get("before") is None
    ]
    if rated:
        _thank(rated)


def _why_not(rating: Rating, conversation: Conversation, rule: RatingRule) -> str:
    if not rule.is_on:
        return Skip.OFF
    if timezone.now() - rating.due_at > LATE:
        return Skip.LATE
    # Opened again and closed again since, it is asked about that.
    later = Rating.objects.filter(conversation=conversation, closed_seq__gt=rating.closed_seq)
    if conversation.is_open or later.exists():
        return Skip.REOPENED
    if not conversation.identity.is_reachable or conversation.contact.blocked_at is not None:
        return Skip.UNREACHABLE
    if not conversation.channel.can_send:
        return Skip.CHANNEL
    return Skip.RECENT if asked_lately(rating, rule.pause_days) else ""


def _send(rating: Rating, conversation: Conversation, rule: RatingRule) -> str:
    """Queue the message; "" or why it could not be."""
    language = conversation.contact.language
    text, payload = question_of(rule, language), None
    try:
        if template := instead_of_words(conversation, rule):
            text, payload = "", template
        elif "reply" in outgoing.capabilities_of(conversation.channel).buttons:
            payload = {"buttons": [_buttons(rating)]}
        else:
            text = f"{text}\n\n{how_to_answer(language)}"
        with transaction.atomic():
            _say(conversation, text, rating.pk, payload)
    except ValidationError as refusal:
        logger.info("No rating is asked for: %s", refusal.messages[0])
        return Skip.REFUSED
    rating.state, rating.asked_at = State.QUEUED, timezone.now()
    rating.is_hidden = rule.is_hidden
    rating.expires_at = rating.asked_at + timedelta(hours=rule.answer_hours)
    return ""


def _say(
    conversation: Conversation, text: str, client_id: UUID, payload: dict[str, Any] | None = None
) -> None:
    """Like any message, under an id of its own: what is said again is said once."""
    message = send_message(
        conversation, text, by=SYSTEM, client_id=client_id, payload=payload, cc=()
    )
    message.payload = {**message.payload, "auto": "rating"}
    message.save(update_fields=["payload"])


def _buttons(rating: Rating) -> list[dict[str, str]]:
    return [
        {"label": f"{score}★", "action": "reply", "value": button(rating.pk, score)}
        for score in range(LOWEST, HIGHEST + 1)
    ]


def _follow(told: dict[UUID, Event]) -> None:
    """The question has left, perhaps, or it has not. An answer before the news says more."""
    waiting = Rating.objects.select_for_update(of=("self",)).filter(
        pk__in=told, state__in=[State.QUEUED, State.ASKED, State.FAILED]
    )
    known = rules()
    for rating in waiting.select_related("conversation").order_by("id"):
        event, before = told[rating.pk], rating.state
        rating.state = State.FAILED if event.action == types.MESSAGE_FAILED else State.ASKED
        if rating.state == before:
            continue
        rule = known.get(rating.channel_id) or known[None]
        if rating.state == State.ASKED:
            rating.asked_at = event.at
            rating.expires_at = event.at + timedelta(hours=rule.answer_hours)
            rating.conversation.record(
                types.CONVERSATION_RATING_ASKED, by=SYSTEM, **facts_of(rating)
            )
        elif before == State.ASKED:
            # Its platform took it, and said later that it did not arrive.
            rating.conversation.record(
                types.CONVERSATION_RATING_FAILED, by=SYSTEM, **facts_of(rating)
            )
        rating.save(update_fields=["state", "asked_at", "expires_at"])


def _thank(ids: list[str]) -> None:
    for rating in Rating.objects.filter(pk__in=ids).order_by("id"):
        conversation = Conversation.objects.select_related("channel", "identity", "contact").get(
            pk=rating.conversation_id
        )
        text = thanks_of(rule_of(conversation.channel), conversation.contact.language)
        # Who is in the middle of a talk again is not interrupted.
        if not text or conversation.is_open or not conversation.channel.can_send:
            continue
        client_id = uuid5(rating.pk, "thanks")
        if Message.objects.filter(client_id=client_id).exists():
            continue
        try:
            with transaction.atomic():
                _say(conversation, text, client_id)
        except ValidationError as refusal:
            logger.info("No thanks for a rating: %s", refusal.messages[0])


def facts_of(rating: Rating) -> dict[str, Any]:
    """What the journal is told of a rating: whose it is, as it was when it was closed."""
    return {
        "rating": str(rating.pk),
        "contact": str(rating.contact_id),
        "channel": str(rating.channel_id),
        "agent": str(rating.agent_id) if rating.agent_id else None,
        "team": str(rating.team_id) if rating.team_id else None,
        "asked_at": rating.asked_at.isoformat() if rating.asked_at else None,
    }
