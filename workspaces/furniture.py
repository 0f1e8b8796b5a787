"""What a new workspace is made with, by the floors above: a pipeline, say."""

from collections.abc import Callable

from workspaces.models import Workspace

Furnisher = Callable[[Workspace], None]

_furnishers: list[Furnisher] = []


def on_new_workspace(furnisher: Furnisher) -> None:
    """Call this in the scope and the transaction of each workspace that is made."""
    if furnisher not in _furnishers:
        _furnishers.append(furnisher)


def furnish(workspace: Workspace) -> None:
    """Let everybody put in what belongs there."""
    for furnisher in _furnishers:
        furnisher(workspace)
