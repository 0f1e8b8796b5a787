"""Two workspaces filled alike, and every address of the project, for the test of the fences."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from uuid import UUID

from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

from channels_connectors.models import Channel, ChannelDay, ChannelNotice, MessageTemplate
from contacts.actions import create_contact
from contacts.companies import create_company
from contacts.defining import create_field
from contacts.models import (
    Consent,
    Contact,
    ContactPoint,
    Duplicate,
    Erasure,
    Job,
    JobItem,
    MergeRecord,
    TablePreference,
    TimelineEntry,
    Touch,
)
from core.ids import uuid7
from crm.actions import (
    Line,
    create_deal,
    create_product,
    create_task,
    follow_deal,
    record_payment,
    set_goal,
    set_items,
)
from crm.models import (
    ClosedPeriod,
    Deal,
    DealItem,
    DealRule,
    LeadRefusal,
    LossReason,
    Pipeline,
    RefusalRule,
    TaskPreference,
)
from events.journal import SYSTEM
from events.notifications import notify
from inbox.models import (
    Attachment,
    Conversation,
    InboundEnvelope,
    MessageChange,
    PendingReference,
    Reaction,
    SavedView,
)
from marketing.models import (
    Broadcast,
    BroadcastClick,
    BroadcastLink,
    BroadcastRecipient,
    MarketingSettings,
    Segment,
    SegmentMember,
    Series,
    SeriesParticipant,
    SeriesStep,
    TrackedLink,
    TrackedLinkDay,
)
from tests.analytics.mirrored import fill_analytics, fill_saved_reports
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.rating import rate
from workspaces import tenancy
from workspaces.actions import create_api_token, invite
from workspaces.models import Calendar, Membership, Team

CANARY = "LEAK-5f1c9a"
IMPORT = {"format": "csv", "encoding": "utf-8", "delimiter": ",", "has_header": True,
          "sample": [[CANARY]], "mapping": ["name"], "labels": []}  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One address: its pattern, its parameters and how it is asked."""

    pattern: str
    parameters: tuple[str, ...]

    def fill(self, values: dict[str, object]) -> str:
        path = self.pattern
        for name in self.parameters:
            start = path.index("<", 0)
            path = f"{path[:start]}{values[name]}{path[path.index('>', start) + 1 :]}"
        return f"/{path}"


def routes() -> list[Route]:
    """Every address that Django serves, discovered."""
    return sorted(
        {
            Route(pattern, tuple(part.split(":")[-1] for part in _between(pattern)))
            for pattern in _walk(get_resolver(), "")
        },
        key=lambda route: route.pattern,
    )


def _walk(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        pattern = prefix + str(entry.pattern).lstrip("^")
        if isinstance(entry, URLPattern):
            yield pattern
        else:
            yield from _walk(entry, pattern)


def _between(pattern: str) -> Iterator[str]:
    for part in pattern.split("<")[1:]:
        yield part.split(">")[0]


def fill_workspace(by: Membership) -> dict[str, UUID]:
    """One of everything in the workspace in scope, with the canary in its texts."""
    team = Team.objects.create(name=f"Team {CANARY}")
    channel = make_channel(name=f"Bot {CANARY}", team=team)
    conversation = make_conversation(channel, name=f"Maria {CANARY}", team=team)
    contact = create_contact(by=SYSTEM, name=f"Olga {CANARY}", labels=[f"label {CANARY}"])
    message = make_message(conversation, f"Hello {CANARY}")
    attachment = Attachment.objects.create(
        message=message, kind="file", name=f"{CANARY}.txt", status=Attachment.Status.READY
    )
    Reaction.objects.create(message=message, person="1", emojis="👍", at=message.sent_at)
    change = MessageChange.objects.create(
        message=message, kind="edit", text=f"Hi {CANARY}", status="failed"
    )
    template = MessageTemplate.objects.create(
        channel=channel, name=f"hello {CANARY}", language="en", category="utility"
    )
    ChannelNotice.objects.create(channel=channel, topic="quality", words=CANARY, at=message.sent_at)
    ChannelDay.objects.create(channel=channel, day=message.sent_at.date(), received=1)
    Calendar.objects.create(
        owner_type="team", owner_id=team.pk, mode="always", time_zone="UTC", weekly=[]
    )
    notification = notify([by], kind="test", words=CANARY)[0]
    Consent.objects.create(
        contact=contact, purpose="marketing", is_granted=True, origin="agent", at=message.sent_at
    )
    Touch.objects.create(contact=contact, kind="ad", source=CANARY, at=message.sent_at)
    company = create_company(by=SYSTEM, name=f"Firm {CANARY}", fields={"about": CANARY})
    ContactPoint.objects.create(contact=contact, kind="phone", value="+79210000077")
    own_field = create_field(entity="contact", label=f"Field {CANARY}", kind="text", by=SYSTEM)
    pair = Duplicate.objects.create(
        first=min(contact, conversation.contact, key=attrgetter("pk")),
        second=max(contact, conversation.contact, key=attrgetter("pk")),
        reasons=["name"],
        strength=1,
    )
    merge = MergeRecord.objects.create(
        kept=contact, absorbed_id=uuid7(), absorbed_name=f"Anna {CANARY}"
    )
    TimelineEntry.objects.create(contact=contact, kind="contact", at=message.sent_at, seq=-1)
    Erasure.objects.create(contact_id=uuid7())
    rate(conversation, CANARY)
    PendingReference.objects.create(
        channel=channel, external_id="9:9", kind="edit", item={}, at=message.sent_at
    )
    envelope = InboundEnvelope.objects.create(
        channel=channel, dedup_key="1", raw=CANARY.encode(), state="parked", error=CANARY
    )
    sales = fill_sales(by, conversation)
    segment = Segment.objects.create(name=f"Segment {CANARY}", is_frozen=True)
    SegmentMember.objects.create(segment=segment, contact=contact)
    MarketingSettings.objects.create(stop_words=[CANARY])
    broadcast = Broadcast.objects.create(
        name=f"Sale {CANARY}", segment=segment, channels=[str(channel.pk)], text=CANARY
    )
    recipient = BroadcastRecipient.objects.create(
        broadcast=broadcast, contact=contact, channel=channel, address=CANARY, state="sent",
        reason=CANARY, next_at=message.sent_at, sent_at=message.sent_at,
    )  # fmt: skip
    link = BroadcastLink.objects.create(
        broadcast=broadcast, number=1, url=f"https://example.com/{CANARY}"
    )
    BroadcastClick.objects.create(
        link=link, recipient=recipient, first_at=message.sent_at, last_at=message.sent_at
    )
    tracked = TrackedLink.objects.create(
        name=CANARY, key=str(uuid7())[-10:], kind="page", url=f"https://example.com/{CANARY}",
        source=CANARY,
    )  # fmt: skip
    TrackedLinkDay.objects.create(link=tracked, day=message.sent_at.date(), clicks=1)
    account, alert, digest, decision, target, agreement = fill_analytics(
        by, contact, message.sent_at, CANARY
    )
    series, step, participant = fill_series(segment, channel, contact, message.sent_at)
    invitation, _ = invite(email="new@example.com", role="agent", by=by)
    token = create_api_token(name=f"token {CANARY}", by=by).token
    task = create_task(
        text=f"Call {CANARY}",
        due_at=message.sent_at,
        deal=Deal.objects.get(pk=sales["deal"]),
        by=by,
    )
    TaskPreference.objects.create(membership=by)
    goal = set_goal(month=message.sent_at.date(), count=7, by=by)
    widget = Channel.objects.create(kind="livechat", name=f"Site {CANARY}", status="active")
    job = Job.objects.create(kind="import", by=by, name=CANARY, settings=IMPORT, state="cancelled")
    JobItem.objects.create(job=job, outcome="failed", name=CANARY, reason=CANARY)
    TablePreference.objects.create(membership=by, table="mirror", columns=[])
    view = SavedView.objects.create(
        membership=by, name=CANARY, sharing="everybody", parameters={"view": "all", "q": CANARY}
    )
    return {
        **sales,
        "view": view.pk,
        "job": job.pk,
        "team": team.pk,
        "channel": channel.pk,
        "widget": widget.pk,
        "conversation": conversation.pk,
        "contact": contact.pk,
        "other": conversation.contact_id,
        "company": company.pk,
        "field": own_field.pk,
        "pair": pair.pk,
        "merge": merge.pk,
        "message": message.pk,
        "template": template.pk,
        "task": task.pk,
        "goal": goal.pk,
        "notification": notification.pk,
        "change": change.pk,
        "attachment": attachment.pk,
        "envelope": envelope.pk,
        "ad_account": account.pk,
        "metric_alert": alert.pk,
        **fill_saved_reports(by, CANARY),
        "alert": alert.pk,
        "tracked_link": tracked.pk,
        "digest": digest.pk,
        "target": target.pk,
        "decision": decision.pk,
        "agreement": agreement.pk,
        "invitation": invitation.pk,
        "token": token.pk,
        "segment": segment.pk,
        "broadcast": broadcast.pk,
        "recipient": recipient.pk,
        "series": series.pk,
        "step": step.pk,
        "participant": participant.pk,
        "member": by.pk,
    }


def fill_sales(by: Membership, conversation: Conversation) -> dict[str, UUID]:
    """One of everything of sales in the workspace in scope."""
    pipeline = Pipeline.objects.get(is_default=True)
    Pipeline.objects.filter(pk=pipeline.pk).update(name=f"Pipeline {CANARY}")
    stage = pipeline.stages.in_order().first()
    type(stage).objects.filter(pk=stage.pk).update(name=f"Stage {CANARY}")
    reason = LossReason.objects.order_by("created_at").first()
    LossReason.objects.filter(pk=reason.pk).update(name=f"Reason {CANARY}")
    deal = create_deal(
        contact=conversation.contact,
        conversation=conversation,
        by=SYSTEM,
        title=f"Deal {CANARY}",
        source=CANARY,
    )
    product = create_product(name=f"Sofa {CANARY}", price=Decimal(9), by=SYSTEM)
    set_items(deal, [Line(product=product)], by=SYSTEM)
    payment = record_payment(deal, amount=Decimal(5), comment=CANARY, by=SYSTEM)
    follow_deal(deal, by=by)
    DealRule.objects.create(channel=conversation.channel, pipeline=pipeline)
    RefusalRule.objects.create()
    refusal = LeadRefusal.objects.create(
        deal=deal, comment=CANARY, refused_at=deal.created_at, answer_due_at=deal.created_at
    )
    return {
        "refusal": refusal.pk,
        "pipeline": pipeline.pk,
        "stage": stage.pk,
        "reason": reason.pk,
        "deal": deal.pk,
        "product": product.pk,
        "item": DealItem.objects.get(deal=deal).pk,
        "payment": payment.pk,
        "closed_period": ClosedPeriod.objects.create(until=date(2000, 1, 1)).pk,
    }


def fill_series(
    segment: Segment, channel: Channel, contact: Contact, at: datetime
) -> tuple[Series, SeriesStep, SeriesParticipant]:
    """A series with a step and somebody who waits for it."""
    series = Series.objects.create(
        name=f"Series {CANARY}", segment=segment, channels=[str(channel.pk)]
    )
    message = Broadcast.objects.create(name=CANARY, text=CANARY, is_rolling=True, is_frozen=True)
    step = SeriesStep.objects.create(series=series, broadcast=message, position=0)
    participant = SeriesParticipant.objects.create(
        series=series, contact=contact, step=step, due_at=at, entered_at=at
    )
    return series, step, participant


def checksum(workspace_id: UUID) -> dict[str, str]:
    """A fingerprint of each table's rows of one workspace. Call in its scope."""
    sums = {}
    with connection.cursor() as cursor:
        for model in tenancy.tenant_models():
            table = model._meta.db_table
            cursor.execute(
                f"select coalesce(md5(string_agg(t::text, '|' order by id)), '') from {table} t"
                " where workspace_id = %s",
                [workspace_id],
            )
            sums[table] = cursor.fetchone()[0]
    return sums
