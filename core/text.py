"""Words out of names: initials, web addresses."""

import re
import unicodedata

_LATIN = str.maketrans(
    {
        **dict(zip("абвгдеёзийклмнопрстуфхыэ", "abvgdeeziyklmnoprstufhye", strict=True)),
        "ж": "zh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "sch",
        "ю": "yu",
        "я": "ya",
        "ъ": "",
        "ь": "",
    }
)
_SLUG_LENGTH = 40


def slug_of(name: str) -> str:
    """A web address from a name, Cyrillic spelt in Latin; empty when no letter survives.

    The twin of static/js/lib/slug.js, which proposes the same while a person types.
    """
    latin = unicodedata.normalize("NFKD", name.lower().translate(_LATIN))
    ascii_only = re.sub(r"[\u0300-\u036f]", "", latin)
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")
    return slug[:_SLUG_LENGTH].rstrip("-")


def initials(name: str) -> str:
    """One or two capitals for an avatar, of the first words that start with a letter or digit."""
    words = [word.lstrip("«»\"'“”„(@+#") for word in name.split()]
    firsts = [word[0] for word in words if word and word[0].isalnum()]
    return "".join(firsts[:2]).upper()


def like_literal(text: str) -> str:
    """The text as a pattern of LIKE that means nothing but itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
