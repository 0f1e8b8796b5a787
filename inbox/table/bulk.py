"""One thing done with many conversations: each on its own, as if it were done by hand.

Floors above add what they know to do:

    register_action(Action("stage", _("Stage"), "board", Verb.WRITE_DEALS, make, template, context))

`make(asked, by)` reads what the form told once, and gives what is done with each conversation.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from contacts.actions import update_contact
from core.conditions.fields import Words
from inbox.models import Conversation
from workspaces.models import Membership, Team
from workspaces.permissions import RIGHTS, Verb, can, require
from workspaces.scope import current_workspace_id, workspace_scope

MOST: Final = 500

Act = Callable[[Conversation], None]


@dataclass(frozen=True)
class Done:
    """How many were changed, and why others were not, in words."""

    count: int
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Action:
    """What a floor above does with conversations. Its button opens `template`, which is given
    `context(request)` and has buttons of the form `selection` that are called `name`."""

    name: str
    label: Words
    icon: str
    verb: Verb
    make: Callable[[Any, Membership], Act]
    template: str
    context: Callable[[HttpRequest], dict[str, Any]]


_registered: dict[str, Action] = {}


def register_action(action: Action) -> None:
    """Offer it to all members who may. Raises ValueError for a name that is taken."""
    if action.name in _ACTIONS or _registered.setdefault(action.name, action) is not action:
        raise ValueError(f"two actions are called {action.name!r}")


def offered(viewer: Membership) -> list[Action]:
    """Those of the floors above that the viewer may carry out."""
    return [action for action in _registered.values() if can(viewer, action.verb)]


def find(name: str, viewer: Membership) -> Action | None:
    """One of them. Raises `PermissionDenied`."""
    action = _registered.get(name)
    if action is not None:
        require(viewer, action.verb)
    return action


def named_by(asked: Any) -> str:
    """Which action the button of a form stands for; whoever is named gets them otherwise."""
    return next((name for name in _registered if name in asked), "assign")


def carry_out(action: str, found: QuerySet[Conversation], asked: Any, *, by: Membership) -> Done:
    """Do it with at most MOST of the conversations; `asked` is what its form told.

    Raises `Http404` for an action, a member or a team that there is not, `PermissionDenied`.
    """
    require(by, Verb.WRITE_INBOX)
    added = find(action, by)
    make = added.make if added is not None else _ACTIONS.get(action)
    if make is None:
        raise Http404
    act = make(asked, by)
    return _each(found.select_related("contact").order_by("id")[:MOST], act)


def _each(conversations: Iterable[Conversation], act: Act) -> Done:
    """One refusal leaves the others be."""
    count, refusals = 0, []
    for conversation in list(conversations):
        try:
            with workspace_scope(current_workspace_id()):
                act(conversation)
            count += 1
        except ValidationError as error:
            refusals.append(f"{conversation.contact.display_name}: {' '.join(error.messages)}")
    return Done(count, tuple(refusals))


def _assign(asked: Any, by: Membership) -> Act:
    """To a `member`, a `team`, or `nobody`."""
    member = _one(Membership.objects.active().with_user(), asked.get("member"))
    team = _one(Team.objects.all(), asked.get("team"))
    if member is None and team is None and "nobody" not in asked:
        raise Http404
    if member is None or member.id != by.id:
        require(by, Verb.ASSIGN_OTHERS)
    if member is not None and Verb.WRITE_INBOX not in RIGHTS[member.role]:
        raise Http404
    return lambda conversation: conversation.assign(to=member, team=team, by=by)


def _take(asked: Any, by: Membership) -> Act:
    """Take what nobody has; whoever comes second is told who was first."""

    def act(conversation: Conversation) -> None:
        if not conversation.accept(by=by):
            other = Membership.objects.with_user().filter(pk=conversation.assignee_id).first()
            raise ValidationError(
                _("%(name)s has already taken this conversation.") % {"name": other.name}
                if other
                else _("This conversation is closed. Reopen it to take it.")
            )

    return act


def _close(asked: Any, by: Membership) -> Act:
    return lambda conversation: conversation.close(by=by)


def _reopen(asked: Any, by: Membership) -> Act:
    return lambda conversation: conversation.reopen(by=by)


def _settle(asked: Any, by: Membership) -> Act:
    """No reply is needed."""
    return lambda conversation: conversation.settle(by=by)


def _read(asked: Any, by: Membership) -> Act:
    return lambda conversation: conversation.mark_read(by=by)


def _label(asked: Any, by: Membership) -> Act:
    """Put `label` on the customers, made if there is none of this name."""
    require(by, Verb.WRITE_CONTACTS)
    name = asked.get("label", "").replace("\0", "").strip()[:60]
    if not name:
        raise Http404

    def act(conversation: Conversation) -> None:
        names = set(conversation.contact.labels.values_list("name", flat=True))
        update_contact(contact=conversation.contact, by=by, labels=sorted({*names, name}))

    return act


def _one(rows: Any, text: str | None) -> Any:
    try:
        return rows.filter(pk=UUID(text or "")).first()
    except ValueError:
        return None


_ACTIONS: Final[dict[str, Callable[[Any, Membership], Act]]] = {
    "take": _take, "assign": _assign, "close": _close, "reopen": _reopen, "settle": _settle,
    "read": _read, "label": _label,
}  # fmt: skip
