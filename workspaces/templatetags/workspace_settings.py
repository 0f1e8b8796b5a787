"""{% settings_menu %}: the pages of the settings that this member may open."""

from typing import Any, NamedTuple

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workspaces.permissions import Verb, can

register = template.Library()


class Page(NamedTuple):
    """An entry of the menu. `also`: address names that light it up as well."""

    name: str
    label: str | Promise
    icon: str
    verb: Verb | None = None
    also: tuple[str, ...] = ()


# Pages of the floors above, under a heading each.
_further: list[tuple[str | Promise, list[Page]]] = []


def register_settings(heading: str | Promise, pages: list[Page]) -> None:
    """Show pages of a floor above in the menu, under a heading of their own."""
    _further.append((heading, pages))


PERSONAL = [
    Page("workspaces:profile", _("Profile"), "user", also=("settings",)),
    Page("workspaces:security", _("Log-in and security"), "lock"),
]
SHARED = [
    Page("workspaces:general", _("Workspace"), "gear", Verb.MANAGE_WORKSPACE),
    Page(
        "workspaces:members", _("Members"), "people", Verb.MANAGE_MEMBERS, ("member", "invitations")
    ),
    Page("workspaces:teams", _("Teams"), "userplus", Verb.MANAGE_TEAMS, ("team",)),
    Page("workspaces:hours", _("Working hours"), "clock", Verb.MANAGE_WORKSPACE, ("team-hours",)),
    Page("goals:index", _("Sales plans"), "chart", Verb.MANAGE_GOALS),
    Page("workspaces:tokens", _("API tokens"), "link", Verb.MANAGE_TOKENS),
]


@register.inclusion_tag("workspaces/_settings_menu.html", takes_context=True)
def settings_menu(context: RequestContext) -> dict[str, Any]:
    """The menu, in two groups: one's own pages and the workspace's."""
    request = context["request"]
    match = request.resolver_match

    def entries(pages: list[Page]) -> list[dict[str, Any]]:
        return [
            {
                "url": reverse(page.name, args=[request.workspace.slug]),
                "label": page.label,
                "icon": page.icon,
                "is_current": match.view_name == page.name
                or (match.namespace == page.name.partition(":")[0] and match.url_name in page.also),
            }
            for page in pages
            if page.verb is None or can(request.membership, page.verb)
        ]

    return {
        "personal": entries(PERSONAL),
        "shared": entries(SHARED),
        "further": [
            {"heading": heading, "entries": found}
            for heading, pages in _further
            if (found := entries(pages))
        ],
        "workspace": request.workspace,
    }
