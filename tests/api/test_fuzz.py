"""Requests made up from our own OpenAPI document: no 5xx, and answers as the document says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import schemathesis
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as some
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from analytics.digest.making import put_together
from analytics.models import (
    AdAccount,
    Agreement,
    ConversionTarget,
    Decision,
    MetricAlert,
    SavedReport,
)
from contacts.actions import create_contact
from contacts.companies import create_company
from contacts.defining import create_field
from contacts.imports.steps import take_file
from contacts.models import Duplicate
from crm.actions import create_deal, create_product, create_task, set_goal
from crm.models import ClosedPeriod, LeadRefusal, LossReason
from events.journal import SYSTEM
from inbox.models import Attachment, InboundEnvelope, RatingRule, SavedView
from marketing.actions import create_broadcast, create_link, create_segment, create_series
from tests.cast import make_channel, make_conversation, make_message

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
unhurried = hypothesis(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
KINDS = (
    *("channels", "contacts", "conversations", "messages", "attachments", "members", "teams"),
    *("deals", "pipelines", "loss-reasons", "products"),
    *("companies", "custom-fields", "duplicates"),
    *("tasks", "goals", "imports", "deal-rules", "closed-periods"),
    *("ad-accounts", "metric-alerts", "saved-reports", "segments", "broadcasts", "series"),
    *("lead-refusals", "links", "digests", "decisions"),
    *("agreements", "conversion-counters", "conversation-views", "rating-rules"),
)


@pytest.fixture
def one_connection():
    """All requests in the test's own transaction, as Django's test client has it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def ids(acme, platform):
    """One thing of each kind."""
    platform()
    with acme.scope():
        channel = make_channel("platform")
        conversation = make_conversation(channel, status="accepted", assignee=acme.boris)
        message = make_message(conversation)
        attachment = Attachment.objects.create(message=message, kind="file", name="a.txt")
        deal = create_deal(contact=conversation.contact, conversation=conversation, by=SYSTEM)
        product = create_product(name="Sofa", price=Decimal(9), by=SYSTEM)
        InboundEnvelope.objects.create(
            channel=channel, dedup_key="1", raw=b"{", state="parked", error="broken"
        )
        company = create_company(by=SYSTEM, name="Romashka")
        field = create_field(entity="contact", label="City", kind="text", by=SYSTEM)
        other = create_contact(by=SYSTEM, name="Anna")
        pair = Duplicate.objects.create(first=conversation.contact, second=other, reasons=["name"])
        task = create_task(text="Call", due_at=message.sent_at, deal=deal, by=acme.boris)
        goal = set_goal(month=message.sent_at.date(), count=7, by=SYSTEM)
        imported = take_file(SimpleUploadedFile("people.csv", b"Name\nMaria"), by=acme.anna)
        segment = create_segment(name="All", conditions={}, by=acme.owner)
        things = (
            *(channel, conversation.contact, conversation, message),
            *(attachment, acme.boris, acme.sales),
            *(deal, deal.pipeline, LossReason.objects.first(), product),
            *(company, field, pair),
            *(task, goal, imported, channel),
            ClosedPeriod.objects.create(until=message.sent_at.date() - timedelta(days=30)),
            AdAccount.objects.create(kind="vk_ads", name="VK", source="vk", currency="RUB"),
            MetricAlert.objects.create(
                membership=acme.anna,
                report="marketing",
                metric="leads",
                condition="above",
                threshold=1,
            ),
            SavedReport.objects.create(membership=acme.anna, report="sales", name="Sales"),
            segment,
            create_broadcast(name="News", segment=segment, text="Hello", by=acme.owner),
            create_series(name="Welcome", segment=segment, by=acme.owner),
            LeadRefusal.objects.create(
                deal=deal, refused_at=deal.created_at, answer_due_at=deal.created_at
            ),
            create_link(
                name="Leaflet", source="leaflet", url="https://acme.example/", by=acme.owner
            ),
            put_together(date(2026, 11, 16), tells=False),
            Decision.objects.create(
                text="Answer at night",
                week=date(2026, 11, 16),
                due_on=date(2026, 11, 30),
                metric="leads",
                report="marketing",
                condition="at_least",
                threshold=1,
            ),
            Agreement.objects.create(number=1, since=date(2026, 11, 1)),
            ConversionTarget.objects.create(name="Shop", counter="1", credentials={"token": "t"}),
            SavedView.objects.create(membership=acme.anna, name="All", parameters={"view": "all"}),
            RatingRule.objects.create(channel=channel, texts={"en": "How was it?"}),
        )
        return {kind: str(thing.pk) for kind, thing in zip(KINDS, things, strict=True)}


def operations():
    """Every operation of the document."""
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", WSGIHandler())
    return [found.ok() for found in schema.get_all_operations()]


@pytest.mark.parametrize("operation", operations(), ids=lambda found: found.label)
def test_answers_are_as_promised(operation, client, ids, settings, one_connection):
    settings.API_REQUESTS_PER_SECOND = 0
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @unhurried
    @given(case=some.one_of(modes), known=some.booleans())
    def ask(case, known):
        if "id" in case.path_parameters and known:
            case.path_parameters["id"] = ids[case.path.split("/")[3]]
        case.headers["Authorization"] = f"Bearer {client.secret}"
        case.call_and_validate(checks=CHECKS)

    ask()
