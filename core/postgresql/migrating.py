"""Migrations' picture of the models, kept up without drawing all of it anew at each step."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.db.migrations.state import ModelState, ProjectState


@contextmanager
def quick_states() -> Iterator[None]:
    """What a migration only adds to the picture is added alone.

    Django makes the classes of all models that are related to a new one again, at every new model,
    index and constraint: 5,400 classes for our hundred tables, which took most of a first start.
    """
    with (
        patch.object(ProjectState, "add_model", _add_model),
        patch.object(ProjectState, "_append_option", _append_option),
    ):
        yield


def _add_model(state: ProjectState, added: ModelState) -> None:
    key = added.app_label, added.name_lower
    state.models[key] = added
    if state._relations is not None:  # type: ignore[attr-defined]
        state.resolve_model_relations(key)
    if "apps" not in state.__dict__:
        return
    state.apps.render_multiple([added])
    for model in state.apps.get_models(include_auto_created=True):
        # Where a class looks for those that point at it, such as the new one.
        model._meta.apps = state.apps
    state.apps.clear_cache()


def _append_option(
    state: ProjectState, app_label: str, model_name: str, option_name: str, value: Any
) -> None:
    # Indexes and constraints change no field of a model.
    options = state.models[app_label, model_name].options
    options[option_name] = [*options.get(option_name, ()), value]
    if "apps" in state.__dict__:
        meta = state.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name), value])
