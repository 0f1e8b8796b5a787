"""Why somebody got nothing, for people."""

from django.utils.translation import gettext as _

from marketing import reach


def words_of(reason: str) -> str:
    """A stored reason: a word of ours, or what the platform's connector said."""
    word, _colon, detail = reason.partition(":")
    if word in reach.WORDS:
        said = _(reach.WORDS[word])
        return said % {"name": detail} if "%(name)s" in said else said
    return _(reason) if reason else ""
