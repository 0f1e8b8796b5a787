"""The words that agents and admins read."""

import email.utils
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polib
import pytest
from django.utils import translation

from channels_connectors import addresses
from channels_connectors.api import words as api_words
from channels_connectors.email import errors as email_errors
from channels_connectors.errors import ConnectorError
from channels_connectors.max import account as max_account
from channels_connectors.max import chats as max_chats
from channels_connectors.max import errors as max_errors
from channels_connectors.telegram import account, errors, notices
from channels_connectors.vk import account as vk_account
from channels_connectors.vk import errors as vk_errors
from channels_connectors.vk import notices as vk_notices
from channels_connectors.vk import words as vk_words

CATALOGUE = Path(addresses.__file__).parent / "locale/ru/LC_MESSAGES/django.po"


@pytest.mark.parametrize(
    "module",
    [
        errors,
        account,
        notices,
        addresses,
        api_words,
        vk_words,
        vk_notices,
        vk_account,
        max_errors,
        max_account,
        max_chats,
        email_errors,
    ],
)
def test_every_sentence_is_in_russian_too(module):
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}
    with translation.override(None):
        for name, words in vars(module).items():
            if name.isupper() and hasattr(words, "_proxy____cast"):
                assert known.get(str(words)), name
            for words in getattr(module, "_WORDS", {}).values():
                assert known.get(str(words)), words


def test_an_error_keeps_its_source_sentence_in_any_language():
    with translation.override("ru"):
        error = ConnectorError("recipient_gone", errors.BLOCKED)
        assert error.msgid.startswith("The customer has blocked")


@pytest.mark.parametrize(
    ("code", "description", "error_class", "words"),
    [
        (401, "Unauthorized", "channel_auth", errors.TOKEN_REFUSED),
        (404, "Not Found", "channel_auth", errors.TOKEN_REFUSED),
        (403, "Forbidden: bot was blocked by the user", "recipient_gone", errors.BLOCKED),
        (403, "Forbidden: user is deactivated", "recipient_gone", errors.GONE),
        (403, "Forbidden: bot was kicked from the group chat", "recipient_gone", errors.NO_CHAT),
        (403, "Forbidden: something new", "recipient_gone", errors.NO_CHAT),
        (400, "Bad Request: chat not found", "recipient_gone", errors.NO_CHAT),
        (400, "Bad Request: PEER_ID_INVALID", "recipient_gone", errors.NO_CHAT),
        (400, "Bad Request: can't parse entities: x", "bad_content", errors.FORMATTING),
        (400, "Bad Request: message is too long", "bad_content", errors.TOO_LONG),
        (400, "Bad Request: PHOTO_INVALID_DIMENSIONS", "bad_content", errors.FILE_REFUSED),
        (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING", "window_closed", errors.WINDOW),
        (400, "Bad Request: BUSINESS_PEER_INVALID", "window_closed", errors.WINDOW),
        (
            400,
            "Bad Request: business connection not found",
            "recipient_gone",
            errors.BUSINESS_GONE,
        ),
        (
            400,
            "Bad Request: BUSINESS_CONNECTION_NOT_ALLOWED",
            "bad_content",
            errors.BUSINESS_RIGHTS,
        ),
        (400, "Bad Request: message thread not found", "recipient_gone", errors.TOPIC_GONE),
        (400, "Bad Request: message can't be edited", "bad_content", errors.UNCHANGEABLE),
        (400, "Bad Request: message can't be deleted", "bad_content", errors.UNDELETABLE),
        (400, "Bad Request: REACTION_INVALID", "bad_content", errors.NO_REACTION),
        (400, "Bad Request: BUTTON_DATA_INVALID", "bad_content", errors.BAD_BUTTON),
        (
            400,
            "Bad Request: phone number can be requested in private chats only",
            "bad_content",
            errors.PRIVATE_ONLY,
        ),
        (400, "Bad Request: something new", "bad_content", errors.REFUSED),
        (409, "Conflict: terminated by other getUpdates", "transient", errors.OTHER_READER),
        (413, "Request Entity Too Large", "bad_content", errors.FILE_TOO_LARGE),
        (418, "I'm a teapot", "bad_content", errors.REFUSED),
        (502, "Bad Gateway", "transient", errors.UNAVAILABLE),
    ],
)
def test_refusals_of_telegram_have_a_class_and_words(code, description, error_class, words):
    error = errors.refusal(code, description, {})
    assert (error.error_class, error.words, error.maybe_sent) == (error_class, words, False)
    assert error.detail == description


def test_a_token_in_a_platforms_text_is_masked():
    error = errors.refusal(400, "bad url /bot7123456789:AAFsecretsecret/x", {})
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("code", "error_class", "words"),
    [
        (901, "recipient_gone", vk_words.DENIED),
        (900, "recipient_gone", vk_words.BLACKLISTED),
        (902, "recipient_gone", vk_words.PRIVATE),
        (18, "recipient_gone", vk_words.GONE),
        (988, "recipient_gone", vk_words.WAITS),
        (917, "recipient_gone", vk_words.NO_CHAT),
        (950, "window_closed", vk_words.WINDOW),
        (944, "window_closed", vk_words.WINDOW),
        (5, "channel_auth", vk_words.TOKEN_REFUSED),
        (27, "channel_auth", vk_words.TOKEN_REFUSED),
        (15, "channel_auth", vk_words.NO_RIGHTS),
        (14, "channel_auth", vk_words.CAPTCHA),
        (914, "bad_content", vk_words.TOO_LONG),
        (911, "bad_content", vk_words.KEYBOARD),
        (912, "bad_content", vk_words.BOT_FEATURES),
        (913, "bad_content", vk_words.REFUSED),
        (100, "bad_content", vk_words.REFUSED),
        (909, "bad_content", vk_words.UNCHANGEABLE),
        (6, "rate", vk_words.TOO_OFTEN),
        (9, "rate", vk_words.FLOOD),
        (29, "rate", vk_words.QUOTA),
        (10, "transient", vk_words.UNAVAILABLE),
        (77777, "bad_content", vk_words.REFUSED),
        ("x", "bad_content", vk_words.REFUSED),
        (None, "bad_content", vk_words.REFUSED),
    ],
)
def test_refusals_of_vk_have_a_class_and_words(code, error_class, words):
    error = vk_errors.refusal({"error_code": code, "error_msg": "No"})
    assert (error.error_class, error.words) == (error_class, words)
    assert (error.retry_after is not None) == (error_class == "rate")
    assert vk_errors.refusal({"code": code, "description": "No"}).words == words


def test_a_key_in_vks_text_is_masked():
    for key in ("vk1.a.Zx-Secret_secret.secret", "f" * 85, "access_token=secret"):
        assert "ecret" not in str(vk_errors.refusal({"error_code": 5, "error_msg": f"bad {key}"}))
        assert "f" * 20 not in str(vk_errors.refusal({"error_code": 5, "error_msg": f"bad {key}"}))
    assert vk_errors.refusal("nonsense").error_class == "bad_content"


@pytest.mark.parametrize(
    ("status", "code", "message", "error_class", "words"),
    [
        (401, "verify.token", "Invalid access_token", "channel_auth", max_errors.TOKEN_REFUSED),
        (403, "verify.token", "Invalid access_token", "channel_auth", max_errors.TOKEN_REFUSED),
        (401, "", "", "channel_auth", max_errors.TOKEN_REFUSED),
        (403, "chat.denied", "error.dialog.suspended", "recipient_gone", max_errors.STOPPED),
        (403, "chat.denied", "no access", "recipient_gone", max_errors.NO_CHAT),
        (403, "", "user has suspended the bot", "recipient_gone", max_errors.STOPPED),
        (403, "access.denied", "", "recipient_gone", max_errors.NO_CHAT),
        (404, "chat.not.found", "", "recipient_gone", max_errors.NO_CHAT),
        (404, "dialog.not.found", "", "recipient_gone", max_errors.NO_CHAT),
        (404, "not.found", "", "bad_content", max_errors.REFUSED),
        (400, "attachment.not.ready", "", "transient", max_errors.NOT_READY),
        (400, "errors.process.video.not.processed", "", "transient", max_errors.NOT_READY),
        (400, "attachment.invalid", "", "bad_content", max_errors.FILE_REFUSED),
        (400, "upload.failed", "", "bad_content", max_errors.FILE_REFUSED),
        (400, "keyboard.invalid", "", "bad_content", max_errors.KEYBOARD),
        (400, "message.text.too.long", "", "bad_content", max_errors.TOO_LONG),
        (400, "proto.payload", "anything", "bad_content", max_errors.REFUSED),
        (405, "method.not.allowed", "", "bad_content", max_errors.REFUSED),
        (413, "", "", "bad_content", max_errors.FILE_TOO_LARGE),
        (429, "too.many.requests", "", "rate", max_errors.TOO_OFTEN),
        (500, "internal.error", "", "transient", max_errors.UNAVAILABLE),
        (503, "service.unavailable", "", "transient", max_errors.UNAVAILABLE),
    ],
)
def test_refusals_of_max_have_a_class_and_words(status, code, message, error_class, words):
    error = max_errors.refusal(status, {"code": code, "message": message})
    assert (error.error_class, error.words, error.maybe_sent) == (error_class, words, False)
    assert (error.retry_after is not None) == (error_class == "rate")
    assert error.detail.startswith(f"HTTP {status}")


@pytest.mark.parametrize(
    ("status", "maybe_sent"), [(500, True), (502, True), (503, False), (504, True)]
)
def test_a_gateway_says_nothing_of_what_became_of_a_call_to_max(status, maybe_sent):
    error = max_errors.refusal(status, None)
    assert (error.error_class, error.maybe_sent) == ("transient", maybe_sent)


def test_max_may_say_how_long_to_wait_in_seconds_or_by_a_date():
    date = email.utils.format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    assert 110 < max_errors.seconds(date) <= 120
    past = email.utils.format_datetime(datetime.now(UTC) - timedelta(minutes=2), usegmt=True)
    told = [max_errors.seconds(written) for written in (" 7 ", "0.5", past, "", "soon", "9" * 9)]
    assert told == [7, 0.5, 1, 1, 1, 3600]
