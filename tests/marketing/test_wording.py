"""Values of the customer within the words of a broadcast."""

from types import SimpleNamespace
from uuid import UUID

import pytest

from contacts.models import Contact
from livechat.names import label_of
from marketing.checks import LONGEST_TEXT
from marketing.models import Broadcast, Segment
from marketing.variables import missing_of
from marketing.wording import MissingValue, filled, unknown_variables


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("{{first_name}}, {{ email }} and {{name|you}}", []),
        ("{{fields.city}}, {{ fields.size-2 | M }}", []),
        ("{{City}} and {{ Your City|you }}", ["City", "Your City"]),
        ("{{fields.Город}} {{fields.a b}}", ["fields.a b"]),
        ("{{}} {{ |you}}", ["{{}}", "{{ |you}}"]),
        ("{ {name} } {{name} {{{name}}}", []),
    ],
)
def test_what_looks_like_a_value_and_is_none_is_named(text, unknown):
    assert unknown_variables(text) == unknown


def test_a_text_of_any_length_is_looked_through_at_once():
    assert unknown_variables("{{" + " " * LONGEST_TEXT + "x") == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_nobody_is_greeted_as_a_visitor(language):
    contact = SimpleNamespace(name=label_of(UUID(int=42), language))
    assert contact.name.endswith(" 0042")
    assert filled("{{first_name|Hello}}, {{name|friend}}!", contact) == "Hello, friend!"
    with pytest.raises(MissingValue):
        filled("Dear {{name}},", contact)


def test_who_is_called_so_by_parents_is():
    contact = SimpleNamespace(name="Visitor 42 Smith")
    assert filled("{{first_name}}", contact) == "Visitor"


@pytest.mark.django_db
def test_visitors_without_a_name_are_counted_and_shown(acme):
    with acme.scope():
        names = ("Anna", "", "Visitor 0042", "Посетитель 7226", "Visitor Smith")
        for name in names:
            Contact.objects.create(name=name)
        segment = Segment.objects.create(name="All")
        broadcast = Broadcast(segment=segment, name="Sale", text="Dear {{first_name|you}}")
        (missing,) = missing_of(broadcast, Contact.objects.all())
        assert (missing.count, missing.otherwise) == (3, "you")
        assert "starts_with" in missing.address
