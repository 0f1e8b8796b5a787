"""The languages that people speak, by their names."""

import pytest
from django.utils import translation

from contacts import languages
from contacts.actions import create_contact
from contacts.imports.rows import RowReader
from contacts.models import Contact
from events.journal import SYSTEM


def test_a_language_is_called_as_readers_of_theirs_call_it():
    with translation.override("ru"):
        assert [languages.named(code) for code in ("de", "zh-hans", "pt_BR", "q1", "")] == [
            "Немецкий", "Китайский (упрощенная)", "Португальский (Бразилия)", "q1", "",
        ]  # fmt: skip
    with translation.override("en-gb"):
        assert languages.named("de") == "German"


def test_what_somebody_has_is_among_what_is_offered_and_all_stands_by_name():
    plain, more = languages.offered(), languages.offered("q1", "")
    assert dict(more) == {**dict(plain), "q1": "q1"}
    names = [name for _, name in plain]
    assert names == sorted(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Немецкий", "de"), ("german", "de"), ("DE", "de"), ("pt-BR", "pt-br"), ("x" * 20, "x" * 16)],
)
def test_names_are_read_as_codes(text, code):
    with translation.override("ru"):
        assert languages.code_of(text) == code


@pytest.mark.django_db
def test_it_is_chosen_by_name_and_read_so_wherever_it_stands(acme, log_in):
    boris = log_in(acme.boris)
    with acme.scope():
        maria = create_contact(by=SYSTEM, name="Maria", language="q1")
        assert RowReader(["name", "language"]).read(["Ann", "German"]).language == "de"
    about = f"{acme.url}/contacts/{maria.pk}/about/"
    form = boris.get(f"{about}?edit=1").content.decode()
    assert '<option value="q1" selected>q1</option>' in form
    assert '<option value="de">German</option>' in form
    assert boris.post(about, {"name": "Maria", "language": "de"}).status_code == 303
    with acme.scope():
        assert Contact.objects.get().language == "de"
    assert "<dd>German</dd>" in boris.get(about).content.decode()
    boris.post(f"{acme.url}/contacts/columns/", {"columns": ["language"]})
    for path in ("", "filter/"):
        assert "German" in boris.get(f"{acme.url}/contacts/{path}").content.decode()
