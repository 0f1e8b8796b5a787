"""The words that agents and admins read."""

from pathlib import Path

import polib
import pytest
from django.utils import translation

from channels_connectors import addresses
from channels_connectors.errors import ConnectorError
from channels_connectors.telegram import account, errors

CATALOGUE = Path(addresses.__file__).parent / "locale/ru/LC_MESSAGES/django.po"


@pytest.mark.parametrize("module", [errors, account, addresses])
def test_every_sentence_is_in_russian_too(module):
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(CATALOGUE))}
    with translation.override(None):
        for name, words in vars(module).items():
            if name.isupper() and hasattr(words, "_proxy____cast"):
                assert known.get(str(words)), name


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
        (400, "Bad Request: BUSINESS_PEER_USAGE_MISSING", "window_closed", errors.NOT_STARTED),
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
