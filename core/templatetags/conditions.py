"""The filter builder on a page; see core.conditions.builder."""

from typing import Any
from urllib.parse import urlencode

import orjson
from django import template

from core.conditions.builder import Builder

register = template.Library()


@register.inclusion_tag("conditions/_button.html")
def conditions_button(builder: Builder) -> dict[str, Any]:
    """The button that opens and closes the panel."""
    return {"builder": builder}


@register.inclusion_tag("conditions/_chips.html")
def conditions_chips(builder: Builder, address: str, keep: dict[str, str]) -> dict[str, Any]:
    """What is asked, in words, each with an × that leads to the list without it.

    `keep`: the page's other parameters.
    """
    chips = [
        (chip, f"{address}?{urlencode({**keep, **_filter(chip.without)})}")
        for chip in builder.chips()
    ]
    return {"chips": chips, "cleared": f"{address}?{urlencode(keep)}"}


@register.inclusion_tag("conditions/_frame.html")
def conditions_frame(builder: Builder, src: str) -> dict[str, Any]:
    """Where the builder will be once somebody opens it; it is fetched from `src`."""
    return {"src": src, "is_open": builder.error is not None}


@register.inclusion_tag("conditions/_panel.html")
def conditions_panel(
    builder: Builder,
    action: str = "",
    count: str = "",
    keep: dict[str, str] | None = None,
    name: str = "filter",
    frame: str = "",
) -> dict[str, Any]:
    """The builder itself. Without `action` it is no form of its own, but fields of the one around
    it, which gets the document under `name`."""
    return {
        "builder": builder,
        "action": action,
        "count": count,
        "keep": (keep or {}).items(),
        "name": name,
        "frame": frame,
        "data": orjson.dumps(builder.for_script()).decode(),
    }


def _filter(document: str) -> dict[str, str]:
    return {"filter": document} if document else {}
