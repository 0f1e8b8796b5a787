"""Facts of the journal in words, for the thread and the conversation's history.

A sentence says what happened and, after a dot, who did it: so no verb has to know whether a he or a
she did, which Russian would ask for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from events import types
from events.models import Event
from inbox.routing.reasons import Reason
from workspaces.models import ApiToken, Membership, Team

_PEOPLE: Final = ("assignee", "previous_assignee")


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who, loaded once for all sentences."""

    members: dict[str, str]
    tokens: dict[str, str]
    teams: dict[str, str]

    def member(self, pk: Any) -> str:
        return self.members.get(str(pk)) or _("a former colleague")

    def team(self, pk: Any) -> str:
        return self.teams.get(str(pk)) or _("a former team")

    def actor(self, event: Event) -> str:
        """Empty for the system, the customer and what has no name."""
        if event.actor_type == "member":
            return self.member(event.actor_id)
        if event.actor_type == "api_token":
            return self.tokens.get(str(event.actor_id), "")
        return ""


Tell = Callable[[list[Event], Names], dict[UUID, str]]

_tellers: list[tuple[frozenset[str], Tell]] = []


def register_sentences(actions: Iterable[str], tell: Tell) -> None:
    """Let a floor above tell of its events: `tell(events, names)` gives sentences by the events'
    ids, in the active language; what it leaves out is not told."""
    _tellers.append((frozenset(actions), tell))


def actions() -> frozenset[str]:
    """Events that may have something to tell."""
    return ACTIONS.union(*(known for known, _tell in _tellers))


def sentences(events: Iterable[Event]) -> list[tuple[Event, str]]:
    """The events that have something to tell, in the order given, in the active language."""
    told = [event for event in events if event.action in actions()]
    names = _names(told)
    words = {
        event.id: _SENTENCES[event.action](event, names)
        for event in told
        if event.action in ACTIONS
    }
    for known, tell in _tellers:
        if mine := [event for event in told if event.action in known]:
            words |= tell(mine, names)
    return [(event, words[event.id]) for event in told if words.get(event.id)]


def sentence(event: Event) -> str:
    """One of them; empty for an event that tells nothing."""
    return next((text for _event, text in sentences([event])), "")


def _accepted(event: Event, names: Names) -> str:
    return _by(_("Conversation accepted"), names.actor(event))


def _assigned(event: Event, names: Names) -> str:
    assignee, team = event.data.get("assignee"), event.data.get("team")
    if assignee and str(assignee) == str(event.actor_id):
        return _accepted(event, names)
    if assignee:
        what = _("Assigned to %(name)s") % {"name": names.member(assignee)}
    elif team and not event.data.get("previous_assignee"):
        what = _("Given to the team “%(name)s”") % {"name": names.team(team)}
    else:
        what = _("Given back to New")
    return _by(what, names.actor(event))


def _closed(event: Event, names: Names) -> str:
    return _by(_("Conversation closed"), names.actor(event))


def _reopened(event: Event, names: Names) -> str:
    actor = names.actor(event)
    return _by(_("Conversation reopened"), actor) if actor else _("Reopened: the customer wrote")


def _settled(event: Event, names: Names) -> str:
    return _by(pgettext("fact", "No reply needed"), names.actor(event))


def _rated(event: Event, names: Names) -> str:
    before, score = event.data.get("before"), event.data.get("score")
    if event.data.get("is_hidden"):
        return _("The customer rated the conversation")
    if before is None:
        return _("The customer’s rating: %(score)s of 5") % {"score": score}
    if before == score:
        return _("The customer explained the rating of %(score)s") % {"score": score}
    return _("The customer’s rating is now %(score)s of 5") % {"score": score}


def _routed(event: Event, names: Names) -> str:
    assignee, reason = event.data.get("assignee"), str(event.data.get("reason"))
    what = (
        _("Assigned to %(name)s") % {"name": names.member(assignee)}
        if assignee
        else _("Stays in New")
    )
    return _by(what, _why(reason, len(event.data.get("candidates") or ())))


def _why(reason: str, candidates: int) -> str:
    if reason == Reason.TURN:
        return ngettext(
            "in turn, %(count)d member online", "in turn, %(count)d members online", candidates
        ) % {"count": candidates}
    if reason == Reason.LEAST_LOADED:
        return _("has the fewest conversations")
    if reason == Reason.ANSWERED_BEFORE:
        return _("answered this customer before")
    if reason == Reason.NOBODY_ALLOWED:
        return _("nobody online may take this channel")
    return _("nobody is online")


def _reachability(event: Event, names: Names) -> str:
    if event.data.get("reachable"):
        return _("The customer can be written to again")
    return _by(_("The customer cannot be written to"), _translated(event.data.get("reason")))


def _moved(event: Event, names: Names) -> str:
    return _("The chat has a new address on the platform")


def _merged(event: Event, names: Names) -> str:
    return _("Two chats with this customer turned out to be one")


def _by(what: str, who: str) -> str:
    return f"{what} · {who}" if who else what


def _translated(reason: Any) -> str:
    """A connector's words are stored in the source language."""
    return _(str(reason)).rstrip(".") if reason else ""


_SENTENCES: Final[dict[str, Callable[[Event, Names], str]]] = {
    types.CONVERSATION_ACCEPTED: _accepted,
    types.CONVERSATION_ASSIGNED: _assigned,
    types.CONVERSATION_CLOSED: _closed,
    types.CONVERSATION_MERGED: _merged,
    types.CONVERSATION_RATED: _rated,
    types.CONVERSATION_REOPENED: _reopened,
    types.CONVERSATION_ROUTED: _routed,
    types.CONVERSATION_SETTLED: _settled,
    types.IDENTITY_MOVED: _moved,
    types.IDENTITY_REACHABILITY_CHANGED: _reachability,
}
ACTIONS: Final = frozenset(_SENTENCES)


def _names(events: Sequence[Event]) -> Names:
    members = {str(event.data[key]) for event in events for key in _PEOPLE if event.data.get(key)}
    members |= {str(event.actor_id) for event in events if event.actor_type == "member"}
    tokens = {event.actor_id for event in events if event.actor_type == "api_token"}
    teams = {UUID(event.data["team"]) for event in events if event.data.get("team")}
    return Names(
        members={str(member.id): member.name for member in _rows(Membership, members, "user")},
        tokens={str(token.id): token.name for token in _rows(ApiToken, tokens)},
        teams={str(team.id): team.name for team in _rows(Team, teams)},
    )


def _rows(model: Any, ids: Iterable[Any], *related: str) -> list[Any]:
    wanted = list(ids)
    if not wanted:
        return []
    return list(model.objects.filter(pk__in=wanted).select_related(*related))
