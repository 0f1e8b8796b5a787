"""Statuses, echoes, wishes and news of the account as Meta sends them."""

import json

import pytest

from channels_connectors.types import InboundConsent, InboundNotice, InboundStatus, InboundTemplate
from channels_connectors.whatsapp.payloads import parse
from tests.channels_connectors.whatsapp.bodies import (
    ACCOUNT,
    AT,
    KEY,
    MARIA,
    OURS,
    items,
    one,
    raw,
)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("status_sent", "sent"),
        ("status_delivered", "delivered"),
        ("status_read", "read"),
        ("status_played", "read"),
        ("status_hidden_number", "delivered"),
    ],
)
def test_statuses_name_our_message(name, status):
    item = one(name)
    assert isinstance(item, InboundStatus)
    assert (item.external_id, item.status, item.error_class) == (OURS, status, "")


def test_a_status_returns_our_key_and_tells_the_price():
    item = one("status_sent")
    assert item.client_reference == KEY
    assert item.price == {
        "billable": True,
        "category": "utility",
        "model": "PMP",
        "type": "regular",
    }
    assert one("status_delivered").price["billable"] is False
    assert one("status_read").price == {}


@pytest.mark.parametrize(
    ("name", "error_class", "words"),
    [
        ("status_failed_window", "window_closed", "More than 24 hours"),
        ("status_failed_undeliverable", "recipient_gone", "not on WhatsApp"),
    ],
)
def test_a_failure_has_a_class_and_words(name, error_class, words):
    item = one(name)
    assert (item.status, item.error_class) == ("failed", error_class)
    assert words in item.error


def test_a_failure_for_a_stop_tells_of_the_wish():
    status, consent = items("status_failed_stopped")
    assert (status.status, status.error_class) == ("failed", "bad_content")
    assert isinstance(consent, InboundConsent)
    assert (consent.chat_id, consent.purpose, consent.granted) == (MARIA, "marketing", False)


def test_a_failure_of_the_account_alarms_the_admin():
    status, notice = items("status_failed_payment")
    assert status.error_class == "channel_auth"
    assert (notice.topic, notice.level) == ("send_refused", "critical")
    assert "payment" in str(notice.words)


def test_errors_beyond_a_message_are_noticed():
    notice = one("errors")
    assert (notice.topic, notice.level) == ("errors", "warning")
    assert notice.data["code"] == 130429


@pytest.mark.parametrize("name", ["echo", "echo_image"])
def test_what_the_business_app_says_is_outgoing(name):
    message = one(name)
    assert (message.chat_id, message.direction, message.sender) == (MARIA, "outgoing", None)


def test_the_business_app_edits_deletes_and_reacts():
    edit, deleted, reaction = one("echo_edit"), one("echo_revoke"), one("echo_reaction")
    assert (edit.chat_id, edit.external_id, edit.text) == (MARIA, OURS, "Исправлено")
    assert (deleted.chat_id, deleted.external_ids) == (MARIA, (OURS,))
    assert (reaction.chat_id, reaction.emojis) == (MARIA, ("👍",))
    assert reaction.person.external_id == "79991234567"


def test_history_is_messages_of_the_past():
    theirs, ours, notice = items("history")
    assert (theirs.direction, theirs.text, theirs.is_past) == ("incoming", "Давно", True)
    assert (ours.direction, ours.kind, ours.is_past) == ("outgoing", "unsupported", True)
    assert theirs.chat_id == ours.chat_id == MARIA
    assert theirs.sent_at < ours.sent_at
    assert (notice.topic, notice.data["chats"], notice.data["messages"]) == ("history", 1, 2)
    assert notice.data["progress"]["progress"] == 40
    assert (theirs.status, ours.status) == ("read", "read")
    assert one("history_declined").topic == "history"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("PENDING", "unknown"),
        ("SENT", "sent"),
        ("DELIVERED", "delivered"),
        ("READ", "read"),
        ("ERROR", "failed"),
        ("NEWS", "sent"),
    ],
)
def test_history_tells_what_became_of_our_messages(told, status):
    document = json.loads(raw("history"))
    thread = document["entry"][0]["changes"][0]["value"]["history"][0]["threads"][0]
    thread["messages"][1]["history_context"]["status"] = told
    assert parse(json.dumps(document).encode(), ACCOUNT)[1].status == status


def test_the_files_of_history_come_later_and_complete_it():
    edit = one("history_media")
    assert (edit.kind, edit.completes, edit.text) == ("image", True, "Наш диван")
    assert edit.external_id == items("history")[1].external_id
    assert edit.attachments[0].reference["media_id"] == "24230790383178626"


def test_the_phones_address_book_names_customers():
    profile = one("address_book")
    assert (profile.chat_id, profile.person.name) == (MARIA, "Маша Петрова")
    assert one("address_book_removed").topic == "smb_app_state_sync"


@pytest.mark.parametrize(("name", "granted"), [("stop", False), ("resume", True)])
def test_wishes_about_marketing_are_consents(name, granted):
    detail = "User requested to stop marketing messages"
    assert one(f"preference_{name}") == InboundConsent(MARIA, "marketing", granted, AT, detail)


def test_a_wish_about_something_else_is_noticed():
    assert one("preference_unknown").topic == "user_preferences"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("template_approved", {"status": "approved", "category": "utility"}),
        ("template_rejected", {"status": "rejected", "reason": "INVALID_FORMAT"}),
        (
            "template_paused",
            {"status": "paused", "reason": "Your template has been paused for 3 hours."},
        ),
        ("template_quality", {"quality": "YELLOW"}),
        ("template_category", {"category": "marketing"}),
    ],
)
def test_templates_have_news(name, facts):
    assert one(name) == InboundTemplate("1689556908129832", "order_ready", "ru", AT, **facts)


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("PENDING", "pending"),
        ("IN_APPEAL", "pending"),
        ("DISABLED", "disabled"),
        ("ARCHIVED", "disabled"),
        ("LIMIT_EXCEEDED", "disabled"),
        ("REINSTATED", "approved"),
    ],
)
def test_every_judgement_of_a_template_has_a_status(event, status):
    document = json.loads(raw("template_approved"))
    document["entry"][0]["changes"][0]["value"]["event"] = event
    (template,) = parse(json.dumps(document).encode(), ACCOUNT)
    assert template.status == status


def test_a_flagged_template_is_noticed_and_stays_as_it_is():
    template, notice = items("template_flagged")
    assert template.status == ""
    assert notice.data["disable_info"] == {"disable_date": "1795940300"}


@pytest.mark.parametrize(
    ("name", "level", "words", "health"),
    [
        (
            "number_flagged",
            "warning",
            "low quality",
            {"quality_event": "FLAGGED", "messaging_limit": "TIER_1K"},
        ),
        (
            "number_upgraded",
            "info",
            "more conversations",
            {"quality_event": "UPGRADE", "messaging_limit": "TIER_10K"},
        ),
        ("number_name", "warning", "display name", {"name_status": "REJECTED"}),
        (
            "account_restricted",
            "critical",
            "restricted",
            {"account_event": "ACCOUNT_RESTRICTION"},
        ),
        ("account_violation", "warning", "rules", {"account_event": "ACCOUNT_VIOLATION"}),
        ("account_reinstated", "info", "", {"account_event": "DISABLED_UPDATE"}),
        ("account_verified", "info", "", {"account_event": "VERIFIED_ACCOUNT"}),
        ("account_alert", "critical", "needs attention", {}),
        ("capability", "info", "", {"messaging_limit": "TIER_2K"}),
        ("pin_changed", "warning", "PIN", {}),
        ("review", "info", "", {}),
    ],
)
def test_news_of_the_account_are_notices(name, level, words, health):
    notice = one(name)
    assert isinstance(notice, InboundNotice)
    assert (notice.level, notice.health, notice.at) == (level, health, AT)
    assert words in str(notice.words)
    assert notice.data


@pytest.mark.parametrize(
    ("name", "topic"),
    [("field_from_the_future", "quantum_update"), ("calls", "calls"), ("nothing", "messages")],
)
def test_what_we_do_not_know_is_kept(name, topic):
    notice = one(name)
    assert (notice.topic, bool(notice.data)) == (topic, True)


def test_something_new_beside_a_message_is_kept_too():
    message, notice = items("with_something_new")
    assert message.text == "Привет"
    assert notice.data == {"predictions": [{"mood": "good"}]}
