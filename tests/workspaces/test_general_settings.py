import pytest

from events.models import Event

pytestmark = pytest.mark.django_db

CHANGES = {"name": "Acme & Sons", "time_zone": "Europe/London", "currency": "GBP", "language": "en"}


def test_an_administrator_renames_the_workspace(acme, log_in):
    client = log_in(acme.anna)
    for _ in range(2):
        assert client.post(f"{acme.url}/settings/general/", CHANGES).status_code == 303
    acme.workspace.refresh_from_db()
    assert {field: getattr(acme.workspace, field) for field in CHANGES} == CHANGES
    with acme.scope():
        assert Event.objects.filter(action="workspace.changed").count() == 1


@pytest.mark.parametrize(
    ("field", "value"), [("name", ""), ("time_zone", "x"), ("currency", "x"), ("language", "x")]
)
def test_bad_values_are_422(acme, log_in, field, value):
    response = log_in(acme.anna).post(f"{acme.url}/settings/general/", {**CHANGES, field: value})
    assert response.status_code == 422
    acme.workspace.refresh_from_db()
    assert acme.workspace.name == "Acme"


def test_the_address_can_not_be_changed_by_the_form(acme, log_in):
    log_in(acme.anna).post(f"{acme.url}/settings/general/", {**CHANGES, "slug": "other"})
    acme.workspace.refresh_from_db()
    assert acme.workspace.slug == "acme"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_agent_may_not(acme, log_in, method):
    client = log_in(acme.boris)
    assert getattr(client, method)(f"{acme.url}/settings/general/").status_code == 403


def test_a_stranger_finds_nothing(acme, rival, log_in):
    assert log_in(rival.rita).post(f"{acme.url}/settings/general/", CHANGES).status_code == 404
