"""Log lines carry no secrets."""

import logging

import pytest

from config.logs import MaskSecrets, Plain, mask


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("POST https://api.telegram.org/bot123456:AAF-x_yz0123456789abcdefghij/getMe", "AAF-x"),
        ("Authorization: Bearer tdm_abcdef.0123456789abcdef", "0123456789"),
        ("calling ?access_token=vk1.a.0123456789&v=5.199", "0123456789"),
        ("{'token': 'abcdefgh', 'name': 'shop'}", "abcdefgh"),
        ("postgresql://anna:hunter22@db/crm", "hunter22"),
    ],
)
def test_secrets_are_masked(line, secret):
    masked = mask(line)
    assert secret not in masked
    assert "***" in masked


def test_ordinary_words_stay():
    line = "conversation 7: accepted by anna, token count 3"
    assert mask(line) == line


def test_arguments_and_traces_are_masked():
    try:
        raise ValueError("https://bot.example/bot123456:AAF-x_yz0123456789abcdefghij failed")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "token=%s", ("abcdefgh",), (ValueError, error, None)
        )
    MaskSecrets().filter(record)
    text = Plain().format(record)
    assert "abcdefgh" not in text
    assert "AAF-x" not in text
