"""Bodies as Meta sends them, and what they say."""

import contextlib
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels_connectors.errors import ParkedPayload
from channels_connectors.types import (
    ATTACHMENT_KINDS,
    MESSAGE_KINDS,
    InboundChatMoved,
    InboundConsent,
    InboundDelete,
    InboundEdit,
    InboundMessage,
    InboundNotice,
    InboundProfile,
    InboundReaction,
    InboundStatus,
    InboundTemplate,
    Person,
)
from channels_connectors.whatsapp.payloads import FIELDS, dedup_key, parse
from channels_connectors.whatsapp.people import Account

PAYLOADS = Path(__file__).parent / "payloads"
ALL = sorted(path.stem for path in PAYLOADS.glob("*.json"))
ACCOUNT = Account("106012345678002", "102012345678001")
MARIA = "79161230001"
SCOPED = "RU.7F3A9C1E5B2D4860AA11"
EMMA = "GB.A1B2C3D4E5F60718AA22"
OURS = "wamid.HBgLNzkxNjEyMzAwMDEVAgARGBI5RDRCNkY3RTk4AA=="
KEY = "0199b7c2-1111-7222-8333-444455556666"
AT = datetime.fromtimestamp(1795340300, UTC)


def raw(name):
    return (PAYLOADS / f"{name}.json").read_bytes()


def items(name):
    return parse(raw(name), ACCOUNT)


def one(name):
    (item,) = items(name)
    return item


def test_text_comes_with_its_sender_and_time():
    message = one("text")
    assert (message.chat_id, message.kind, message.direction) == (MARIA, "text", "incoming")
    assert message.external_id.startswith("wamid.")
    assert message.sent_at == datetime.fromtimestamp(1795340101, UTC)
    assert message.text == "Здравствуйте! Есть размер 44? 👍"
    assert message.referral is None
    assert message.sender == Person(
        external_id=MARIA,
        name="Мария Петрова",
        username="maria.petrova",
        phone="+79161230001",
        aliases=(SCOPED,),
    )


def test_who_hides_the_number_is_known_by_the_scoped_id():
    message = one("hidden_number")
    assert message.chat_id == message.sender.external_id == EMMA
    assert (message.sender.name, message.sender.username) == ("Emma Clarke", "emma.clarke")
    assert message.sender.phone == ""
    assert message.sender.aliases == ("GB.ENT.99AA88BB77CC66DD",)


def test_the_older_form_without_a_scoped_id_is_read():
    message = one("text_without_user_id")
    assert (message.chat_id, message.sender.aliases) == (MARIA, ())


def test_typed_signs_stay_as_typed():
    message = one("text_formatted")
    assert (message.text, message.entities) == ("Мне *срочно*, до _пятницы_", [])


@pytest.mark.parametrize(
    ("name", "kind", "mime", "file", "text"),
    [
        ("image", "image", "image/jpeg", "photo.jpg", "Вот такое"),
        ("video", "video", "video/mp4", "video.mp4", ""),
        ("document", "file", "application/pdf", "Счёт №5.pdf", "Реквизиты"),
        ("sticker", "sticker", "image/webp", "sticker.webp", ""),
        ("sticker_animated", "sticker", "image/webp", "sticker.webp", ""),
        ("voice", "voice", "audio/ogg", "voice.ogg", ""),
        ("audio", "audio", "audio/mpeg", "audio", ""),
    ],
)
def test_files_can_be_fetched_later(name, kind, mime, file, text):
    message = one(name)
    (found,) = message.attachments
    assert (message.kind, found.kind, found.mime, found.name) == (kind, kind, mime, file)
    assert found.reference["media_id"].isdigit()
    assert message.text == text
    assert message.payload.get("animated", False) == (name == "sticker_animated")


def test_a_place_is_drawn_from_the_payload():
    assert one("location").payload == {
        "latitude": 55.751244,
        "longitude": 37.618423,
        "title": "Магазин",
        "address": "Тверская, 1",
        "url": "https://shop.example/",
    }
    assert one("location_plain").payload == {"latitude": 55.751244, "longitude": 37.618423}


def test_a_contact_says_whose_it_is():
    payload = one("contact").payload
    assert (payload["name"], payload["phone"]) == ("Илья Соколов", "+7 916 123-00-02")
    assert (payload["company"], payload["email"]) == ("Ромашка", "ilya@shop.example")
    assert payload["is_sender"] is False
    assert one("contact_own").payload["is_sender"] is True


def test_several_contacts_are_all_told():
    message = one("contacts_two")
    assert message.text == "Илья: +7 916 123-00-02\nАнна: +7 916 123-00-03"
    assert [card["name"] for card in message.payload["contacts"]] == ["Илья", "Анна"]


@pytest.mark.parametrize(
    ("name", "emojis"),
    [("reaction", ("❤️",)), ("reaction_removed", ()), ("reaction_removed_without_emoji", ())],
)
def test_reactions_come_and_go(name, emojis):
    reaction = one(name)
    assert isinstance(reaction, InboundReaction)
    assert (reaction.chat_id, reaction.external_id, reaction.emojis) == (MARIA, OURS, emojis)
    assert reaction.person.name == "Мария Петрова"


@pytest.mark.parametrize(
    ("name", "text", "payload"),
    [
        ("template_button", "Беру", {"button": "order-5"}),
        ("button_reply", "Да", {"button": "yes"}),
        ("list_reply", "Размер 44", {"button": "size-44", "description": "Есть два"}),
    ],
)
def test_a_pressed_button_leaves_its_data(name, text, payload):
    message = one(name)
    assert (message.kind, message.text, message.payload) == ("text", text, payload)
    assert message.reply_to == OURS


def test_a_form_is_a_message_with_its_answers():
    message = one("form")
    assert message.text == "Sent\nphone: +79161230001\nsizes: 44, 46"
    assert message.payload["answers"] == {"phone": "+79161230001", "sizes": ["44", "46"]}
    assert one("form_broken").text == "Sent"


def test_an_order_has_its_things_and_its_sum():
    message = one("order")
    assert message.kind == "order"
    assert message.text == "dress-44 × 2\nbelt × 1\n2970.5 RUB\nПозвоните"
    assert (message.payload["amount"], message.payload["currency"]) == ("2970.5", "RUB")


@pytest.mark.parametrize("name", ["changed_number", "changed_number_old_form"])
def test_another_number_moves_the_chat(name):
    message, moved = items(name)
    assert (message.kind, message.chat_id) == ("system", MARIA)
    assert message.payload["event"].endswith("changed_number")
    assert moved == InboundChatMoved(MARIA, "79161239999", message.sent_at)


def test_another_scoped_id_becomes_an_alias_of_a_number():
    message, profile = items("changed_user_id")
    assert message.payload["event"] == "user_changed_user_id"
    assert isinstance(profile, InboundProfile)
    assert (profile.chat_id, profile.person.aliases) == (MARIA, ("RU.NEW0000000000000001",))
    update = one("user_id_update")
    assert (update.chat_id, update.person.aliases) == (MARIA, ("RU.NEW0000000000000001",))


def test_another_scoped_id_moves_a_chat_without_a_number():
    _message, moved = items("hidden_changed_user_id")
    assert (moved.chat_id, moved.new_chat_id) == (EMMA, "GB.NEW0000000000000002")
    assert one("user_id_update_hidden") == InboundChatMoved(EMMA, "GB.NEW0000000000000002", AT)


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("changed_identity", "customer_identity_changed"),
        ("request_welcome", "request_welcome"),
    ],
)
def test_service_messages_say_what_happened(name, event):
    message = one(name)
    assert (message.kind, message.payload["event"]) == ("system", event)


def test_an_edit_brings_the_whole_message():
    edit = one("edit")
    assert isinstance(edit, InboundEdit)
    assert (edit.chat_id, edit.text) == (MARIA, "Есть размер 46?")
    assert (
        edit.external_id
        != json.loads(raw("edit"))["entry"][0]["changes"][0]["value"]["messages"][0]["id"]
    )
    assert one("edit_caption").attachments[0].kind == "image"


def test_a_revoked_message_is_deleted():
    deleted = one("revoke")
    assert isinstance(deleted, InboundDelete)
    assert deleted.external_ids == (one("edit").external_id,)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("unsupported", "unsupported"),
        ("unsupported_poll", "poll"),
        ("unknown", "unknown"),
        ("from_the_future", "hologram"),
        ("image_without_file", "image"),
        ("interactive_unknown", "interactive: call_permission_reply"),
    ],
)
def test_unknown_content_is_named(name, field):
    message = one(name)
    assert (message.kind, message.payload["field"]) == ("unsupported", field)


def test_a_reply_and_a_forward_say_so():
    assert one("reply").reply_to == OURS
    assert one("forwarded").payload == {"forwarded": True}
    assert one("forwarded_often").payload == {"forwarded": True, "frequently_forwarded": True}


def test_a_product_asked_about_is_kept():
    assert one("product").payload["product"]["product_retailer_id"] == "dress-44"
    assert one("identity").payload["identity"]["acknowledged"] is True


def test_an_advertisement_is_a_referral():
    referral = one("referral").referral
    assert referral["ctwa_clid"] == "ARAkLkA8rmlFeiCktEJQ"
    assert (referral["source_type"], referral["source_id"]) == ("ad", "120226305854810726")


def test_a_group_is_one_chat_with_many_senders():
    message = one("group_text")
    assert (message.chat_id, message.sender.external_id) == ("120363043968066561", MARIA)


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


def test_history_is_kept_but_opens_no_conversations():
    notice = one("history")
    assert (notice.topic, notice.data["chats"], notice.data["messages"]) == ("history", 1, 2)
    assert notice.data["progress"]["progress"] == 40
    assert notice.data["history"]["threads"][0]["messages"][0]["text"]["body"] == "Давно"
    assert one("history_declined").topic == "history"


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


def test_a_batch_is_read_whole_and_in_order():
    found = items("batch")
    kinds = [type(item).__name__ for item in found]
    assert sorted(kinds) == ["InboundMessage"] * 3 + ["InboundStatus"] * 2
    texts = [(item.text, item.order) for item in found if isinstance(item, InboundMessage)]
    assert texts == [("Раз", 0), ("Два", 1), ("", 0)]


def test_another_numbers_messages_are_never_ours():
    notice = one("other_number")
    assert (notice.topic, notice.data["field"]) == ("other_number", "messages")
    assert notice.data["value"]["messages"][0]["text"]["body"] == "Не нам"
    found = items("batch_with_other_number")
    assert [item.text for item in found if isinstance(item, InboundMessage)] == ["Нам"]
    assert one("other_account").topic == "other_account"


def test_a_broken_message_leaves_its_neighbours_alone():
    message, notice = items("batch_with_a_broken_one")
    assert message.text == "Цела"
    assert (notice.topic, notice.level) == ("unreadable", "warning")
    assert notice.data["messages"]["text"]["body"] == "Без номера"


@pytest.mark.parametrize(
    ("name", "reason"), [("other_object", "page"), ("status_from_the_future", "dreamt")]
)
def test_what_cannot_be_understood_is_parked(name, reason):
    with pytest.raises(ParkedPayload, match=reason):
        items(name)


def test_every_field_that_we_ask_for_was_recorded():
    recorded = {
        change["field"]
        for name in ALL
        for entry in json.loads(raw(name))["entry"]
        for change in entry.get("changes", ())
    }
    assert recorded >= FIELDS


def test_a_repeated_body_has_the_same_key():
    known = {name: dedup_key(json.loads(raw(name))) for name in ALL}
    assert len(set(known.values())) == len(ALL)
    document = json.loads(raw("template_approved"))
    turned = {**document, "entry": [dict(reversed(document["entry"][0].items()))]}
    turned["entry"][0]["time"] += 60
    assert dedup_key(turned) == known["template_approved"]


@pytest.mark.parametrize("name", ALL)
def test_every_item_is_in_the_public_vocabulary(name):
    with contextlib.suppress(ParkedPayload):
        for item in items(name):
            if isinstance(item, InboundMessage):
                assert item.kind in MESSAGE_KINDS
                assert {attachment.kind for attachment in item.attachments} <= ATTACHMENT_KINDS


def _spoiled(value):
    """The payload with each of its parts, one after another, missing or of another type."""
    for key in list(value):
        rest = {name: value[name] for name in value if name != key}
        yield rest
        for strange in (None, 1, "x", [], {}, [{}], True, -(2**70), 1e300):
            yield {**rest, key: strange}
        if isinstance(value[key], dict):
            for inner in _spoiled(value[key]):
                yield {**rest, key: inner}
        if isinstance(value[key], list) and value[key] and isinstance(value[key][0], dict):
            for inner in _spoiled(value[key][0]):
                yield {**rest, key: [inner]}


@pytest.mark.parametrize("name", ALL)
def test_parsing_is_total(name):
    for spoiled in _spoiled(json.loads(raw(name))):
        with contextlib.suppress(ParkedPayload):
            assert isinstance(parse(json.dumps(spoiled).encode(), ACCOUNT), list)


@pytest.mark.parametrize("name", ["text", "image", "status_sent", "template_approved", "batch"])
def test_truncated_and_doubled_bytes_are_parked(name):
    whole = raw(name)
    for broken in (b"", whole[: len(whole) // 2], whole + whole, b"\xff" + whole, b"[" * 5000):
        with pytest.raises(ParkedPayload):
            parse(broken, ACCOUNT)


def test_shuffled_bytes_never_break_more_than_the_body():
    order = random.Random(7)
    for name in ALL:
        letters = list(raw(name))
        order.shuffle(letters)
        with pytest.raises(ParkedPayload):
            parse(bytes(letters), ACCOUNT)
