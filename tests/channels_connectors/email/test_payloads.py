"""Letters as items: texts, names, files, threads."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels_connectors.email import quotes
from channels_connectors.email.connector import EmailConnector
from channels_connectors.errors import ParkedPayload
from channels_connectors.types import ChannelConfig, InboundMessage
from tests.channels_connectors.email.conftest import AT, LETTERS, kept

OURS = "<0198f1c0-7c1b-7f0a-9a55-0f9f3c1d2b7a.tandem@example.org>"


def test_a_plain_letter(letter):
    found = letter("plain")
    assert (found.chat_id, found.external_id) == (
        "maria@example.com",
        "<CAF1234@mail.example.com>",
    )
    assert (found.kind, found.direction, found.sent_at) == ("text", "incoming", AT)
    assert found.text == "Hello,\n\nis the grey sofa in stock?\n\nMaria"
    assert (found.sender.name, found.sender.email) == ("Maria Petrova", "maria@example.com")
    assert found.sender.external_id == found.chat_id
    assert found.payload == {
        "subject": "A sofa",
        "from": {"name": "Maria Petrova", "address": "maria@example.com"},
        "to": [{"name": "Sofa shop", "address": "shop@example.org"}],
        "cc": [],
        "references": [],
    }
    assert found.attachments == ()


@pytest.mark.parametrize(
    ("name", "sender", "subject", "text"),
    [
        ("koi8", "Мария Петрова", "Диван серый", "Здравствуйте! Есть ли серый диван?"),
        ("cp1251", "Пётр Иванов", "Счёт на оплату", "Пришлите, пожалуйста, счёт."),
        ("cp1251_undeclared", "", "no charset", "Когда привезут шкаф? Мы ждём с утра."),
        ("koi8_undeclared", "", "no charset", "Когда привезут шкаф? Мы ждём с утра."),
        ("raw_8bit_headers", "Ольга", "Вопрос о доставке", "Когда?"),
        ("utf8_headers", "Ольга Ёлкина", "Вопрос о доставке", "Когда привезёте?"),
        ("wrong_charset", "", "wrong", "Привет из будущего"),
        ("split_word", "", "Ёлка", "x"),
    ],
)
def test_letters_in_old_and_undeclared_charsets(letter, name, sender, subject, text):
    found = letter(name)
    assert (found.sender.name, found.payload["subject"], found.text) == (sender, subject, text)


def test_html_alone_becomes_text(letter):
    found = letter("html_only")
    assert found.text.startswith("Hello,\nI want two chairs.")
    assert "oak" in found.text
    assert "alert" not in found.text
    assert "color" not in found.text
    assert found.payload["html"] is True
    (whole,) = found.attachments
    assert whole.reference["part"] == "whole"
    assert whole.reference["hidden"] is True


def test_of_two_alternatives_the_plain_one_is_read(letter):
    found = letter("alternative")
    assert found.text == "Plain words."
    assert [one["address"] for one in found.payload["cc"]] == [
        "boss@example.net",
        "shop@example.org",
    ]
    assert found.payload["whole"] is True


def test_pictures_inside_of_the_html(letter):
    found = letter("inline_images")
    photo, logo, plan, _whole = found.attachments
    assert (photo.kind, photo.name, photo.reference["cid"]) == ("image", "photo.png", "photo@x")
    assert "hidden" not in photo.reference
    # A logo is seen only in the whole letter.
    assert (logo.reference["cid"], logo.reference["hidden"]) == ("logo@x", True)
    assert (plan.kind, plan.name, plan.mime) == ("file", "plan.pdf", "application/pdf")


def test_names_of_files_by_every_custom(letter):
    names = [file.name for file in letter("rfc2231").attachments]
    assert names == ["План квартиры.pdf", "Договор.doc", "Счёт.xls"]


def test_invitations_and_forwarded_letters_are_files(letter):
    assert [file.name for file in letter("calendar").attachments] == ["invite.ics"]
    assert letter("calendar").text == "We meet on Monday."
    assert [file.name for file in letter("forwarded_as_file").attachments] == ["The old offer.eml"]


def test_nested_parts_are_read_in_order(letter):
    assert letter("nested").text == "First part.\n\nSecond part."


def test_broken_letters_are_still_letters(letter):
    assert letter("broken_boundary").text == "The words are here all the same."
    assert letter("broken_base64").text.startswith("Hello world")
    broken = letter("broken_headers")
    assert broken.chat_id == "anna@example.com"
    assert broken.payload["subject"].startswith("Тест")
    assert broken.external_id == "<brokenidwithoutbrackets@example.com>"
    assert broken.text == "Words."
    assert len(letter("huge_subject").payload["subject"]) == 500
    assert (letter("empty").text, letter("empty").payload["subject"]) == ("", "")


def test_a_letter_without_an_id_gets_one_that_stays(letter):
    first, again = letter("no_message_id"), letter("no_message_id")
    assert first.external_id.startswith("sha256:")
    assert first.external_id == again.external_id


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gmail_reply", "Yes, I take it."),
        ("yandex_reply", "Спасибо, беру!"),
        ("mailru_reply", "Подходит."),
        ("outlook_reply", "Agreed."),
        ("outlook_reply_ru", "Согласен."),
        ("gmail_html_reply", "I take both."),
        ("phone_signature", "Жду звонка."),
        ("only_quote", "> Dear Anna,\n> the sofa costs 49 900."),
        (
            "inline_answers",
            "> Which colour?\nGrey.\n\n> When shall we deliver?\nOn Friday.",
        ),
    ],
)
def test_what_is_answered_is_left_out(letter, name, text):
    found = letter(name)
    assert found.text == text
    # Nothing is lost: the whole of it can be seen.
    assert found.payload.get("whole", False) == (name not in {"only_quote", "inline_answers"})


def test_what_is_forwarded_stays(letter):
    assert "39 900" in letter("forward").text


def test_the_thread_is_told_nearest_last(letter):
    found = letter("gmail_reply")
    assert found.payload["references"] == ["<first@example.com>", OURS]
    assert found.reply_to == OURS
    assert found.answers == (OURS, "<first@example.com>")


def test_references_are_kept_in_number(connector):
    ids = " ".join(f"<{number}@example.com>" for number in range(50))
    raw = f"From: a@example.com\nMessage-ID: <x@y>\nReferences: {ids}\n\nx".encode()
    (found,) = connector.parse(kept(raw))
    assert len(found.payload["references"]) == 20
    assert found.reply_to == "<49@example.com>"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("out_of_office", "auto_reply"),
        ("newsletter", "bulk"),
        ("mailing_list", "list"),
        ("bounce_of_nothing", "auto_reply"),
        ("plain", None),
        ("website_form", None),
    ],
)
def test_letters_of_machines_are_marked_and_shown(letter, name, kind):
    found = letter(name)
    assert isinstance(found, InboundMessage)
    assert found.payload.get("auto_reply") == kind


def test_a_pixel_that_counts_readers_is_noticed(letter):
    assert letter("newsletter").payload["remote_pictures"] is True
    assert "remote_pictures" not in letter("inline_images").payload


def test_a_form_on_a_website_is_the_customers_letter(letter):
    found = letter("website_form")
    assert (found.chat_id, found.sender.name) == ("maria@example.com", "Maria")
    assert found.payload["from"] == {"name": "Форма сайта", "address": "form@example.org"}


def test_a_list_is_not_answered_under_its_own_name(letter):
    assert letter("mailing_list").chat_id == "member@example.net"


def test_nothing_in_a_letter_makes_it_ours(letter):
    forged = letter("forged_id")
    assert (forged.direction, forged.chat_id) == ("incoming", "mallory@example.com")
    # It does not take the place of the letter whose id it carries, nor hide behind it.
    assert forged.external_id.startswith("sha256:")
    sender = letter("forged_sender")
    assert (sender.direction, sender.chat_id) == ("incoming", "shop@example.org")


def test_a_letter_from_sent_is_ours(letter):
    found = letter("sent_elsewhere", "sent")
    assert (found.direction, found.chat_id, found.chat_name) == (
        "outgoing",
        "anna@example.com",
        "Anna",
    )
    assert found.external_id == "<elsewhere@example.org>"


def test_a_letter_from_nobody_is_put_aside(connector):
    with pytest.raises(ParkedPayload):
        connector.parse(kept((LETTERS / "no_sender.eml").read_bytes()))


def test_the_head_of_a_huge_letter_is_shown(connector):
    raw = b"From: a@example.com\nMessage-ID: <x@y>\nSubject: Big\n\n"
    (found,) = connector.parse(kept(raw, whole=False, size=70_000_000))
    assert found.payload["too_large"] == 70_000_000
    assert found.payload["subject"] == "Big"


def test_every_letter_can_be_read_again_with_the_same_outcome(connector):
    paths = sorted(LETTERS.glob("*.eml"))
    assert len(paths) >= 45
    for path in paths:
        if path.stem == "no_sender":
            continue
        raw = kept(path.read_bytes())
        assert connector.parse(raw) == connector.parse(raw), path.name


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_a_letter_or_put_aside(body):
    made = EmailConnector(ChannelConfig("email", "key", {"address": "shop@example.org"}))
    for raw in (kept(body), kept(b"From: a@example.com\n" + body), body):
        try:
            assert isinstance(made.parse(raw), list)
        except ParkedPayload:
            continue


def test_no_letter_keeps_us_busy():
    began = time.monotonic()
    for line in (
        "> " * 50_000,
        "On " + "a " * 50_000 + "wrote",
        "From: x\n" * 30_000,
        "-" * 100_000,
    ):
        quotes.fresh(f"Hello\n{line}:\n" * 3)
    assert time.monotonic() - began < 30  # what grows with the square takes minutes


def test_deep_html_is_read(connector):
    page = "<div>" * 5000 + "Deep" + "</div>" * 5000
    raw = f"From: a@example.com\nMessage-ID: <x@y>\nContent-Type: text/html\n\n{page}".encode()
    (found,) = connector.parse(kept(raw))
    assert isinstance(found.text, str)
