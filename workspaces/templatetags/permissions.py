"""`{% if request.membership|may:"channels.manage" %}`: show only what the role may open."""

from django import template

from workspaces.permissions import Verb, Viewer, can

register = template.Library()


@register.filter
def may(viewer: Viewer, verb: str) -> bool:
    """Whether the viewer may; raises `ValueError` for a verb that is not in `Verb`."""
    return can(viewer, Verb(verb))
