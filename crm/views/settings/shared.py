"""What the pages of the settings have in common."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from core.http import see_other
from workspaces.requests import WorkspaceRequest


def tried(form: Any, act: Callable[[], object]) -> bool:
    """Whether the action was done; what it says no with goes beside the fields of the form."""
    try:
        act()
    except ValidationError as refusal:
        if hasattr(refusal, "error_dict"):
            for name, errors in refusal.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
        else:
            form.add_error(None, refusal)
        return False
    return True


def place(
    request: WorkspaceRequest, thing: Any, siblings: list[Any], put: Callable[..., None]
) -> None:
    """Put a thing where it was dragged (`after` or `before` another one) or a `step` up or down."""
    ids = [one.pk for one in siblings]
    step = {"up": -1, "down": 1}.get(request.POST.get("step", ""))
    if step and thing.pk in ids:
        at = ids.index(thing.pk) + step
        if 0 <= at < len(ids):
            put(thing, by=request.membership, **{"before" if step < 0 else "after": ids[at]})
        return
    for name in ("after", "before"):
        named = _uuid(request.POST.get(name, ""))
        if named in ids and named != thing.pk:
            put(thing, by=request.membership, **{name: named})
            return


def refused(request: WorkspaceRequest, act: Callable[[], object]) -> str:
    """Do it; what it says no with, in words, or nothing."""
    try:
        act()
    except ValidationError as refusal:
        return " ".join(refusal.messages) or _("This cannot be done.")
    return ""


def back_to(name: str, slug: str, *args: Any) -> HttpResponse:
    """To a page of these settings."""
    return see_other(f"sales:{name}", slug, *args)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
