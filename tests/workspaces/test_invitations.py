import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.workspaces.pages import STREAM, is_logged_in, link_in_letter
from workspaces.actions import change_member, deactivate_member, invite, register_user
from workspaces.models import Invitation, Membership, User

pytestmark = pytest.mark.django_db

ANSWERS = {"name": "Nina", "password": "seven green sofas", "consent": "on"}


def send(client, acme, **changes):
    return client.post(
        f"{acme.url}/settings/invitations/",
        {"email": "nina@example.com", "role": "agent", "visibility": "team", **changes},
    )


@pytest.fixture
def offer(acme):
    """(invitation, token) for Nina, as an agent of the sales team."""
    with acme.scope():
        return invite(
            email="Nina@Example.com", role="agent", visibility="team", team=acme.sales, by=acme.anna
        )


def membership_of(acme, email: str) -> Membership | None:
    with acme.scope():
        return Membership.objects.filter(user__email=email, is_active=True).first()


def test_an_invitation_comes_by_mail_and_on_the_screen(
    acme, log_in, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        page = send(log_in(acme.anna), acme).content.decode()
    path = link_in_letter(r"/invitations/\S+")
    assert path in page
    assert mail.outbox[0].to == ["nina@example.com"]
    assert "Anna invites you to Acme" in mail.outbox[0].body
    assert Client().get(path).status_code == 200


def test_with_turbo_the_link_comes_as_a_stream_and_is_stored_nowhere(acme, log_in):
    client = log_in(acme.anna)
    response = client.post(
        f"{acme.url}/settings/invitations/",
        {"email": "nina@example.com", "role": "agent", "visibility": "team"},
        headers=STREAM,
    )
    assert response["Content-Type"].startswith("text/vnd.turbo-stream.html")
    token = re.findall(r"/invitations/([-\w]{43})/", response.content.decode())[0]
    assert Client().get(f"/invitations/{token}/").status_code == 200
    assert token not in client.get(f"{acme.url}/settings/members/").content.decode()
    with acme.scope():
        assert token not in str(Invitation.objects.values())


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "nina"), ("role", "god"), ("visibility", "x"), ("email", "boris@example.com")],
)
def test_bad_invitations_are_422(acme, log_in, field, value):
    assert send(log_in(acme.anna), acme, **{field: value}).status_code == 422
    with acme.scope():
        assert not Invitation.objects.exists()


def test_an_administrator_may_not_invite_an_owner(acme, log_in):
    assert send(log_in(acme.anna), acme, role="owner").status_code == 422
    assert send(log_in(acme.owner), acme, role="owner").status_code == 200


def test_inviting_again_ends_the_earlier_link(acme, offer):
    with acme.scope():
        invite(email="nina@example.com", role="agent", by=acme.anna)
    page = Client().get(f"/invitations/{offer[1]}/")
    assert page.status_code == 404
    assert "does not work any more" in page.text


def test_a_new_person_joins_with_name_and_password(acme, offer, client):
    page = client.get(f"/invitations/{offer[1]}/")
    assert page["Referrer-Policy"] == "no-referrer"
    response = client.post(f"/invitations/{offer[1]}/", ANSWERS)
    assert response["Location"] == "/w/acme/"
    assert is_logged_in(client)
    nina = membership_of(acme, "nina@example.com")
    assert nina is not None
    with acme.scope():
        assert (nina.role, nina.visibility, nina.teams.get().name) == ("agent", "team", "Sales")
    assert User.objects.get(email="nina@example.com").emailaddress_set.get().verified


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("password", "short"), ("consent", "")])
def test_bad_answers_of_a_new_person_are_422(acme, offer, client, field, value):
    response = client.post(f"/invitations/{offer[1]}/", {**ANSWERS, field: value})
    assert response.status_code == 422
    assert not User.objects.filter(email="nina@example.com").exists()


def test_a_known_person_logs_in_and_joins(acme, offer, client):
    nina = register_user(email="nina@example.com", name="Nina", password="seven green sofas")
    page = client.get(f"/invitations/{offer[1]}/").content.decode()
    assert f"/accounts/login/?next=/invitations/{offer[1]}/" in page
    client.force_login(nina)
    assert client.post(f"/invitations/{offer[1]}/")["Location"] == "/w/acme/"
    assert membership_of(acme, "nina@example.com") is not None


def test_it_is_bound_to_its_e_mail(acme, rival, offer, log_in):
    client = log_in(rival.rita)
    assert "for nina@example.com" in client.get(f"/invitations/{offer[1]}/").content.decode()
    assert client.post(f"/invitations/{offer[1]}/").status_code == 422
    assert membership_of(acme, rival.rita.user.email) is None


def test_it_works_once(acme, offer, client):
    client.post(f"/invitations/{offer[1]}/", ANSWERS)
    for visitor in (client, Client()):
        assert visitor.get(f"/invitations/{offer[1]}/").status_code == 404
        assert visitor.post(f"/invitations/{offer[1]}/", ANSWERS).status_code == 404


def test_expired_revoked_empty_and_altered_tokens_are_404(acme, offer, log_in):
    invitation, token = offer
    altered = [token.swapcase(), token[:-1], token + "x", "%20", "%00", "x" * 2000]
    for path in altered:
        assert Client().get(f"/invitations/{path}/").status_code == 404, path
    with acme.scope():
        invitation.expires_at = timezone.now() - timedelta(minutes=10)
        invitation.save()
    assert Client().post(f"/invitations/{token}/", ANSWERS).status_code == 404
    with acme.scope():
        invitation.expires_at = timezone.now() + timedelta(hours=1)
        invitation.save()
    client = log_in(acme.anna)
    for _ in range(2):
        path = f"{acme.url}/settings/invitations/{invitation.pk}/revocation/"
        assert client.post(path).status_code == 303
    assert Client().get(f"/invitations/{token}/").status_code == 404


def test_it_is_worth_nothing_once_the_inviter_may_not_invite(acme, offer, client):
    with acme.scope():
        change_member(
            membership=acme.anna,
            role="agent",
            visibility="all",
            takes_conversations=True,
            teams=[],
            by=acme.owner,
        )
    assert client.post(f"/invitations/{offer[1]}/", ANSWERS).status_code == 404
    assert not User.objects.filter(email="nina@example.com").exists()


def test_a_former_member_comes_back_by_invitation(acme, client):
    with acme.scope():
        deactivate_member(membership=acme.boris, by=acme.owner)
        _, token = invite(email=acme.boris.user.email, role="marketer", by=acme.owner)
    client.force_login(acme.boris.user)
    client.post(f"/invitations/{token}/")
    boris = membership_of(acme, acme.boris.user.email)
    assert boris is not None
    assert (boris.pk, boris.role) == (acme.boris.pk, "marketer")


def test_it_opens_only_its_own_workspace(acme, rival, offer, client):
    client.post(f"/invitations/{offer[1]}/", ANSWERS)
    assert client.get(f"{rival.url}/settings/").status_code == 404


def test_agents_and_strangers_do_not_invite(acme, rival, log_in):
    assert send(log_in(acme.boris), acme).status_code == 403
    assert send(log_in(rival.rita), acme).status_code == 404
    assert not mail.outbox
