"""Segments beside the table of contacts, and saving its filter as one."""

from typing import Any, Final
from urllib.parse import urlencode

import orjson
from django.http import HttpRequest

from contacts.table.panels import Panel, register_panel
from contacts.vocabulary import CONTACTS
from core.conditions.builder import Builder
from marketing.models import Segment
from workspaces.permissions import Verb, can

MOST: Final = 30


def panel(request: HttpRequest) -> dict[str, Any] | None:
    """The segments, each with the address of its people; None for who may not see them."""
    viewer = request.membership  # type: ignore[attr-defined]
    if not can(viewer, Verb.READ_SEGMENTS):
        return None
    builder = Builder.from_address(request.GET, CONTACTS)
    known = Segment.objects.visible_to(viewer).listed().order_by("-created_at", "-id")
    return {
        "segments": [
            {
                "segment": segment,
                "address": urlencode({"filter": filter_of(segment)}),
                "is_current": builder.as_json == filter_of(segment),
            }
            for segment in known[:MOST]
        ],
        "filter": builder.address if builder.is_asked and builder.error is None else "",
        "can_write": can(viewer, Verb.WRITE_SEGMENTS),
    }


def filter_of(segment: Segment) -> str:
    """The document that asks for a segment's people."""
    leaf = {"field": "segment", "op": "has_any", "value": [str(segment.pk)]}
    return orjson.dumps({"all": [leaf]}).decode()


register_panel(Panel("marketing/_segments_panel.html", panel))
