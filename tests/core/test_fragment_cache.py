"""Pieces of pages are drawn once, as long as somebody asks for them."""

from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from core import fragment_cache
from core.fragment_cache import FragmentCache, locale, turn


@pytest.fixture
def drawn():
    """What was drawn, in order; each drawing is its letter."""
    return []


@pytest.fixture
def show(drawn):
    fragments = FragmentCache(4)

    def draw(letter):
        drawn.append(letter)
        return letter.upper()

    def show(letters):
        return "".join(fragments.get(letter, draw, letter) for letter in letters)

    show.anew = fragments.clear
    return show


def test_a_piece_is_drawn_once(show, drawn):
    assert show("abab") == "ABAB"
    assert drawn == ["a", "b"]


def test_whatever_is_asked_for_again_stays(show, drawn):
    show("a")
    for letter in "bcdefgh":
        show(f"{letter}a")
    assert drawn.count("a") == 1
    show("b")
    assert drawn.count("b") == 2


def test_what_nobody_asks_for_makes_room(show, drawn):
    show("abcdefgh")
    show("gh")
    assert len(drawn) == 8
    show("abcd")
    assert drawn[8:] == list("abcd")


def test_all_is_drawn_anew_on_demand(show, drawn):
    show("ab")
    show.anew()
    show("ab")
    assert drawn == ["a", "b", "a", "b"]


def test_words_depend_on_language_zone_and_day(monkeypatch):
    def told(language, zone, moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        with translation.override(language), timezone.override(zone):
            return locale()

    evening = timezone.datetime(2026, 11, 28, 20, tzinfo=ZoneInfo("UTC"))
    night = evening.replace(hour=22)
    asked = [
        (language, zone, moment)
        for language in ("en", "ru")
        for zone in ("Europe/Moscow", "Europe/Samara")
        for moment in (evening, night)
    ]
    # At eight in the evening of London it is midnight in Samara already.
    assert len({told(*one) for one in asked}) == 6
    monkeypatch.setattr(timezone, "now", lambda: evening)
    with translation.override("en"), timezone.override("Europe/Moscow"):
        assert locale(ZoneInfo("Europe/Samara")) == told("en", "Europe/Samara", evening)


def test_what_must_not_be_kept_long_changes_at_a_moment_of_its_own(monkeypatch):
    moments = []
    for pk in (UUID(int=7), UUID(int=8)):
        seen = []
        for second in range(1200, 1320):
            monkeypatch.setattr(fragment_cache.time, "time", lambda second=second: second + 0.5)
            seen.append(turn(pk, 60))
        moments.append([place for place in range(1, 120) if seen[place] != seen[place - 1]])
    assert moments == [[53, 113], [52, 112]]
