"""One thing done with many conversations: each on its own, as if it were done by hand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from contacts.actions import update_contact
from inbox.models import Conversation
from workspaces.models import Membership, Team
from workspaces.permissions import RIGHTS, Verb, require
from workspaces.scope import current_workspace_id, workspace_scope

MOST: Final = 500

Act = Callable[[Conversation], None]


@dataclass(frozen=True)
class Done:
    """How many were changed, and why others were not, in words."""

    count: int
    refusals: tuple[str, ...] = ()


def carry_out(action: str, found: QuerySet[Conversation], asked: Any, *, by: Membership) -> Done:
    """Do it with at most MOST of the conversations; `asked` is what its form told.

    Raises `Http404` for an action, a member or a team that there is not, `PermissionDenied`.
    """
    require(by, Verb.WRITE_INBOX)
    if action not in _ACTIONS:
        raise Http404
    act = _ACTIONS[action](asked, by)
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
