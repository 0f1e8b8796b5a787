"""Which of the candidates takes the conversation."""

from datetime import UTC, datetime

from channels_connectors.models import Channel
from inbox.models import Conversation
from inbox.routing.candidates import Desk
from inbox.routing.reasons import Reason
from workspaces.models import Membership

_NEVER = datetime.min.replace(tzinfo=UTC)


def choose(
    desk: Desk, conversation: Conversation, channel: Channel, candidates: list[Membership]
) -> tuple[Membership | None, Reason]:
    """The member and why it is them; or nobody, and why."""
    if not candidates:
        return None, Reason.NOBODY_ALLOWED if desk.members else Reason.NOBODY_ONLINE
    for member in candidates:
        if member.id == conversation.previous_assignee_id:
            return member, Reason.ANSWERED_BEFORE
    if channel.routing == Channel.Routing.LEAST_LOADED:
        return min(candidates, key=lambda member: (desk.loads[member.id], *_turn(member))), (
            Reason.LEAST_LOADED
        )
    return min(candidates, key=_turn), Reason.TURN


def _turn(member: Membership) -> tuple[datetime, str]:
    return (member.last_routed_at or _NEVER, str(member.id))
