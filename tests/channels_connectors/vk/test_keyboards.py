"""Buttons under a message: what VK gets, what it would refuse, and what a press brings back."""

import json

import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.vk import words
from channels_connectors.vk.connector import VkConnector
from channels_connectors.vk.content import button_payload
from channels_connectors.vk.keyboards import ACTIONS, keyboard
from sandbox.vk import keyboards as demands


def button(label="Беру", action="reply", value="buy"):
    return {"label": label, "action": action, "value": value}


def test_each_action_is_a_button_that_vk_takes():
    rows = [
        [button(), button("Тихо", "callback")],
        [button("Сайт", "link", "https://shop.example/")],
        [button("Где вы?", "location", "")],
    ]
    made = keyboard(rows)
    demands.check(made)
    assert made["inline"] is True
    assert [[one["action"]["type"] for one in row] for row in made["buttons"]] == [
        ["text", "callback"],
        ["open_link"],
        ["location"],
    ]
    assert VkConnector.capabilities.buttons == ACTIONS


@pytest.mark.parametrize("value", ["buy", "размер:44", '{"command":"start"}', "Да, «беру»"])
def test_a_press_brings_the_value_back(value):
    action = keyboard([[button(value=value)]])["buttons"][0][0]["action"]
    assert button_payload(action["payload"]) == {"button": value}
    assert button_payload(json.loads(action["payload"])) == {"button": value}


@pytest.mark.parametrize("rows", [[6], [5, 5, 1], [1] * 7])
def test_too_many_are_refused_here_and_there(rows):
    made = [[button()] * length for length in rows]
    with pytest.raises(ConnectorError) as caught:
        keyboard(made)
    assert (caught.value.error_class, caught.value.words) == ("bad_content", words.BUTTON_ROWS)


@pytest.mark.parametrize("rows", [[5, 5], [1] * 6, [2] * 5])
def test_as_many_as_vk_takes_go(rows):
    demands.check(keyboard([[button()] * length for length in rows]))


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        (button(label=""), words.BUTTON_WORDS),
        (button(label="x" * 41), words.BUTTON_WORDS),
        (button(value="x" * 255), words.BUTTON_VALUE),
        (button("Сайт", "link", "javascript:alert(1)"), words.BUTTON_LINK),
        (button("Телефон", "phone"), words.BUTTON_ACTION),
    ],
)
def test_what_vk_would_not_take_is_said_in_words(wrong, expected):
    with pytest.raises(ConnectorError) as caught:
        keyboard([[wrong]])
    assert (caught.value.error_class, caught.value.words) == ("bad_content", expected)
