import pytest
from django.core import mail
from django.test import Client

from tests.cast import PASSWORD
from tests.workspaces.pages import is_logged_in, link_in_letter, log_in_by_form
from workspaces.actions import register_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivan(db):
    return register_user(email="ivan@example.com", name="Ivan", password=PASSWORD, language="en")


def test_logging_in_leads_to_the_last_workspace(acme, client):
    response = log_in_by_form(client, acme.owner.user.email, PASSWORD)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/w/acme/"


def test_a_wrong_password_is_422_and_names_neither_field(ivan, client):
    known = log_in_by_form(client, ivan.email, "wrong password")
    unknown = log_in_by_form(client, "nobody@example.com", "wrong password")
    assert known.status_code == unknown.status_code == 422
    assert "The e-mail or the password does not match" in known.content.decode()
    assert "The e-mail or the password does not match" in unknown.content.decode()
    assert not is_logged_in(client)


def test_whoever_guesses_passwords_is_slowed_down(ivan, client):
    for _ in range(5):
        log_in_by_form(client, ivan.email, "wrong password")
    response = log_in_by_form(client, ivan.email, PASSWORD)
    assert response.status_code in {422, 429}
    assert not is_logged_in(client)


def test_a_session_that_is_not_remembered_ends_with_the_browser(ivan):
    short, long = Client(), Client()
    log_in_by_form(short, ivan.email, PASSWORD)
    log_in_by_form(long, ivan.email, PASSWORD, remember="on")
    assert short.session.get_expire_at_browser_close()
    assert not long.session.get_expire_at_browser_close()


def test_logging_out_needs_a_post(ivan, client):
    log_in_by_form(client, ivan.email, PASSWORD)
    client.get("/accounts/logout/")
    assert is_logged_in(client)
    client.post("/accounts/logout/")
    assert not is_logged_in(client)


def test_a_switched_off_account_does_not_get_in(ivan, client):
    ivan.is_active = False
    ivan.save()
    log_in_by_form(client, ivan.email, PASSWORD)
    assert not is_logged_in(client)


def test_a_password_is_reset_by_a_link_that_works_once(ivan, client):
    client.post("/accounts/password/reset/", {"email": ivan.email})
    path = link_in_letter(r"/accounts/password/reset/key/\S+")
    form = client.get(path, follow=True)
    new = {"password1": "a brand new secret", "password2": "a brand new secret"}
    assert client.post(form.request["PATH_INFO"], new).status_code == 302
    assert not is_logged_in(client)
    log_in_by_form(client, ivan.email, new["password1"])
    assert is_logged_in(client)
    assert "does not work any more" in Client().get(path, follow=True).content.decode()


def test_asking_for_a_reset_tells_nobody_who_has_an_account(ivan, client):
    known = client.post("/accounts/password/reset/", {"email": ivan.email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "no@example.com"}, follow=True)
    assert known.request["PATH_INFO"] == unknown.request["PATH_INFO"]
    assert "If there is an account" in known.content.decode()
    assert "If there is an account" in unknown.content.decode()


def test_a_code_by_mail_logs_in(ivan, client):
    client.post("/accounts/login/code/", {"email": ivan.email})
    code = mail.outbox[-1].body.split("\n\n")[1].strip()
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert is_logged_in(client)


def test_a_wrong_code_does_not_log_in(ivan, client):
    client.post("/accounts/login/code/", {"email": ivan.email})
    response = client.post("/accounts/login/code/confirm/", {"code": "nonsense"})
    assert response.status_code == 422
    assert not is_logged_in(client)


def test_letters_are_in_the_readers_language(ivan, client):
    ivan.language = "ru"
    ivan.save()
    client.post("/accounts/password/reset/", {"email": ivan.email})
    assert mail.outbox[-1].subject == "Новый пароль"
    assert not mail.outbox[-1].alternatives
