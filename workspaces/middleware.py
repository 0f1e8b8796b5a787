"""Opens the scope of the workspace that a request names."""

import re
from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from workspaces.models import Membership
from workspaces.scope import workspace_scope

PAGE = re.compile(r"^/w/(?P<slug>[-a-zA-Z0-9_]+)/")


class WorkspaceMiddleware:
    """For /w/<slug>/: find the membership, run the view in the workspace's scope.

    One request is one transaction. An answer of 400 and above rolls it back, so that a refused
    form leaves nothing behind. A stranger gets the same 404 as for a workspace that isn't there.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        match = PAGE.match(request.path_info)
        if match is None:
            return self.get_response(request)
        if not request.user.is_authenticated:
            from django.contrib.auth.views import redirect_to_login

            return redirect_to_login(request.get_full_path())
        found = find_membership(request.user.pk, match["slug"])
        if found is None:
            return not_found(request)
        workspace_id, membership_id = found
        with workspace_scope(workspace_id) as scope:
            membership = Membership.objects.select_related("workspace").get(pk=membership_id)
            scope.memory["workspace"] = membership.workspace
            membership.user = request.user
            request.workspace = membership.workspace  # type: ignore[attr-defined]
            request.membership = membership  # type: ignore[attr-defined]
            response = self.get_response(request)
            render = getattr(response, "render", None)
            if callable(render) and not getattr(response, "is_rendered", True):
                response = render()
            if response.status_code >= 400:
                transaction.set_rollback(True)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


def find_membership(user_id: UUID, slug: str) -> tuple[UUID, UUID] | None:
    """(workspace id, membership id) of the user's active membership at this address."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select workspace_id, membership_id from membership_at(%s, %s)", [user_id, slug]
        )
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def memberships_of(user_id: UUID) -> list[tuple[UUID, UUID]]:
    """(workspace id, membership id) of each workspace the user may enter."""
    with connection.cursor() as cursor:
        cursor.execute("select workspace_id, membership_id from memberships_of_user(%s)", [user_id])
        return [(row[0], row[1]) for row in cursor.fetchall()]


def not_found(request: HttpRequest) -> HttpResponse:
    """The 404 that tells a stranger nothing."""
    from django.views import defaults

    return defaults.page_not_found(request, Http404())
