"""What the other side says of refused leads: marketing's answer, a head's verdict, silence."""

import logging
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from crm.actions.creating import first_stage
from crm.actions.moving import Conflict, locked, move_deal
from crm.history import By, Changes
from crm.models import Deal, LeadRefusal, RefusalRule
from crm.models.stage import Group
from crm.refusals import rule
from events import types
from events.journal import SYSTEM
from events.notifications import members_who_may, notify
from workspaces.models import ApiToken, Membership
from workspaces.permissions import Verb, require
from workspaces.scope import workspace_scope
from workspaces.zones import workspace_in_scope

logger = logging.getLogger(__name__)

State = LeadRefusal.State
LONGEST: Final = 1000
LONGEST_ANSWER: Final = 90  # days
MOST: Final = 500
CONTESTED: Final = gettext_noop("Marketing contests a refusal: %(deal)s. The verdict is yours.")
UPHELD: Final = gettext_noop("%(deal)s is not a lead: the refusal is upheld.")
OVERTURNED: Final = gettext_noop("%(deal)s is a lead: the refusal is overturned.")


def answer_refusal(
    refusal: LeadRefusal, *, agrees: bool, by: By, note: str = "", at: datetime | None = None
) -> LeadRefusal:
    """Marketing agrees, or contests with a note. The same answer again changes nothing. `at` is
    when it was said, where that is told afterwards.

    Raises `Conflict` when it was answered otherwise, lapsed or was taken back, `ValidationError`
    for a contest without words, `PermissionDenied`.
    """
    _allow(by, Verb.ANSWER_REFUSALS)
    state = State.AGREED if agrees else State.CONTESTED
    note = _words(note)
    if not agrees and not note:
        raise ValidationError({"note": _("Say why it is a lead.")})
    deal, refusal = _held(refusal)
    if refusal.state == state:
        return refusal
    if refusal.state != State.WAITING:
        raise Conflict(_already(refusal), code="answered")
    changes = Changes(deal, by)
    changes.at = at or changes.at
    _set(refusal, state, changes, note)
    refusal.answered_by, refusal.answered_at = _member(by), changes.at
    refusal.note = note
    refusal.save()
    changes.keep(types.DEAL_REFUSAL_AGREED if agrees else types.DEAL_REFUSAL_CONTESTED, note=note)
    if not agrees:
        _tell(members_who_may(Verb.SETTLE_REFUSALS), deal, CONTESTED, but=by)
    return refusal


def decide_refusal(
    refusal: LeadRefusal, *, upholds: bool, by: By, note: str = "", at: datetime | None = None
) -> LeadRefusal:
    """A head ends a dispute: it stays refused, or the deal goes back to work, taken on.

    The same verdict again changes nothing. `at` is when it was given, where that is told
    afterwards. Raises `Conflict` when there is no dispute,
    `PermissionDenied`.
    """
    _allow(by, Verb.SETTLE_REFUSALS)
    state = State.UPHELD if upholds else State.OVERTURNED
    deal, refusal = _held(refusal)
    if refusal.state == state:
        return refusal
    if refusal.state != State.CONTESTED:
        raise Conflict(_already(refusal), code="decided")
    changes = Changes(deal, by)
    changes.at = at or changes.at
    note = _words(note)
    _set(refusal, state, changes, note)
    refusal.decided_by, refusal.decided_at = _member(by), changes.at
    refusal.verdict = note
    refusal.save()
    changes.keep(types.DEAL_REFUSAL_UPHELD if upholds else types.DEAL_REFUSAL_OVERTURNED, note=note)
    if not upholds:
        origin = refusal.origin
        if origin is None or origin.archived_at or origin.group != Group.ACTIVE:
            origin = first_stage(deal.pipeline)
        move_deal(deal, to=origin, by=by, checks_fields=False, at=at)
    people = [one for one in (refusal.refused_by, refusal.answered_by) if one is not None]
    _tell(people, deal, UPHELD if upholds else OVERTURNED, but=by)
    return refusal


def set_refusal_rule(*, by: By, **values: Any) -> RefusalRule:
    """Change `answer_days` (1 to 90) or `requires_evidence`; what is open keeps its day."""
    _allow(by, Verb.MANAGE_PIPELINES)
    found = rule()
    days = values.get("answer_days", found.answer_days)
    if not 1 <= days <= LONGEST_ANSWER:
        raise ValidationError({"answer_days": _("Give a number of days from 1 to 90.")})
    found.answer_days = days
    found.requires_evidence = values.get("requires_evidence", found.requires_evidence)
    found.save()
    return found


def lapse_all_due() -> int:
    """Let what marketing left unanswered count as agreed, in all workspaces; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, refusal_id from due_refusals(%s)", [MOST])
        due = sorted(cursor.fetchall())
    lapsed = 0
    for workspace_id, rows in groupby(due, key=itemgetter(0)):
        try:
            with workspace_scope(workspace_id):
                lapsed += sum(lapse(refusal_id) for _, refusal_id in rows)
        except Exception:
            logger.exception("Refusals of workspace %s did not lapse.", workspace_id)
    return lapsed


def lapse(refusal_id: UUID) -> bool:
    """Silence agrees, once its time is over; false where somebody has spoken meanwhile."""
    found = LeadRefusal.objects.filter(pk=refusal_id).first()
    if found is None:
        return False
    deal, refusal = _held(found)
    if refusal.state != State.WAITING or refusal.answer_due_at > timezone.now():
        return False
    changes = Changes(deal, SYSTEM, rule=_("No answer in time"))
    _set(refusal, State.LAPSED, changes, "")
    refusal.answered_at = refusal.answer_due_at
    refusal.save()
    changes.keep(types.DEAL_REFUSAL_AGREED, by_rule=True)
    return True


def _allow(by: By, verb: Verb) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, verb)


def _held(refusal: LeadRefusal) -> tuple[Deal, LeadRefusal]:
    """The deal, locked, and its refusal as it is now: whoever moves the deal holds it first."""
    deal = locked(Deal(pk=refusal.deal_id))
    found = LeadRefusal.objects.select_related("origin__pipeline").get(pk=refusal.pk)
    return deal, found


def _set(refusal: LeadRefusal, state: str, changes: Changes, note: str) -> None:
    label = str(State(state).label)
    changes.note(
        "refusal",
        refusal.state,
        state,
        before_words=State(refusal.state).label,
        after_words=f"{label}: {note}" if note else label,
    )
    refusal.state = state


def _already(refusal: LeadRefusal) -> str:
    return _("This refusal is: %(state)s.") % {"state": State(refusal.state).label}


def _words(text: str) -> str:
    return text.replace("\0", "").strip()[:LONGEST]


def _member(by: By) -> Membership | None:
    return by if isinstance(by, Membership) else None


def _tell(members: list[Membership], deal: Deal, words: str, *, but: By) -> None:
    told = {one.pk: one for one in members if one.is_active and one != but}
    notify(
        told.values(),
        kind="refusal",
        topic=f"refusal:{deal.pk}",
        words=words,
        data={"deal": f"{deal.contact.display_name}, #{deal.number}"},
        link=_link("contested" if words == CONTESTED else "settled"),
    )


def _link(view: str) -> str:
    try:
        return reverse("ground:refusals", args=[workspace_in_scope().slug]) + f"?view={view}"
    except NoReverseMatch:
        return ""
