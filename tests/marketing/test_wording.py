"""Values of the customer within the words of a broadcast."""

import pytest

from marketing.checks import LONGEST_TEXT
from marketing.wording import unknown_variables


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
