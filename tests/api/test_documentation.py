"""The commands of docs/api.md do what the page says."""

import re
import shlex
from decimal import Decimal
from pathlib import Path
from string import Template
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from channels_connectors.models import MessageTemplate
from contacts.imports.steps import take_file
from crm.actions import create_deal
from crm.vocabulary import DEALS
from events.journal import SYSTEM
from marketing.actions import create_broadcast, create_segment, create_series, set_steps
from tests.cast import make_channel, make_conversation, make_message

pytestmark = pytest.mark.django_db
PAGE = (Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8")


def commands():
    """Every curl of the page, as a shell would split it."""
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            if line.startswith("curl "):
                yield line


def call(client, line, variables):
    """What curl would do, done by Django's client."""
    method, headers, body, path = "GET", {}, None, ""
    words = iter(shlex.split(Template(line).substitute(variables))[1:])
    queried = ""
    for word in words:
        if word == "-X":
            method = next(words)
        elif word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-G":
            continue
        elif word == "--data-urlencode":
            name, _, value = next(words).partition("=")
            queried = urlencode({name: value})
        elif word in {"-d", "-F"}:
            method, body = method if method != "GET" else "POST", next(words)
            is_form = word == "-F"
        else:
            url = urlsplit(word)
            path = f"{url.path}?{url.query}"
    if body is None:
        return client.generic(method, f"{path}{queried}", headers=headers)
    if is_form:
        name, _, file = body.partition("=@")
        return client.post(path, {name: SimpleUploadedFile(file, b"10 000")}, headers=headers)
    kind = headers.pop("Content-Type")
    return client.generic(method, path, body, content_type=kind, headers=headers)


def test_every_command_of_the_page_works(nobody, client, acme, platform, telegram_bot):
    platform(templates=True)
    with acme.scope():
        channel = make_channel("platform")
        conversation = make_conversation(channel)
        make_message(conversation)
        letters = make_conversation(make_channel("email"), chat="maria@example.com")
        ours = make_message(conversation, direction="outgoing", status="sent")
        MessageTemplate.objects.create(
            channel=channel,
            name="order_ready",
            language="en",
            category="utility",
            status="approved",
            components=[{"type": "BODY", "text": "Dear {{1}}, order {{2}} is ready."}],
        )
        deal = create_deal(contact=conversation.contact, amount=Decimal(60_000), by=SYSTEM)
        lost = deal.pipeline.stages.get(name="Refused")
        segment = create_segment(name="All", conditions={}, by=SYSTEM)
        broadcast = create_broadcast(
            name="Sale", segment=segment, channels=[str(channel.id)], text="Sale!", by=SYSTEM
        )
        imported = take_file(SimpleUploadedFile("people.csv", b"8 921 384-20-16"), by=acme.anna)
        series = create_series(
            name="Welcome", segment=segment, channels=[str(channel.id)], by=SYSTEM
        )
        set_steps(series, [{"text": "Welcome!"}], by=SYSTEM)
    variables = {
        "TANDEM": "http://localhost:8000",
        "TOKEN": client.secret,
        "CHANNEL": str(channel.id),
        "CONTACT": str(conversation.contact_id),
        "CONVERSATION": str(conversation.id),
        "LETTERS": str(letters.id),
        "MESSAGE": str(ours.id),
        "SEGMENT": str(segment.id),
        "BROADCAST": str(broadcast.id),
        "SERIES": str(series.id),
        "MEMBER": str(acme.boris.id),
        "DEAL": str(deal.id),
        "LOST_STAGE": str(lost.id),
        "IMPORT": str(imported.id),
        "BOT_TOKEN": telegram_bot.token,
    }
    answers = {line: call(nobody, line, variables) for line in commands()}
    assert len(answers) == 48
    for line, answer in answers.items():
        assert answer.status_code in {200, 201}, (line, answer.content)
    found = [answer.json() for answer in answers.values()]
    assert found[0]["phone"] == "+79213842016"
    assert [row["id"] for row in found[1]["results"]] == [found[0]["id"]]
    assert found[2]["granted"] is True
    assert [row["id"] for row in found[4]["results"]] == [found[3]["id"]]
    assert found[8]["status"] == "queued"
    assert found[9]["payload"]["subject"] == "Your offer"
    assert found[10]["text"] == "Dear Maria, order 17 is ready."
    assert found[11]["text"] == "Yes, two are in stock."
    assert found[12]["reactions"] == [{"person": "company", "emojis": "👍"}]
    assert found[13]["deleted_at"]
    assert found[14]["last_message"] is None
    assert found[17]["status"] == "closed"
    assert found[19]["amount"] == {"amount": "96400.00", "currency": "RUB"}
    assert found[20]["loss_reason"]["name"] == "Too expensive"
    assert {row["field"] for row in found[21]["results"]} >= {"stage", "loss_reason"}
    assert {row["number"] for row in found[23]["results"]} == {1, 2}
    assert found[30]["kind"] == "telegram"
    assert found[33][0]["cost"] == {"amount": "512.30", "currency": "RUB"}
    assert found[34]["total"]["spend"] == {"amount": "512.30", "currency": "RUB"}
    assert found[35]["count"] == 0
    assert found[36]["results"][0]["seq"] == 1
    assert found[37]["owner"] == str(acme.boris.id)
    assert found[39]["revenue"] == {"amount": "3000000.00", "currency": "RUB"}
    assert [one["step"] for one in found[40:43]] == ["columns", "columns", "checking"]
    assert (found[43]["own"], found[43]["reopen_days"]) == (True, 14)
    assert found[44]["until"] == "2026-09-30"
    assert (found[45]["own"], found[45]["pause_days"]) == (True, 30)
    assert found[46]["results"] == []
    assert "results" in found[47]


def test_every_resource_and_every_error_is_on_the_page():
    for word in (
        *("contacts", "conversations", "attachments", "deals", "channels", "events"),
        *("spend", "reports"),
    ):
        assert f"api/v1/{word}/" in PAGE
    for status in (400, 401, 403, 404, 409, 413, 415, 422, 429, 503):
        assert str(status) in PAGE


def test_every_field_of_deals_stands_with_what_it_can_be_asked():
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", PAGE, re.MULTILINE)
    told = {
        name: tuple(asked.split(", "))
        for names, asked in rows
        for name in re.findall("`(.*?)`", names)
    }
    assert {field.name: field.operators for field in DEALS.plain}.items() <= told.items()
