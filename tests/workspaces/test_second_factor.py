import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.cast import PASSWORD
from tests.workspaces.pages import is_logged_in, link_in_letter, log_in_by_form
from workspaces.accounts import rotate_second_factors
from workspaces.actions import register_user

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))


@pytest.fixture
def ivan(db):
    return register_user(email="ivan@example.com", name="Ivan", password=PASSWORD, language="en")


@pytest.fixture
def sure_client(ivan, client) -> Client:
    """Ivan, who has just shown once more that it is him."""
    log_in_by_form(client, ivan.email, PASSWORD)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


@pytest.fixture
def secret(sure_client) -> str:
    """Ivan's second factor, turned on through the pages."""
    client = sure_client
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    response = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert response.status_code == 302
    cache.clear()  # the code was used; within the same half-minute the tests need it again
    return secret


def test_turning_it_on_shows_ten_recovery_codes_once(secret, client):
    first, second = (client.get("/accounts/2fa/recovery-codes/") for _ in range(2))
    assert len(first.context["unused_codes"]) == 10
    assert first.context["unused_codes"][0] in first.content.decode()
    assert first.context["unused_codes"][0] not in second.content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_message_tells_that_it_is_on(sure_client):
    client, codes = sure_client, "/accounts/2fa/recovery-codes/"
    secret = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    page = client.get(codes).text
    assert "The second factor is on" in page
    assert "New recovery codes are made" not in page
    client.post(f"{codes}generate/")
    assert "New recovery codes are made" in client.get(codes).text


def test_the_key_is_stored_encrypted(secret, ivan):
    for authenticator in Authenticator.objects.filter(user=ivan):
        assert secret not in str(authenticator.data)


def test_it_survives_a_change_of_keys(secret, ivan, settings):
    new = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, *settings.FIELD_KEYS]
    assert rotate_second_factors() == 2
    settings.FIELD_KEYS = [new]
    client = Client()
    log_in_by_form(client, ivan.email, PASSWORD)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_logged_in(client)


def test_a_wrong_code_does_not_turn_it_on(sure_client):
    sure_client.get("/accounts/2fa/totp/activate/")
    response = sure_client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert response.status_code == 422
    assert not Authenticator.objects.exists()


def test_the_password_alone_does_not_log_in(secret, ivan):
    client = Client()
    response = log_in_by_form(client, ivan.email, PASSWORD)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_logged_in(client)
    assert client.post("/accounts/2fa/authenticate/", {"code": "123"}).status_code == 422
    assert not is_logged_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert is_logged_in(client)


def test_a_code_by_mail_alone_does_not_log_in(secret, ivan):
    client = Client()
    client.post("/accounts/login/code/", {"email": ivan.email})
    code = mail.outbox[-1].body.split("\n\n")[1].strip()
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_logged_in(client)


def test_a_reset_password_alone_does_not_log_in(secret, ivan):
    client = Client()
    client.post("/accounts/password/reset/", {"email": ivan.email})
    form = client.get(link_in_letter(r"/accounts/password/reset/key/\S+"), follow=True)
    new = {"password1": "a brand new secret", "password2": "a brand new secret"}
    client.post(form.request["PATH_INFO"], new)
    assert not is_logged_in(client)
    log_in_by_form(client, ivan.email, new["password1"])
    assert not is_logged_in(client)


def test_an_invitation_does_not_go_around_it(secret, ivan, acme):
    from workspaces.actions import invite

    with acme.scope():
        _, token = invite(email=ivan.email, role="agent", by=acme.owner)
    client = Client()
    page = client.get(f"/invitations/{token}/")
    assert "Log in to accept" in page.content.decode()
    answers = {"name": "Ivan", "password": "seven green sofas", "consent": "on"}
    assert "/accounts/login/" in client.post(f"/invitations/{token}/", answers)["Location"]
    assert not is_logged_in(client)


def test_a_code_is_accepted_once(secret, ivan):
    code = code_of(secret)
    for expected in (True, False):
        client = Client()
        log_in_by_form(client, ivan.email, PASSWORD)
        client.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_logged_in(client) is expected


def test_a_recovery_code_is_accepted_once(secret, ivan, client):
    code = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"][0]
    for expected in (True, False):
        other = Client()
        log_in_by_form(other, ivan.email, PASSWORD)
        other.post("/accounts/2fa/authenticate/", {"code": code})
        assert is_logged_in(other) is expected


def test_changing_it_later_asks_who_is_there(ivan):
    client = Client()
    client.force_login(ivan, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get("/accounts/2fa/totp/activate/")
    assert response["Location"].startswith("/accounts/reauthenticate/")
