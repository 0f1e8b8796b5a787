"""Formatting as it is typed, and what becomes of it when the text changes."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing.formatting import Words, check_entities, fitting, replaced
from marketing.markup import parse, write

PIECES = st.sampled_from(
    (
        *("**", "__", "~~", "`", "[", "](https://a.example)", "word", " ", "\n", "\\", "😀", "_"),
        *("*", "{{fields.a__b|no}}", "https://x.example/a__b"),
    )
)


def entity(kind, offset, length, **more):
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("typed", "text", "entities"),
    [
        ("**Big** sale", "Big sale", [entity("bold", 0, 3)]),
        ("a __b **c**__", "a b c", [entity("italic", 2, 3), entity("bold", 4, 1)]),
        ("~~1000~~ `SOFA10`", "1000 SOFA10",
         [entity("strikethrough", 0, 4), entity("code", 5, 6)]),
        ("[our **shop**](https://a.example/x_(y))", "our shop",
         [entity("text_link", 0, 8, url="https://a.example/x_(y)"), entity("bold", 4, 4)]),
        # In UTF-16 units, as messengers count.
        ("😀 **😀**", "😀 😀", [entity("bold", 3, 2)]),
        # What has no partner, stands apart from the words, or is escaped was typed as it is.
        ("5 * 3 ** 2, **a", "5 * 3 ** 2, **a", []),
        ("** a **", "** a **", []),
        (r"\*\*a\*\*", "**a**", []),
        ("[a](ftp://b)", "[a](ftp://b)", []),
        # Variables and addresses are whole, whatever signs they hold.
        ("{{fields.a__b}} https://x.example/a__b__c", "{{fields.a__b}} https://x.example/a__b__c",
         []),
    ],
)  # fmt: skip
def test_signs_become_formats(typed, text, entities):
    assert parse(typed) == Words(text, entities)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_what_was_typed_can_be_typed_again(typed):
    words = parse(typed)
    check_entities(words.text, words.entities)
    again = parse(write(words))
    assert again.text == words.text
    assert len(again.entities) == len(words.entities)


def test_whatever_is_typed_is_read_at_once():
    assert parse("[a](https://a.example/" + "{{name}}" * 200).entities == []


def test_formats_of_a_program_can_be_typed():
    words = Words("A big * sale", [entity("bold", 0, 6), entity("italic", 2, 3)])
    assert write(words) == "**A __big__** * sale"
    assert write(Words("**", [entity("bold", 0, 2)])) == r"**\*\***"


@pytest.mark.parametrize(
    "entities",
    [
        [entity("blink", 0, 1)],
        [entity("bold", 0, 0)],
        [entity("bold", 4, 2)],
        [entity("bold", "0", 1)],
        [entity("text_link", 0, 1)],
        [entity("text_link", 0, 1, url="javascript:alert(1)")],
        [entity("text_link", 0, 1, url="https://a.example/ b")],
        [entity("bold", 0, 3), entity("italic", 2, 3)],
        [entity("code", 0, 3), entity("italic", 1, 1)],
        [entity("bold", 0, 1)] * 501,
    ],
)
def test_formats_that_make_no_sense_are_refused(entities):
    with pytest.raises(ValidationError):
        check_entities("Sale!", entities)


def test_formats_move_with_the_words():
    words = Words("Hi X, X!", [entity("bold", 3, 1), entity("italic", 0, 8)])
    made = replaced(words, re.compile("X"), lambda found: "Anna 😀")
    assert made.text == "Hi Anna 😀, Anna 😀!"
    assert made.entities == [entity("bold", 3, 7), entity("italic", 0, 20)]
    gone = replaced(words, re.compile("X"), lambda found: "")
    assert gone == Words("Hi , !", [entity("italic", 0, 6)])


def test_where_nothing_can_be_shown_addresses_are_told():
    words = Words("See our shop, now", [
        entity("bold", 0, 17), entity("text_link", 8, 4, url="https://a.example"),
    ])  # fmt: skip
    assert fitting(words, frozenset()) == Words("See our shop (https://a.example), now", [])
    shown = fitting(words, frozenset({"bold"}))
    assert shown.entities == [entity("bold", 0, 37)]
    assert fitting(words, frozenset({"bold", "text_link"})) == words
