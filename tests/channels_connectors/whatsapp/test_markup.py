"""Formatting in WhatsApp's signs."""

import pytest

from channels_connectors.splitting import utf16_length
from channels_connectors.whatsapp.markup import pieces, render


def entity(kind, offset, length, **facts):
    return {"type": kind, "offset": offset, "length": length, **facts}


@pytest.mark.parametrize(
    ("text", "entities", "written"),
    [
        ("a bold word", [entity("bold", 2, 4)], "a *bold* word"),
        ("👍 bold", [entity("bold", 3, 4)], "👍 *bold*"),
        ("all", [entity("bold", 0, 3), entity("italic", 0, 3)], "*_all_*"),
        ("a b c", [entity("bold", 0, 5), entity("strikethrough", 2, 1)], "*a ~b~ c*"),
        ("x = 1", [entity("code", 0, 5)], "`x = 1`"),
        ("a\nb", [entity("pre", 0, 3)], "```a\nb```"),
        # A sign is read only inside of one line and next to a letter.
        ("one\ntwo", [entity("bold", 0, 7)], "*one*\n*two*"),
        (" word ", [entity("bold", 0, 6)], " *word* "),
        ("   ", [entity("bold", 0, 3)], "   "),
        # What holds the sign itself stays plain.
        ("2*3", [entity("bold", 0, 3)], "2*3"),
        ("2*3", [entity("italic", 0, 3)], "_2*3_"),
        # Code is shown as it is.
        ("a_b", [entity("code", 0, 3), entity("bold", 0, 3)], "`a_b`"),
        ("said\nso", [entity("blockquote", 0, 7)], "> said\n> so"),
        ("he said so", [entity("blockquote", 3, 7)], "he said so"),
        ("> x", [entity("blockquote", 0, 3), entity("bold", 2, 1)], "> > *x*"),
        ("here", [entity("text_link", 0, 4, url="https://a.example")], "here (https://a.example)"),
        (
            "here",
            [entity("text_link", 0, 4, url="https://a.example"), entity("bold", 0, 4)],
            "*here* (https://a.example)",
        ),
        (
            "https://a.example",
            [entity("text_link", 0, 17, url="https://a.example")],
            "https://a.example",
        ),
        # What WhatsApp has no sign for, and what lies outside.
        ("word", [entity("underline", 0, 4), entity("spoiler", 0, 4)], "word"),
        ("word", [entity("bold", 2, 99), entity("italic", 50, 3)], "wo*rd*"),
        ("*typed*", [], "*typed*"),
    ],
)
def test_entities_become_signs(text, entities, written):
    assert render(text, entities) == written


def test_signs_count_towards_the_limit():
    text = "\n".join(["слово"] * 600)
    bold = [entity("bold", 0, utf16_length(text))]
    found = pieces(text, bold, 4096)
    assert all(utf16_length(piece) <= 4096 for piece in found)
    assert "\n".join(found) == "\n".join(["*слово*"] * 600)


def test_a_text_of_nothing_but_signs_ends():
    found = pieces("a b c d", [entity("bold", n, 1) for n in range(0, 7, 2)], 2)
    assert "".join(found) == "abcd"
