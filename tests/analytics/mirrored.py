"""What reports are made of, for a workspace that is a mirror of another."""

from datetime import datetime
from uuid import UUID

from analytics.models import (
    AcquisitionCost,
    AdAccount,
    AdSpend,
    Agreement,
    AgreementPromise,
    AlertFiring,
    ConversationClock,
    Conversion,
    ConversionTarget,
    Decision,
    DeliveryRecipient,
    DirtyBucket,
    ExchangeRate,
    Fact,
    MetricAlert,
    ReportDelivery,
    ReportLetter,
    ReportSettings,
    Rollup,
    RollupState,
    SavedReport,
    SpendFile,
    WeeklyDigest,
)
from contacts.models import Contact
from workspaces.models import Membership


def fill_analytics(
    by: Membership, contact: Contact, at: datetime, canary: str
) -> tuple[AdAccount, MetricAlert, WeeklyDigest, Decision, ConversionTarget, Agreement]:
    """One of everything that reports are made of, with the canary."""
    day = at.date()
    AdSpend.objects.create(date=day, source=canary, cost=1, currency="RUB")
    AcquisitionCost.objects.create(date=day, name=canary, cost=1, currency="RUB")
    Fact.objects.create(
        kind="lead", natural_key=canary, at=at, born_at=at, contact_id=contact.pk, source=canary
    )
    RollupState.objects.create(time_zone="UTC")
    Rollup.objects.create(day=day, base="birth", kind="lead", n=1, source=canary)
    DirtyBucket.objects.create(day=day, base="event", kind="lead")
    ConversationClock.objects.create(conversation_id=contact.pk)
    ReportSettings.objects.create()
    alert = MetricAlert.objects.create(
        membership=by, report="marketing", metric="leads", condition="above", threshold=1
    )
    account = AdAccount.objects.create(
        kind="vk_ads", name=canary, source=canary, currency="RUB", credentials={"a": canary}
    )
    AlertFiring.objects.create(alert=alert, day=day, at=at, value=2, limit=1, error=canary)
    target = ConversionTarget.objects.create(
        name=canary, counter="1", credentials={"token": canary}
    )
    Conversion.objects.create(
        target=target, kind="paid", subject_id=contact.pk, contact_id=contact.pk, at=at
    )
    digest = WeeklyDigest.objects.create(week=day, data={"currency": canary})
    decision = Decision.objects.create(
        text=canary, owner=by, week=day, metric="leads", report="marketing",
        condition="at_least", threshold=1, due_on=day,
    )  # fmt: skip
    agreement = Agreement.objects.create(number=1, since=day.replace(day=1), accepted_lead=canary)
    AgreementPromise.objects.create(
        agreement=agreement, side="sales", metric="sla_share", condition="at_least", threshold=1
    )
    return account, alert, digest, decision, target, agreement


def fill_saved_reports(by: Membership, canary: str) -> dict[str, UUID]:
    """A report that is kept and comes by itself, with the canary."""
    saved = SavedReport.objects.create(membership=by, name=canary, report="sales", is_shared=True)
    delivery = ReportDelivery.objects.create(saved=saved, membership=by, frequency="daily")
    DeliveryRecipient.objects.create(delivery=delivery, membership=by)
    due = saved.created_at
    ReportLetter.objects.create(delivery=delivery, due_at=due, next_at=due, error=canary)
    file = SpendFile.objects.create(membership=by, name=canary, content=canary.encode())
    ExchangeRate.objects.create(currency="USD", since="2026-01-01", rate=80)
    return {
        "saved": saved.pk,
        "saved_report": saved.pk,
        "delivery": delivery.pk,
        "file": file.pk,
    }
