"""What conditions may ask of conversations: for the inbox's lists and the API's filter.

Ids are given as texts. `contact.<field>` is whatever can be asked of the customer; sales add
`deal.<field>`.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.vocabulary import addresses, marks, of_customers
from core.conditions import Field, InvalidCondition, Moments, Vocabulary, values
from core.conditions.queries import plain
from inbox.models import Conversation, Rating
from workspaces.models import Team

GROUP: Final = pgettext_lazy("conditions", "Conversation")


def _status_word(value: Any) -> str:
    if value not in Conversation.Status.values:
        known = ", ".join(Conversation.Status.values)
        raise InvalidCondition(_("one of these is needed: %(words)s") % {"words": known})
    return str(value)


def _yes(rows: Q) -> Callable[[str, Any, Moments], Q]:
    """A question of yes or no; `rows` are those of "yes"."""
    return lambda _operator, value, _moments: rows if value else ~rows


def _rating(operator: str, value: Any, moments: Moments) -> Q:
    """Any of the marks that a conversation has had."""
    rated = Rating.objects.filter(conversation=OuterRef("pk"), score__isnull=False)
    if operator == "set":
        there = Q(Exists(rated))
        return there if value else ~there
    # Who asks for 1, 2, 3 would find out what is hidden.
    rated = rated.filter(is_hidden=False)
    return Q(Exists(rated.filter(plain("number", "score", operator, value, moments))))


def _statuses() -> Iterable[tuple[str, Any]]:
    return [(value, label) for value, label in Conversation.Status.choices]


def _teams() -> Iterable[tuple[str, str]]:
    return [(str(team.pk), team.name) for team in Team.objects.order_by("name")]


def _moment(name: str, label: Any, path: str = "") -> Field:
    return Field(name, label, "moment", path=path or name, group=GROUP)


CONVERSATIONS: Final = Vocabulary(
    Field(
        "status", pgettext_lazy("conversation", "Status"), "choice", parse=_status_word,
        choices=_statuses, group=GROUP,
    ),
    Field(
        "channel", _("Channel"), "choice", path="channel_id", parse=values.identity,
        choices=addresses.channels, group=GROUP,
    ),
    Field(
        "assignee", _("Assigned to"), "choice", path="assignee_id", parse=values.identity,
        choices=marks.members, group=GROUP,
    ),
    Field(
        "team", _("Team"), "choice", path="team_id", parse=values.identity, choices=_teams,
        group=GROUP,
    ),
    Field(
        "unanswered", _("The customer waits"), "boolean",
        ask=_yes(Q(waiting_since__isnull=False)), group=GROUP,
    ),
    _moment("waiting_since", _("The customer waits since")),
    Field("unread", _("Unread"), "boolean", ask=_yes(Q(unread_count__gt=0)), group=GROUP),
    Field(
        "rating", pgettext_lazy("conversation", "The customer’s rating"), "number", ask=_rating,
        group=GROUP,
    ),
    Field(
        "group_chat", _("A group chat"), "boolean", ask=_yes(Q(identity__is_group=True)),
        group=GROUP,
    ),
    Field("last_message", _("Text of the last message"), "text", path="last_message_text",
          group=GROUP),
    _moment("last_message_at", _("Last message"), "last_activity_at"),
    _moment("wrote_at", _("The customer wrote"), "last_incoming_at"),
    _moment("opened_at", pgettext_lazy("conversation", "Opened")),
    _moment("accepted_at", pgettext_lazy("conversation", "Taken")),
    _moment("closed_at", pgettext_lazy("conversation", "Closed")),
)  # fmt: skip
CONVERSATIONS.add_family("contact", of_customers.find, of_customers.members)
