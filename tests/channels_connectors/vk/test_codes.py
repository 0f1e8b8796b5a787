"""Every error code of VK has a class, and the classes are those that matter."""

from pathlib import Path

import pytest

from channels_connectors.errors import ERROR_CLASSES
from channels_connectors.vk.codes import CODES
from channels_connectors.vk.errors import refusal

LIST = Path(__file__).parent / "error_codes.txt"


def listed():
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return {int(line.split()[0]): line.split()[1] for line in lines if not line.startswith("#")}


def test_every_code_is_classed():
    assert sorted(CODES) == sorted(listed())
    assert len(CODES) == 251
    for error_class, words, wait in CODES.values():
        assert error_class in ERROR_CLASSES
        assert str(words)
        assert (wait is not None) == (error_class == "rate")


@pytest.mark.parametrize(
    ("codes", "error_class"),
    [
        ("900 901 902 18 932 1012 939 987 988 917 922 925 927 936", "recipient_gone"),
        ("950 943 944", "window_closed"),
        ("910 911 913 914 920 921 940 946 969 100 909 924 949", "bad_content"),
        ("5 27 28 15 7 20 203 14 17 24", "channel_auth"),
        ("6 9 29", "rate"),
        ("1 10 13", "transient"),
    ],
)
def test_what_sending_meets_has_the_class_that_it_needs(codes, error_class):
    for code in codes.split():
        error = refusal({"error_code": int(code), "error_msg": "No"})
        assert (error.error_class, error.code) == (error_class, int(code)), code


def test_messages_errors_are_never_said_of_the_account():
    """A refusal about one chat or one text must not stop the whole channel."""
    for code, name in listed().items():
        if name.startswith("messages_"):
            assert CODES[code][0] != "channel_auth", name
