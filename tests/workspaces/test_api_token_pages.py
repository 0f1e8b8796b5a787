from datetime import timedelta

import pytest
from django.utils import timezone

from tests.workspaces.pages import STREAM
from workspaces.actions import find_api_token
from workspaces.models import ApiToken
from workspaces.permissions import Verb

pytestmark = pytest.mark.django_db

ANSWERS = {"name": "1C", "role": "agent", "lifetime": "30"}


def secret_in(page: str) -> str:
    return page.split('data-clipboard-target="source">')[1].split("<", maxsplit=1)[0]


@pytest.mark.parametrize("headers", [{}, STREAM])
def test_a_token_is_shown_once(acme, log_in, headers):
    client = log_in(acme.anna)
    response = client.post(f"{acme.url}/settings/tokens/", ANSWERS, headers=headers)
    assert response.status_code == 200
    secret = secret_in(response.content.decode())
    assert find_api_token(secret) is not None
    page = client.get(f"{acme.url}/settings/tokens/").content.decode()
    assert "1C" in page
    assert secret not in page
    with acme.scope():
        assert secret not in str(ApiToken.objects.values())


def test_role_rights_and_lifetime_are_as_chosen(acme, log_in):
    log_in(acme.anna).post(
        f"{acme.url}/settings/tokens/", {**ANSWERS, "scopes": ["inbox.read", "events.read"]}
    )
    with acme.scope():
        token = ApiToken.objects.get()
    assert (token.role, token.scopes) == ("agent", ["inbox.read", "events.read"])
    assert token.created_by_id == acme.anna.pk
    lifetime = token.expires_at - timezone.now()
    assert timedelta(days=29, hours=23) < lifetime <= timedelta(days=30)


def test_every_right_has_words(acme, log_in):
    page = log_in(acme.anna).get(f"{acme.url}/settings/tokens/").content.decode()
    words = [page.split(f'value="{verb}"')[1].split("</label>")[0] for verb in Verb]
    assert [verb for verb, found in zip(Verb, words, strict=True) if verb in found] == []


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("role", "god"), ("lifetime", "9999"), ("scopes", "all"), ("role", "owner")],
)
def test_bad_answers_are_422(acme, log_in, field, value):
    response = log_in(acme.anna).post(f"{acme.url}/settings/tokens/", {**ANSWERS, field: value})
    assert response.status_code == 422
    with acme.scope():
        assert not ApiToken.objects.exists()


def test_a_token_is_revoked(acme, log_in):
    client = log_in(acme.anna)
    client.post(f"{acme.url}/settings/tokens/", ANSWERS)
    with acme.scope():
        token = ApiToken.objects.get()
    for _ in range(2):
        path = f"{acme.url}/settings/tokens/{token.pk}/revocation/"
        assert client.post(path).status_code == 303
    assert client.get(path).status_code == 405
    with acme.scope():
        assert not ApiToken.objects.get().is_usable


def test_an_agent_may_not_and_a_stranger_finds_nothing(acme, rival, log_in):
    for member, status in ((acme.boris, 403), (acme.marta, 403), (rival.rita, 404)):
        client = log_in(member)
        assert client.get(f"{acme.url}/settings/tokens/").status_code == status
        assert client.post(f"{acme.url}/settings/tokens/", ANSWERS).status_code == status
