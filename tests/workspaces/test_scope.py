import pytest
from django.db import connection

from inbox.models import Conversation
from tests.cast import make_channel, make_conversation
from workspaces.models import Membership, Team
from workspaces.scope import (
    ScopeConflict,
    WorkspaceMissing,
    current_workspace_id,
    workspace_scope,
)

pytestmark = pytest.mark.django_db


def workspace_in_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.workspace_id', true)")
        return cursor.fetchone()[0] or ""


def test_a_query_without_a_workspace_raises(acme):
    with pytest.raises(WorkspaceMissing):
        Membership.objects.count()
    with pytest.raises(WorkspaceMissing):
        Team(name="Nobody's").save()


def test_the_scope_sets_python_and_the_database_and_takes_both_back(acme):
    with acme.scope():
        assert current_workspace_id() == acme.workspace.id
        assert workspace_in_database() == str(acme.workspace.id)
    assert workspace_in_database() == ""
    with pytest.raises(WorkspaceMissing):
        current_workspace_id()


def test_a_failed_scope_leaves_nothing_behind(acme):
    with pytest.raises(ZeroDivisionError), acme.scope():
        Team.objects.create(name="Night shift")
        _ = 1 / 0
    assert workspace_in_database() == ""
    with acme.scope():
        assert not Team.objects.filter(name="Night shift").exists()


def test_nesting_joins_the_same_workspace_and_refuses_another(acme, rival):
    with acme.scope():
        with acme.scope():
            assert Membership.objects.count() == 5
        assert workspace_in_database() == str(acme.workspace.id)
        with pytest.raises(ScopeConflict), workspace_scope(rival.workspace.id):
            pass


def test_a_row_takes_its_workspace_from_the_scope_and_keeps_it(acme, rival):
    with acme.scope():
        conversation = make_conversation(make_channel())
        assert conversation.workspace_id == acme.workspace.id
    with rival.scope():
        with pytest.raises(ScopeConflict):
            conversation.save()
        assert not Conversation.objects.filter(pk=conversation.pk).exists()
