"""Who may hear of an event about a conversation or a deal: the twin, in Python, of `visible_to` in
SQL."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from workspaces.models import Membership, Visibility
from workspaces.permissions import RIGHTS, Verb

# What a role must be able to read to hear of events that have an audience, by the first word of
# their action; the inbox by default.
READS: Final = {
    "deal": Verb.READ_DEALS,
    "payment": Verb.READ_DEALS,
    "task": Verb.READ_DEALS,
}


def verb_of(action: str) -> Verb:
    """What a role must be allowed to hear of an event of this kind that has an audience."""
    return READS.get(action.partition(".")[0], Verb.READ_INBOX)


@dataclass(frozen=True, slots=True)
class Listener:
    """What must be known of a member to decide what they hear; loaded once per socket."""

    membership_id: UUID
    role: str
    visibility: str
    team_ids: frozenset[UUID]
    hidden_channel_ids: frozenset[UUID]

    @classmethod
    def of(cls, membership: Membership, hidden_channel_ids: Iterable[UUID] = ()) -> "Listener":
        """Read the member's teams; one query."""
        return cls(
            membership_id=membership.id,
            role=membership.role,
            visibility=membership.visibility,
            team_ids=frozenset(membership.team_memberships.values_list("team_id", flat=True)),
            hidden_channel_ids=frozenset(hidden_channel_ids),
        )


@dataclass(frozen=True, slots=True)
class Audience:
    """The channel of what changed, None where it has none, and the teams and assignees before and
    after the change.

    Both sides of a change hear of it: whoever loses a conversation must see it go. Where there are
    `insiders`, only their teams do, and whoever manages pipelines: the deal is in a pipeline that
    is closed to the others.
    """

    channel: UUID | None
    teams: frozenset[UUID | None]
    members: frozenset[UUID | None]
    insiders: frozenset[UUID] | None = None

    def includes(self, listener: Listener) -> bool:
        """Whether the member could see the conversation before or after."""
        if self.channel in listener.hidden_channel_ids or self._is_closed_to(listener):
            return False
        if listener.visibility == Visibility.ALL or listener.membership_id in self.members:
            return True
        in_teams = None in self.teams or not listener.team_ids.isdisjoint(
            team for team in self.teams if team
        )
        if listener.visibility == Visibility.TEAM:
            return in_teams
        return None in self.members and in_teams

    def __or__(self, before: "Audience") -> "Audience":
        """With those who could see it before, and the channel of now."""
        insiders = None
        if self.insiders is not None and before.insiders is not None:
            insiders = self.insiders | before.insiders
        return Audience(
            self.channel, self.teams | before.teams, self.members | before.members, insiders
        )

    def _is_closed_to(self, listener: Listener) -> bool:
        return (
            self.insiders is not None
            and self.insiders.isdisjoint(listener.team_ids)
            and Verb.MANAGE_PIPELINES not in RIGHTS.get(listener.role, set())
        )

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "channel": str(self.channel) if self.channel else None,
            "teams": [str(team) if team else None for team in self.teams],
            "members": [str(member) if member else None for member in self.members],
        }
        if self.insiders is not None:
            told["insiders"] = [str(team) for team in self.insiders]
        return told

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Audience":
        return cls(
            channel=UUID(value["channel"]) if value["channel"] else None,
            teams=frozenset(UUID(team) if team else None for team in value["teams"]),
            members=frozenset(UUID(member) if member else None for member in value["members"]),
            insiders=frozenset(map(UUID, value["insiders"])) if "insiders" in value else None,
        )
