"""Settings out of environment variables."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment
from config.launch import state


def test_database_url_with_host_and_options():
    found = environment.database("postgresql://anna:p%40ss@db.example:6432/crm?sslmode=require")
    assert found == {
        "NAME": "crm",
        "USER": "anna",
        "PASSWORD": "p@ss",
        "HOST": "db.example",
        "PORT": "6432",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_url_with_a_socket():
    found = environment.database("postgresql://tandem@/tandem?host=/run/postgresql")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/run/postgresql", "", {})


def test_another_database_is_refused():
    with pytest.raises(ImproperlyConfigured):
        environment.database("mysql://localhost/crm")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp+tls://user:secret@mail.example", 587, True, False),
        ("smtps://mail.example:2465", 2465, False, True),
    ],
)
def test_email_url(url, port, tls, ssl):
    found = environment.email(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)


def test_a_missing_secret_is_an_error(monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
        environment.required("SECRET_KEY")


def test_an_own_database_never_gets_made_up_secrets(tmp_path):
    environ = {"TANDEM_DATA": str(tmp_path), "DATABASE_URL": "postgresql://db.example/crm"}
    state.adopt(environ)
    assert "SECRET_KEY" not in environ
    assert list(tmp_path.iterdir()) == []


def test_a_local_folder_keeps_its_secrets(tmp_path):
    first = {"TANDEM_DATA": str(tmp_path)}
    second = dict(first)
    state.adopt(first)
    state.adopt(second)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["FIELD_KEYS"] == second["FIELD_KEYS"]
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600


def test_a_torn_state_file_counts_as_none(tmp_path):
    state.running_file(tmp_path).write_text('{"DATABASE_URL": "postg')
    assert state.read_json(state.running_file(tmp_path)) == {}
