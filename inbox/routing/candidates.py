"""Who is at work and may take a conversation. Asked once for a batch, decided in Python."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from channels_connectors.models import Channel, ChannelAccess
from inbox.models import Conversation
from workspaces.models import Membership, TeamMembership
from workspaces.permissions import Verb, can
from workspaces.presence import online_members


@dataclass
class Desk:
    """The members who are online and take conversations, with what decides between them."""

    members: list[Membership]
    teams: dict[UUID, set[UUID]]
    access: dict[UUID, set[UUID]]
    loads: dict[UUID, int] = field(default_factory=dict)

    @classmethod
    def open(cls) -> "Desk":
        """Lock the members, so that two conversations at once see each other's turn.

        Always in the order of ids, and before any conversation.
        """
        members = [
            member
            for member in online_members()
            .filter(takes_conversations=True)
            .order_by("id")
            .select_for_update(no_key=True, of=("self",))
            if can(member, Verb.WRITE_INBOX)
        ]
        ids = [member.id for member in members]
        desk = cls(members, {pk: set() for pk in ids}, {pk: set() for pk in ids})
        if not ids:
            return desk
        desk.loads = dict.fromkeys(ids, 0)
        for member_id, team_id in TeamMembership.objects.filter(membership__in=ids).values_list(
            "membership_id", "team_id"
        ):
            desk.teams[member_id].add(team_id)
        for member_id, channel_id in ChannelAccess.objects.filter(membership__in=ids).values_list(
            "membership_id", "channel_id"
        ):
            desk.access[member_id].add(channel_id)
        desk.loads |= dict(
            Conversation.objects.filter(assignee__in=ids, status=Conversation.Status.ACCEPTED)
            .values_list("assignee_id")
            .annotate(Count("id"))
        )
        return desk

    def candidates(self, conversation: Conversation, channel: Channel) -> list[Membership]:
        """Who of them may take this conversation."""
        team = conversation.team_id or channel.team_id
        return [member for member in self.members if self._may_take(member, channel, team)]

    def _may_take(self, member: Membership, channel: Channel, team: UUID | None) -> bool:
        """The twin, for one member, of `ConversationQuerySet.visible_to`, and a bit stricter: a
        conversation of a team stays in the team also where others could see it."""
        if (
            channel.is_restricted
            and not can(member, Verb.MANAGE_CHANNELS)
            and channel.id not in self.access[member.id]
        ):
            return False
        return team is None or team in self.teams[member.id]

    def took(self, member: Membership) -> None:
        """The member has one more."""
        self.loads[member.id] += 1
