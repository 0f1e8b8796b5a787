"""Conditions in words, as chips, and for the builder."""

import json

import pytest
from django.utils import translation

from core.conditions import Field, Vocabulary
from core.conditions.builder import Builder
from core.conditions.operators import OF_KIND
from core.conditions.words import operators_of, sentence

COLOURS = (("red", "Red"), ("blue", "Blue"))
WORDS = Vocabulary(
    Field("name", "Name", "text", group="About"),
    Field("age", "Age", "number"),
    Field("sum", "Sum", "money"),
    Field("born", "Born", "day"),
    Field("seen", "Seen", "moment"),
    Field("colour", "Colour", "choice", choices=lambda: COLOURS),
    Field("marks", "Marks", "many", choices=lambda: COLOURS),
    Field("vip", "VIP", "boolean"),
)


def leaf(field, op, value):
    return {"field": field, "op": op, "value": value}


def built(document):
    return Builder.from_text(json.dumps(document), WORDS)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("name", "contains", "iva"), "Name contains “iva”"),
        (("name", "set", False), "Name is not known"),
        (("age", "between", [18, 30]), "Age from 18 to 30"),
        (("sum", "gt", {"amount": "100", "currency": "RUB"}), "Sum is more than 100"),
        (("born", "on", "2026-11-28"), "Born on the day 28 Nov 2026"),
        (("seen", "last_days", 1), "Seen in the last 1 day"),
        (("seen", "not_last_days", 30), "Seen not in the last 30 days"),
        (("colour", "in", ["red", "blue"]), "Colour is any of Red, Blue"),
        (("marks", "has_no", "red"), "Marks has no Red"),
        (("marks", "set", True), "Marks there is any"),
        (("vip", "eq", True), "VIP: yes"),
    ],
)
def test_a_condition_in_words(asked, words):
    field = WORDS.get(asked[0])
    with translation.override("en"):
        assert sentence(field, *asked[1:]) == words


def test_every_operator_of_every_kind_has_words_in_both_languages():
    for language in ("en", "ru"):
        with translation.override(language):
            for kind in OF_KIND:
                described = operators_of(kind)
                assert len({entry["words"] for entry in described}) == len(described), kind
                assert {entry["op"] for entry in described} - {"unset"} == set(OF_KIND[kind])


def test_chips_tell_each_condition_and_lead_to_the_rest():
    one, two = leaf("name", "contains", "a"), leaf("vip", "eq", True)
    three, four = leaf("age", "gt", 5), leaf("marks", "has", "red")
    builder = built({"all": [one, {"any": [two, three]}], "not": {"any": [three, four]}})
    chips = builder.chips()
    assert [chip.text for chip in chips] == [
        "Name contains “a”",
        "VIP: yes or Age is more than 5",
        "except: Age is more than 5",
        "except: Marks has Red",
    ]
    assert json.loads(chips[0].without) == {
        "all": [{"any": [two, three]}],
        "not": {"any": [three, four]},
    }
    assert json.loads(chips[2].without)["not"] == {"any": [four]}
    assert built({"all": [one]}).chips()[0].without == ""
    assert built({"any": [one, two]}).chips()[0].without == ""
    assert built(one).chips()[0].text == "Name contains “a”"


@pytest.mark.parametrize(
    "text",
    ["{", "[]", "5", '{"all": 1}', '{"all": [{"field": []}]}', '{"field": "nothing", "op": "eq"}',
     '{"all": [' * 2000, '{"all": "' + "x" * 30_000 + '"}', '{"not": {"all": [5]}}'],
)  # fmt: skip
def test_nothing_breaks_it(text):
    builder = Builder.from_text(text, WORDS)
    assert builder.error is not None
    assert builder.chips() == []
    assert json.dumps(builder.for_script())


def test_nothing_asked_is_nothing():
    for text in ("", " ", "{}", '{"all": []}'):
        builder = Builder.from_text(text, WORDS)
        assert builder.error is None
        assert not builder.is_asked
        assert builder.query() == {}


def test_the_script_is_told_of_fields_groups_operators_and_choices():
    told = built({"all": [leaf("age", "gt", "x")]}).for_script()
    groups = {
        group["label"]: [field["name"] for field in group["fields"]] for group in told["groups"]
    }
    assert groups["About"] == ["name"]
    colour = next(f for g in told["groups"] for f in g["fields"] if f["name"] == "colour")
    assert colour["choices"] == [["red", "Red"], ["blue", "Blue"]]
    assert {entry["op"] for entry in told["operators"]["boolean"]} == {"eq"}
    assert told["error"]["path"] == "all[0].value"
    assert told["document"] == {"all": [leaf("age", "gt", "x")]}
