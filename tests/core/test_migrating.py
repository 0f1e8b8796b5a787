"""The quick picture of the models is the one that Django draws."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from core.postgresql.migrating import quick_states


def drawn(models):
    """What migrations ask of a model's class: columns, who points at it, indexes, constraints."""
    return {
        model._meta.label: (
            sorted(
                (field.name, str(getattr(field, "related_model", None)))
                for field in model._meta.get_fields(include_hidden=True)
            ),
            [field.column for field in model._meta.concrete_fields],
            sorted(index.name for index in model._meta.indexes),
            sorted(one.name for one in model._meta.constraints),
        )
        for model in models
    }


@pytest.mark.django_db
def test_models_that_were_added_one_by_one_are_those_drawn_at_once():
    loader = MigrationLoader(connection)
    steps = loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True)
    state = ProjectState(real_apps=loader.unmigrated_apps)
    _ = state.apps
    with quick_states():
        for step in steps:
            state = loader.graph.nodes[step].mutate_state(state)
    whole = loader.project_state().apps
    assert drawn(state.apps.get_models(include_auto_created=True)) == drawn(
        whole.get_models(include_auto_created=True)
    )
