"""Messages as Meta sends them, and what they say."""

import json
from datetime import UTC, datetime

import pytest

from channels_connectors.types import (
    InboundChatMoved,
    InboundDelete,
    InboundEdit,
    InboundProfile,
    InboundReaction,
    Person,
)
from tests.channels_connectors.whatsapp.bodies import AT, EMMA, MARIA, OURS, SCOPED, items, one, raw


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
