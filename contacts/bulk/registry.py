"""Which actions the table offers for many contacts."""

from dataclasses import dataclass
from typing import Any

from django import forms

from core.conditions.fields import Words
from workspaces.models import Membership
from workspaces.permissions import Verb, can


@dataclass(frozen=True)
class BulkAction:
    """One action. `form` asks for what it needs, made with `viewer=`; `kind` is its job's.

    `place` orders the buttons: labels from 10, the owner 20, consent 25, export 30, block 90,
    erase 95. What `is_final` cannot be taken back.
    """

    name: str
    label: Words
    icon: str
    verb: Verb
    form: type["BulkForm"]
    kind: str
    submit: Words
    place: int = 50
    is_final: bool = False


class BulkForm(forms.Form):
    """What an action asks for. `settings` gives it as JSON, for the job."""

    def __init__(self, *args: Any, viewer: Membership, **kwargs: Any) -> None:
        self.viewer = viewer
        super().__init__(*args, **kwargs)

    def settings(self) -> dict[str, Any]:
        """The cleaned values as JSON."""
        return dict(self.cleaned_data)


_actions: dict[str, BulkAction] = {}


def register_bulk_action(action: BulkAction) -> None:
    """Offer an action to all members who may do it."""
    _actions[action.name] = action


def bulk_actions(viewer: Membership) -> list[BulkAction]:
    """What the viewer may do with many contacts."""
    allowed = [action for action in _actions.values() if can(viewer, action.verb)]
    return sorted(allowed, key=lambda action: action.place)


def bulk_action(name: str) -> BulkAction | None:
    """The action of a name, whoever may do it."""
    return _actions.get(name)
