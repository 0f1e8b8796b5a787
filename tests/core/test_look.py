"""Template tags that every screen is built of."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django import forms
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from core.ids import uuid7
from core.templatetags.avatars import tone_of
from core.templatetags.importmap import module_paths
from core.text import initials, slug_of
from core.times import FORMATS, format_time


def render(source: str, **context) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Анна Ковалёва", "АК"),
        ("Мастерская «Север»", "МС"),
        ("madonna", "M"),
        ("+7 921 384-20-16", "79"),
        ("😀 Olga", "O"),
        ("", ""),
        ("😀", ""),
    ],
)
def test_initials(name, expected):
    assert initials(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Мастерская «Север»", "masterskaya-sever"),
        ("Ёлки-палки & Co.", "elki-palki-co"),
        ("Café Zürich", "cafe-zurich"),
        ("!!!", ""),
        ("x" * 60, "x" * 40),
    ],
)
def test_slugs_spell_cyrillic_in_latin(name, expected):
    assert slug_of(name) == expected


def test_an_icon_names_a_symbol_that_is_in_the_sprite():
    sprite = Path(finders.find("icons.svg")).read_text()
    templates = Path(__file__).resolve().parents[2] / "templates"
    used = {
        part.split('"')[0]
        for path in templates.rglob("*.html")
        for part in path.read_text().split('{% icon "')[1:]
    }
    assert len(used) > 10
    assert {name for name in used if f'id="{name}"' not in sprite} == set()


def test_an_icon_is_silent_unless_it_stands_alone():
    assert 'aria-hidden="true"' in render('{% load icons %}{% icon "inbox" %}')
    alone = render('{% load icons %}{% icon "inbox" label=words %}', words="<Inbox>")
    assert 'role="img" aria-label="&lt;Inbox&gt;"' in alone


@pytest.mark.parametrize(
    ("kind", "sign"), [("telegram", "telegram"), ("livechat", "website"), ("new kind", "website")]
)
def test_a_channel_has_its_sign(kind, sign):
    tag = render("{% load icons %}{% channel_icon kind %}", kind=kind)
    assert f"channel--{sign}" in tag
    assert f"#ch-{sign}" in tag


def test_an_avatar_keeps_its_tone_and_escapes_the_name():
    key = uuid7()
    source = "{% load avatars %}{% avatar name key channel='telegram' online=True %}"
    first, second = (render(source, name="<b> <i>", key=key) for _ in range(2))
    assert first == second
    assert "<b>" not in first
    assert "avatar--online" in first
    assert {tone_of(uuid7()) for _ in range(200)} == {1, 2, 3, 4, 5}


def test_a_moment_is_an_element_that_the_browser_writes_again():
    moment = datetime(2026, 11, 23, 8, 57, tzinfo=UTC)
    tag = render('{% load times %}{% local_time moment "time" %}', moment=moment)
    assert tag == (
        '<local-time datetime="2026-11-23T08:57:00.000Z" format="time">08:57</local-time>'
    )
    assert render("{% load times %}{% local_time none %}", none=None) == ""


def test_moments_are_written_by_language_and_zone():
    moment = datetime(2020, 11, 22, 22, 5, tzinfo=UTC)
    with translation.override("ru"), timezone.override("Europe/Moscow"):
        assert format_time(moment, "datetime") == "23 ноября 2020, 01:05"
        assert format_time(timezone.now(), "day").startswith("Сегодня, ")
        assert format_time(timezone.now() - timedelta(days=1), "short") == "Вчера"
    with translation.override("en"), timezone.override("UTC"):
        assert format_time(moment, "date") == "22 November 2020"
        assert format_time(moment, "short") == "22.11.2020"
        assert format_time(timezone.now(), "short") == format_time(timezone.now(), "time")


def test_an_unknown_style_of_time_is_a_mistake():
    with pytest.raises(ValueError, match="Unknown"):
        format_time(timezone.now(), "fuzzy")


def test_the_formats_are_the_same_in_the_browser():
    script = Path(finders.find("js/lib/times.js")).read_text()
    assert {name for name in FORMATS if f'case "{name}"' not in script} == set()


def test_the_import_map_names_our_modules_and_the_libraries():
    request = RequestFactory().get("/")
    request.csp_nonce = "n0nce"
    tag = Template("{% load importmap %}{% importmap %}").render(Context({"request": request}))
    assert tag.count('nonce="n0nce"') == 2
    imports = json.loads(tag[tag.index("{") : tag.rindex("}") + 1])["imports"]
    assert imports["lib/current"].endswith("js/lib/current.js")
    assert "turbo" in imports["@hotwired/turbo"]
    for path in module_paths().values():
        assert finders.find(path), path


def test_every_import_in_our_modules_is_in_the_map():
    names = module_paths()
    for name, path in names.items():
        if path.startswith("npm/"):
            continue
        lines = Path(finders.find(path)).read_text().splitlines()
        for line in lines:
            if line.startswith("import ") and ' from "' in line:
                wanted = line.split(' from "')[1].split('"')[0]
                assert wanted in names, f"{name} imports {wanted}"


class Answers(forms.Form):
    name = forms.CharField(help_text="As in the passport")
    agreed = forms.BooleanField()
    colour = forms.ChoiceField(choices=[("r", "Red")], widget=forms.RadioSelect)


def test_a_field_is_labelled_and_says_what_is_wrong():
    form = Answers({"name": ""})
    field = render("{% load forms %}{% field form.name data_slug_target='x' %}", form=form)
    assert '<label class="field__label" for="id_name">' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_name_helptext id_name_error"' in field
    assert 'id="id_name_error"' in field
    assert 'id="id_name_helptext"' in field
    assert 'data-slug-target="x"' in field
    assert "field__error" in render("{% load forms %}{% field form.agreed %}", form=form)
    assert "<legend" in render("{% load forms %}{% field form.colour %}", form=form)
