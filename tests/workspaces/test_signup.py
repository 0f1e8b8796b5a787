import pytest
from django.core import mail

from tests.workspaces.pages import is_logged_in, link_in_letter
from workspaces.middleware import memberships_of
from workspaces.models import User, Workspace

pytestmark = pytest.mark.django_db

ANSWERS = {
    "company": "Мастерская «Север»",
    "slug": "",
    "name": "Анна Ковалёва",
    "email": "anna@sever.example",
    "password1": "seven green sofas",
    "time_zone": "Asia/Omsk",
    "currency": "KZT",
    "consent": "on",
}


def sign_up(client, **changes):
    return client.post("/accounts/signup/", {**ANSWERS, **changes})


def test_signing_up_makes_a_person_and_their_workspace(client):
    response = sign_up(client)
    assert response.status_code == 302
    user = User.objects.get(email="anna@sever.example")
    workspace = Workspace.objects.get(slug="masterskaya-sever")
    assert (user.name, user.last_workspace) == ("Анна Ковалёва", workspace)
    assert user.terms_accepted_at
    assert (workspace.name, workspace.time_zone, workspace.currency) == (
        "Мастерская «Север»", "Asia/Omsk", "KZT",
    )  # fmt: skip
    assert [workspace_id for workspace_id, _ in memberships_of(user.pk)] == [workspace.pk]
    assert is_logged_in(client)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("company", ""),
        ("name", ""),
        ("email", "anna@sever"),
        ("password1", "short"),
        ("password1", "1234567890"),
        ("time_zone", "Mars/Olympus"),
        ("currency", "XXX"),
        ("consent", ""),
        ("slug", "не латиница"),
        ("slug", "settings"),
    ],
)
def test_a_bad_answer_is_422_and_leaves_nothing_behind(client, field, value):
    response = sign_up(client, **{field: value})
    assert response.status_code == 422
    assert "field__error" in response.content.decode()
    assert not User.objects.exists()
    assert not Workspace.objects.exists()


def test_an_address_that_is_taken_is_refused_and_a_proposed_one_moves_aside(acme, client):
    assert sign_up(client, slug="ACME").status_code == 422
    assert sign_up(client, company="Acme").status_code == 302
    assert Workspace.objects.filter(slug="acme-2").exists()


def test_where_mail_works_an_e_mail_must_be_confirmed_before_the_first_log_in(client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    sign_up(client)
    assert not is_logged_in(client)
    client.post(link_in_letter(r"/accounts/confirm-email/\S+"))
    answers = {"login": ANSWERS["email"], "password": ANSWERS["password1"]}
    client.post("/accounts/login/", answers)
    assert is_logged_in(client)


def test_signing_up_with_a_known_e_mail_looks_like_any_sign_up(acme, client, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    new = sign_up(client)
    known = sign_up(client, email=acme.anna.user.email)
    assert (new.status_code, new["Location"]) == (known.status_code, known["Location"])
    assert mail.outbox[-1].to == [acme.anna.user.email]
    assert mail.outbox[-1].subject == "You already have an account"
    assert Workspace.objects.count() == 2  # acme and the new person's
