"""From the journal into the queue, exactly once for each counter."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from analytics.models import Conversion, ConversionTarget
from contacts.models import Touch
from crm.models import Deal
from events import types
from events.models import Event
from inbox.models import Conversation

NAME: Final = "conversions"
ACTIONS: Final = (
    *(types.DEAL_ACCEPTED, types.DEAL_MOVED, types.DEAL_WON, types.DEAL_CREATED),
    types.CONVERSATION_CREATED,
)
# What Metrica calls the platforms that it knows chats of.
PLATFORMS: Final = {"telegram": "telegram", "whatsapp": "whatsapp"}
Kind = Conversion.Kind


def on_events(events: list[Event]) -> None:
    """Queue what a batch of events tells of, for each counter that wants it."""
    targets = list(ConversionTarget.objects.filter(is_paused=False))
    if not targets:
        return
    chats = {one.subject_id for one in events if one.action == types.CONVERSATION_CREATED}
    deals = {one.subject_id for one in events if one.subject_type == "deal"}
    rows = [*_of_deals(deals, targets), *_of_chats(chats, targets)]
    Conversion.objects.bulk_create(rows, ignore_conflicts=True)


def _of_deals(ids: Iterable[UUID], targets: list[ConversionTarget]) -> Iterable[Conversion]:
    deals = list(Deal.objects.filter(pk__in=list(ids)))
    traces = traces_of({deal.contact_id for deal in deals})
    for deal in deals:
        is_won = deal.status == Deal.Status.WON
        accepted_at = deal.accepted_at or (deal.closed_at if is_won else None)
        told: list[tuple[str, datetime | None]] = []
        if accepted_at and deal.status != Deal.Status.NOT_A_LEAD:
            told.append((Kind.ACCEPTED, accepted_at))
        if is_won:
            told.append((Kind.PAID, deal.closed_at))
        for target in targets:
            for kind, at in told:
                goal = target.paid_goal if kind == Kind.PAID else target.accepted_goal
                if goal and at:
                    yield _row(
                        target, kind, deal.pk, deal.contact_id, at, traces,
                        value=deal.amount, currency=deal.currency,
                    )  # fmt: skip


def _of_chats(ids: Iterable[UUID], targets: list[ConversionTarget]) -> Iterable[Conversion]:
    found = Conversation.objects.filter(pk__in=list(ids), channel__kind__in=list(PLATFORMS))
    chats = list(found.select_related("channel", "identity"))
    traces = traces_of({chat.contact_id for chat in chats})
    for chat in chats:
        for target in targets:
            if target.tells_chats:
                yield _row(
                    target, Kind.CHAT, chat.pk, chat.contact_id, chat.created_at, traces,
                    platform=PLATFORMS[chat.channel.kind], chat=chat.identity.external_id[:200],
                )  # fmt: skip


def _row(
    target: ConversionTarget,
    kind: str,
    subject_id: UUID,
    contact_id: UUID,
    at: datetime,
    traces: dict[UUID, tuple[str, str]],
    **values: Any,
) -> Conversion:
    client_id, yclid = traces.get(contact_id, ("", ""))
    is_known = bool(client_id or yclid)
    return Conversion(
        target=target,
        kind=kind,
        subject_id=subject_id,
        contact_id=contact_id,
        at=at,
        client_id=client_id,
        yclid=yclid,
        state=Conversion.State.WAITING if is_known else Conversion.State.SKIPPED,
        **values,
    )


def traces_of(contacts: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """The latest ClientID of Metrica and the latest click id of Direct of each contact."""
    found: dict[UUID, tuple[str, str]] = {}
    for touch in Touch.objects.filter(contact_id__in=contacts).order_by("at", "id"):
        client_id, yclid = found.get(touch.contact_id, ("", ""))
        ids = touch.data.get("ids") if isinstance(touch.data, dict) else None
        told = str(ids.get("ym_client_id", "")) if isinstance(ids, dict) else ""
        clicked = str(touch.click_ids.get("yclid", ""))
        found[touch.contact_id] = (told[:100] or client_id, clicked[:100] or yclid)
    return found
