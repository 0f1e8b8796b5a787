from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from channels_connectors.models import Channel
from core.crypto import decrypt
from tests.cast import make_channel
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db


def run(*arguments) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_create_workspace_prints_the_slug_and_the_owner_can_log_in():
    slug = run(
        "create_workspace", "Мебель", "--owner", "Owner@Example.com", "--password", "pass word 1"
    )
    assert slug == "mebel"
    assert Workspace.objects.get().slug == slug
    assert User.objects.get().check_password("pass word 1")
    assert run("create_workspace", "Мебель", "--owner", "owner@example.com") == "mebel-2"
    assert User.objects.count() == 1


def test_create_workspace_refuses_a_bad_owner():
    with pytest.raises(CommandError, match="not an e-mail"):
        run("create_workspace", "X", "--owner", "nobody")


def test_api_token_prints_only_the_token(acme):
    secret = run("api_token", "acme")
    assert secret.startswith("tdm_")
    assert "\n" not in secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/members/").status_code == 200


def test_api_token_takes_a_role_and_scopes(acme):
    secret = run("api_token", "acme", "--role", "agent", "--scopes", "inbox.read", "contacts.read")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/contacts/").status_code == 200
    assert client.get("/api/v1/events/").status_code == 403
    with pytest.raises(CommandError, match="Unknown scopes: everything"):
        run("api_token", "acme", "--scopes", "everything")
    with pytest.raises(CommandError, match="no workspace"):
        run("api_token", "nowhere")


def test_rotate_keys_makes_old_keys_needless(acme, rival, settings):
    old, new = settings.FIELD_KEYS, Fernet.generate_key().decode()
    with acme.scope():
        channel = make_channel(credentials={"token": "secret"})
    settings.FIELD_KEYS = [new, *old]
    assert run("rotate_keys").startswith("1 secret")
    settings.FIELD_KEYS = [new]
    with acme.scope():
        assert Channel.objects.get(pk=channel.pk).credentials == {"token": "secret"}
        with connection.cursor() as cursor:
            cursor.execute("select credentials from channels_connectors_channel")
            stored = bytes(cursor.fetchone()[0])
    assert b"secret" not in stored
    assert decrypt(stored) == {"token": "secret"}
