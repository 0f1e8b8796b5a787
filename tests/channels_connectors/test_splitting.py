"""Cutting texts with their formatting."""

import pytest

from channels_connectors.splitting import split, utf16_length


def covered(piece):
    text = piece.text.encode("utf-16-le")
    return [
        text[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le")
        for entity in piece.entities
    ]


def test_a_short_text_stays_whole():
    entities = [{"type": "bold", "offset": 0, "length": 2}]
    assert split("да", entities, 10) == [("да", entities)]


def test_paragraphs_are_preferred_to_words():
    assert [piece.text for piece in split("один два\n\nтри четыре", [], 14)] == [
        "один два",
        "три четыре",
    ]


def test_a_word_without_breaks_is_cut_hard():
    assert [piece.text for piece in split("x" * 25, [], 10)] == ["x" * 10, "x" * 10, "x" * 5]


def test_emoji_count_as_two_and_are_never_halved():
    pieces = split("👍" * 7, [], 5)
    assert [piece.text for piece in pieces] == ["👍👍", "👍👍", "👍👍", "👍"]


def test_formatting_is_cut_along():
    text = "👍 один два три четыре пять"
    whole = [{"type": "bold", "offset": 3, "length": utf16_length(text) - 3}]
    pieces = split(text, whole, 12)
    assert [covered(piece) for piece in pieces] == [["один два"], ["три четыре"], ["пять"]]


@pytest.mark.parametrize("limit", [2, 3, 7, 20])
def test_no_word_is_lost(limit):
    text = "Раз. Два! Три?\nЧетыре 👨‍👩‍👧 пять\n\n\nшесть "
    pieces = split(text, [], limit)
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    assert all(0 < utf16_length(piece.text) <= limit for piece in pieces)
