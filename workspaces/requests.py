"""The request as views inside a workspace get it, and who may call them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from workspaces.models import Membership, User, Workspace
from workspaces.permissions import Verb, require

View = Callable[..., HttpResponse]


class UserRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User


class WorkspaceRequest(UserRequest):
    """A request under /w/<slug>/: the middleware found the workspace and the membership."""

    workspace: Workspace
    membership: Membership


def allowed(verb: Verb) -> Callable[[View], View]:
    """Answer 403 unless the member's role allows the verb."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: WorkspaceRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.membership, verb)
            return view(request, *args, **kwargs)

        return wrapped

    return decorate
