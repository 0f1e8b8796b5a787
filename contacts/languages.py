"""Languages that people speak: stored by code, offered and shown by name."""

from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

LONGEST: Final = 16
_OFFERED: Final = (
    "af", "am", "ar", "az", "be", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "eo",
    "es", "et", "eu", "fa", "fi", "fr", "ga", "gl", "gu", "ha", "he", "hi", "hr", "ht", "hu", "hy",
    "id", "is", "it", "ja", "ka", "kk", "km", "kn", "ko", "ku", "ky", "lb", "lo", "lt", "lv", "mk",
    "ml", "mn", "mr", "ms", "mt", "my", "ne", "nl", "no", "or", "os", "pa", "pl", "ps", "pt", "ro",
    "ru", "rw", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw", "ta", "te", "tg", "th", "tk", "tl",
    "tr", "tt", "ug", "uk", "ur", "uz", "vi", "yi", "zh", "zu",
)  # fmt: skip


def named(code: str) -> str:
    """A language by its name in the language in force, as `ru` and `en-US` have one; another code
    as it is."""
    return _name(code, _in_force()) or code


def offered(*codes: str) -> list[tuple[str, str]]:
    """Those to choose from, as codes and names, by name; `codes` are among them whatever they
    are."""
    return in_order({*_OFFERED, *filter(None, codes)})


def in_order(codes: set[str]) -> list[tuple[str, str]]:
    """These codes and their names, by name."""
    return sorted(((code, named(code)) for code in codes), key=lambda each: each[1].casefold())


def code_of(text: str) -> str:
    """The code of a language that is written by its name, in English or in the language in force;
    anything else as it is. At most LONGEST letters."""
    asked = text.strip().casefold()
    known = _codes(_in_force()).get(asked) or _codes("en").get(asked)
    return known or asked[:LONGEST]


def _in_force() -> str:
    return (get_language() or "en").split("-")[0]


@cache
def _locale(name: str) -> Locale | None:
    try:
        return Locale.parse(name)
    except (UnknownLocaleError, ValueError):
        return None


@cache
def _codes(place: str) -> dict[str, str]:
    return {_name(code, place).casefold(): code for code in _OFFERED}


def _name(code: str, place: str) -> str:
    """What a language is called in the language `place`; empty for what is none."""
    spoken = _locale(place)
    language, _, variant = code.replace("_", "-").partition("-")
    name = spoken.languages.get(language.casefold(), "") if spoken else ""
    if name and spoken and variant:
        told = {**spoken.territories, **spoken.scripts}
        name = f"{name} ({told.get(variant.upper()) or told.get(variant.title()) or variant})"
    return name[:1].upper() + name[1:]
