"""Catalogues without GNU gettext."""

import polib
import pytest

from config import translations
from config.launch import messages


@pytest.fixture
def project(tmp_path):
    (tmp_path / "inbox").mkdir()
    (tmp_path / "templates" / "inbox").mkdir(parents=True)
    (tmp_path / "inbox" / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        '_("Accepted")\n'
        'ngettext("%(n)s message", "%(n)s messages", 2)\n'
    )
    (tmp_path / "templates" / "inbox" / "list.html").write_text(
        '{% load i18n %}\n<div>\n      <p>{% translate "It\'s new" %}</p>\n'
        "  {% blocktranslate count n=n trimmed %}\n    {{ n }} chat\n  {% plural %}\n"
        "    {{ n }} chats\n  {% endblocktranslate %}</div>\n"
        '{% translate "Open" context "verb" %}'
    )
    return tmp_path


def catalogue(project):
    return project / "inbox" / "locale" / "ru" / "LC_MESSAGES" / "django.po"


def test_strings_of_python_and_of_templates_are_found(project):
    found = messages.strings(project)["inbox"]
    assert {key: plural for key, (plural, _) in found.items()} == {
        ("", "Accepted"): "",
        ("", "%(n)s message"): "%(n)s messages",
        ("", "It's new"): "",
        ("", "%(n)s chat"): "%(n)s chats",
        ("verb", "Open"): "",
    }


def test_updating_keeps_translations_and_drops_what_is_gone(project):
    messages.update(project)
    kept = polib.pofile(str(catalogue(project)))
    kept.find("Accepted").msgstr = "Принятые"
    kept.append(polib.POEntry(msgid="Gone", msgstr="Ушло"))
    kept.save()
    messages.update(project)
    again = polib.pofile(str(catalogue(project)))
    assert again.find("Accepted").msgstr == "Принятые"
    assert again.find("Gone") is None


def test_missing_empty_and_broken_translations_are_named(project):
    assert any("is in no catalogue for ru" in problem for problem in messages.problems(project))
    messages.update(project)
    entries = polib.pofile(str(catalogue(project)))
    for entry in entries:
        if entry.msgid_plural:
            entry.msgstr_plural = dict.fromkeys(range(3), "%(m)s штук")
        elif entry.msgid != "Open":
            entry.msgstr = "слово"
    entries.save()
    told = "\n".join(messages.problems(project))
    assert "'Open' is not translated" in told
    assert "'%(n)s chat' has other placeholders" in told
    assert "Accepted" not in told


def test_one_word_with_two_translations_is_named(project):
    (project / "crm").mkdir()
    (project / "crm" / "views.py").write_text(
        "from django.utils.translation import gettext as _, pgettext\n"
        '_("Accepted")\npgettext("deal", "Open")\n'
    )
    messages.update(project)
    for app, word in (("inbox", "Принятые"), ("crm", "Принята")):
        path = project / app / "locale" / "ru" / "LC_MESSAGES" / "django.po"
        entries = polib.pofile(str(path))
        entries.find("Accepted").msgstr = word
        entries.save()
    told = [problem for problem in messages.problems(project) if "something else" in problem]
    assert len(told) == 1
    assert "'Accepted'" in told[0]


def test_catalogues_are_compiled_once(project):
    messages.update(project)
    compiled = catalogue(project).with_suffix(".mo")
    assert compiled.exists()
    assert translations.compile_all(project) == []
