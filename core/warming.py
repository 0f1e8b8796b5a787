"""Work that the first visitor would otherwise wait for."""

from pathlib import Path

from django.conf import settings
from django.template import TemplateSyntaxError
from django.template.loader import get_template


def compile_templates() -> int:
    """Compile the project's templates, a third of a second of processor; returns how many."""
    compiled = 0
    for folder in settings.TEMPLATES[0]["DIRS"]:
        for path in sorted(Path(folder).rglob("*.html")):
            try:
                get_template(str(path.relative_to(folder)))
            except TemplateSyntaxError:  # whoever asks for it will be told
                continue
            compiled += 1
    return compiled
