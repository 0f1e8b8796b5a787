"""What the inbox shows of deals: a section of the card, stage and amount in the rows, the moves
between the messages. The inbox does not know of deals: all of it is registered with it.

Names of what changes: "deals:<contact>" for the card, "conversations" for the rows.
"""

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import money
from crm.models import Deal, Pipeline
from crm.models.stage import Group
from events import types
from events.models import Event
from inbox import panels
from inbox.broadcasts import render_facts
from inbox.models import Conversation
from inbox.timeline import Names, register_sentences
from live.fragments import register_changes, register_renderer
from workspaces.models import Membership
from workspaces.permissions import Verb

FRAME: Final = "deal_panel"
OF_DEALS: Final = (
    types.DEAL_CREATED,
    types.DEAL_UPDATED,
    types.DEAL_MOVED,
    types.DEAL_ACCEPTED,
    types.PAYMENT_RECORDED,
    types.PAYMENT_REMOVED,
)
TOLD: Final = (
    types.DEAL_CREATED,
    types.DEAL_MOVED,
    types.DEAL_LOST,
    types.DEAL_REJECTED,
    types.DEAL_ACCEPTED,
    types.PAYMENT_RECORDED,
    types.PAYMENT_REMOVED,
)
TONES: Final = {Group.WON: "won"}


def row_notes(viewer: Membership, ids: Collection[UUID]) -> dict[UUID, panels.RowNote]:
    """Stage and amount of each conversation's latest deal, an open one before the others."""
    found: dict[UUID, panels.RowNote] = {}
    deals = (
        Deal.objects.of_conversations(viewer, ids)
        .order_by("-created_at")
        .values_list(
            "conversation_id", "stage__name", "stage__group", "amount", "currency", "status"
        )
    )
    ordered = sorted(deals, key=lambda row: row[5] != Deal.Status.OPEN)
    for conversation_id, stage, group, amount, currency, _status in ordered:
        worth = "" if amount is None else money.words(amount, currency)
        note = panels.RowNote(stage, worth, TONES.get(Group(group), ""))
        found.setdefault(conversation_id, note)
    return found


def tell(events: list[Event], names: Names) -> dict[UUID, str]:
    """The moves in words, by the events' ids. What happens in a pipeline that is only for chosen
    teams is not told: more people read the conversation."""
    pipelines = {event.data.get("pipeline") for event in events} - {None}
    closed = {
        str(pk)
        for pk in Pipeline.objects.filter(pk__in=pipelines, is_restricted=True).values_list(
            "pk", flat=True
        )
    }
    told = {}
    for event in events:
        what = "" if event.data.get("pipeline") in closed else _what(event)
        if what:
            told[event.id] = _by(what, event, names)
    return told


def _what(event: Event) -> str:
    data = event.data
    if event.action == types.DEAL_CREATED:
        return _("Deal no. %(number)s was opened") % {"number": data["number"]}
    if event.action == types.DEAL_MOVED:
        return _("The deal moved to the stage “%(name)s”") % {"name": data["to_stage"]["name"]}
    if event.action in {types.DEAL_LOST, types.DEAL_REJECTED}:
        reason = data.get("loss_reason")
        return _("Reason: %(name)s") % {"name": reason["name"]} if reason else ""
    if event.action == types.DEAL_ACCEPTED:
        return _("The lead was taken on")
    amount = money.words(Decimal(data["amount"]), data["currency"])
    if event.action == types.PAYMENT_REMOVED:
        return _("A payment was taken back: %(amount)s") % {"amount": amount}
    return _("Payment: %(amount)s") % {"amount": amount}


def _by(what: str, event: Event, names: Names) -> str:
    if rule := event.data.get("rule"):
        return _("%(what)s · rule “%(rule)s”") % {"what": what, "rule": rule}
    who = names.actor(event)
    return f"{what} · {who}" if who else what


def _of_deal(event: Event) -> Iterable[str]:
    names = [f"deals:{event.data['contact']}", f"deal:{event.subject_id}"]
    return [*names, "conversations"] if event.conversation_id else names


def _changed(conversation: Conversation) -> str:
    return f"deals:{conversation.contact_id} contact:{conversation.contact_id} pipelines"


register_changes(OF_DEALS, _of_deal)
register_changes([types.PIPELINE_CHANGED], ["pipelines", "conversations"])
register_sentences(TOLD, tell)
register_renderer(TOLD, render_facts)
panels.register_row_notes(row_notes)
panels.register_section(
    panels.Section(
        FRAME,
        "deal_panel:panel",
        pgettext_lazy("card", "Deal"),
        Verb.READ_DEALS,
        _changed,
        order=10,
    )
)
