"""What stands to the left of the table. Upper floors bring it: segments, say.

register_panel(Panel("marketing/_segments_panel.html", context_of))
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True)
class Panel:
    """A template with what it needs; `context` gives None where the viewer is not to see it."""

    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]


_panels: list[Panel] = []


def register_panel(panel: Panel) -> None:
    """Have it shown beside the table."""
    _panels.append(panel)


def panels_of(request: HttpRequest) -> list[tuple[str, dict[str, Any]]]:
    """The templates to show, each with its context."""
    found = [(panel.template, panel.context(request)) for panel in _panels]
    return [(template, context) for template, context in found if context is not None]
