import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import make_token
from workspaces.models import ApiToken, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def api():
    """`api(secret)` gives a client that sends the token."""

    def make(secret: str) -> Client:
        return Client(headers={"Authorization": f"Bearer {secret}"})

    return make


def test_a_token_opens_its_own_workspace(acme, rival, api):
    with acme.scope():
        secret = make_token()
    names = {row["name"] for row in api(secret).get("/api/v1/members/").json()["results"]}
    assert names == {"Olga", "Anna", "Boris", "Vera", "Marta"}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Basic abc", "Bearer tdm_x.y"])
def test_without_a_token_nothing_opens(acme, header):
    answer = Client(headers={"Authorization": header}).get("/api/v1/members/")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_a_revoked_or_expired_token_is_dead(acme, api, field):
    with acme.scope():
        secret = make_token()
        ApiToken.objects.update(**{field: timezone.now()})
    assert api(secret).get("/api/v1/members/").status_code == 401


def test_the_role_limits_the_token(acme, api):
    with acme.scope():
        secret = make_token(role=Role.ANALYST)
    assert api(secret).get("/api/v1/events/").status_code == 403
    assert api(secret).get("/api/v1/contacts/").status_code == 200
    assert api(secret).post("/api/v1/contacts/", {"name": "Maria"}).status_code == 403


def test_scopes_narrow_the_role(acme, api):
    with acme.scope():
        secret = make_token(scopes=["events.read"])
    assert api(secret).get("/api/v1/events/").status_code == 200
    assert api(secret).get("/api/v1/contacts/").status_code == 403


def test_the_secret_is_stored_nowhere(acme):
    with acme.scope():
        secret = make_token()
        token = ApiToken.objects.get()
    assert secret.startswith(f"{token.prefix}.")
    assert secret.split(".")[1] not in repr(vars(token))


def test_an_unknown_address_answers_as_a_problem(acme, api):
    with acme.scope():
        secret = make_token()
    answer = api(secret).get("/api/v1/nothing/here/")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404
