"""The whole table of codes, as answers and statuses name them."""

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.whatsapp import words
from channels_connectors.whatsapp.errors import refusal, scrub

TABLE = {
    "rate": "4 80007 130429 131048 131056 131064 133016",
    "transient": "1 2 131000 131016 131057 135000",
    "window_closed": "131047",
    "recipient_gone": "131026",
    "channel_auth": "0 3 10 190 200 250 299 368 131005 131031 131037 131042",
    "bad_content": """
        100 130472 130497 131008 131009 131021 131030 131049 131050 131051 131052 131053 131062
        131063 132000 132001 132005 132007 132008 132012 132015 132016
    """,
}
CODES = [(int(code), name) for name, codes in TABLE.items() for code in codes.split()]


@pytest.mark.parametrize(("code", "error_class"), CODES)
def test_every_code_has_a_class_and_words_of_its_own(code, error_class):
    error = refusal({"code": code, "message": "(#1) Something"}, 400)
    assert error.error_class == error_class
    assert error.msgid != words.REFUSED
    assert error.maybe_sent is False
    assert error.detail == f"{code}: (#1) Something"


@pytest.mark.parametrize("code", [131049, 130472, 131050])
def test_who_has_had_enough_is_never_sent_to_again(code):
    error = refusal({"code": code})
    assert (error.error_class, error.retry_after) == ("bad_content", None)


@pytest.mark.parametrize(
    ("error", "status", "error_class"),
    [
        ({"code": 7777777}, 400, "bad_content"),
        ({"code": 7777777}, 500, "transient"),
        ({"code": 7777777, "is_transient": True}, 400, "transient"),
        ({"code": 7777777}, 401, "channel_auth"),
        ({"code": 7777777}, 429, "rate"),
        ({"code": "190"}, 400, "bad_content"),
        ({}, 400, "bad_content"),
        (None, 503, "transient"),
        ("words", 400, "bad_content"),
    ],
)
def test_an_unknown_error_is_judged_by_the_status(error, status, error_class):
    assert refusal(error, status).error_class == error_class


def test_only_the_pair_limit_is_the_chats_own():
    assert refusal({"code": 131056}).of_chat is True
    assert refusal({"code": 130429}).of_chat is False


def test_the_most_telling_words_become_the_detail():
    error = {"code": 131009, "message": "(#131009)", "error_data": {"details": "Param x"}}
    assert refusal(error).detail == "131009: Param x"


def test_templates_are_refused_in_words_of_their_own():
    for subcode, said in ((2388024, words.TEMPLATE_EXISTS), (2388293, words.TEMPLATE_VARIABLES)):
        error = refusal({"code": 100, "error_subcode": subcode}, 400)
        assert (error.words, error.subcode) == (said, subcode)


def test_no_token_gets_into_an_error():
    token = "EAAGm0PX4ZCpsBAKZCsecretsecret"
    error = refusal({"code": 190, "message": f"Bad {token} access_token={token}&x=1"})
    assert token not in f"{error} {error!r}"
    assert scrub("y" * 500) == "y" * 300
    assert isinstance(error, ConnectorError)
