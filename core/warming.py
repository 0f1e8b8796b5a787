"""Work that the first visitor would otherwise wait for."""

import gc
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils import translation


def compile_templates() -> int:
    """Compile the project's templates, a third of a second of processor; returns how many."""
    compiled = 0
    folders: list[Path] = settings.TEMPLATES[0]["DIRS"]  # type: ignore[assignment]
    for folder in folders:
        for path in sorted(folder.rglob("*.html")):
            try:
                get_template(str(path.relative_to(folder)))
            except TemplateSyntaxError:  # whoever asks for it will be told
                continue
            compiled += 1
    return compiled


def read_addresses() -> None:
    """Have the resolver read its patterns, once for each language."""
    for language, _ in settings.LANGUAGES:
        with translation.override(language), suppress(NoReverseMatch):
            reverse("")


def settle() -> None:
    """Take what is loaded by now out of the garbage collector's sight, for good.

    A full collection that walks all of it was measured to stop a process for 150 ms.
    """
    gc.collect()
    gc.freeze()
