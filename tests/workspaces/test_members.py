import pytest
from django.test import Client

from events.models import Event
from tests.cast import PASSWORD, make_token
from tests.workspaces.pages import STREAM, log_in_by_form
from workspaces.actions import add_member, create_api_token
from workspaces.models import ApiToken, Membership, Team

pytestmark = pytest.mark.django_db


def page_of(acme, member) -> str:
    return f"{acme.url}/settings/members/{member.pk}/"


def answers(**changes):
    return {"role": "agent", "visibility": "own", "takes_conversations": "on", **changes}


def reload(acme, member) -> Membership:
    with acme.scope():
        return Membership.objects.get(pk=member.pk)


def test_the_page_lists_everybody(acme, log_in):
    page = log_in(acme.anna).get(f"{acme.url}/settings/members/").content.decode()
    for member in (acme.owner, acme.anna, acme.boris, acme.vera, acme.marta):
        assert member.user.email in page


def test_an_administrator_changes_role_sight_and_teams(acme, log_in):
    client = log_in(acme.anna)
    for _ in range(2):
        response = client.post(
            page_of(acme, acme.boris), answers(role="supervisor", teams=[acme.support.pk])
        )
        assert response.status_code == 303
    boris = reload(acme, acme.boris)
    assert (boris.role, boris.visibility) == ("supervisor", "own")
    with acme.scope():
        assert list(boris.teams.values_list("name", flat=True)) == ["Support"]
        assert Event.objects.filter(action="member.changed").count() == 1


def test_bad_values_are_422(acme, log_in):
    client = log_in(acme.anna)
    assert client.post(page_of(acme, acme.boris), answers(role="god")).status_code == 422
    assert client.post(page_of(acme, acme.boris), answers(teams=["x"])).status_code == 422


def test_a_team_of_another_workspace_is_no_choice(acme, rival, log_in):
    with rival.scope():
        theirs = Team.objects.create(name="Theirs")
    response = log_in(acme.anna).post(page_of(acme, acme.boris), answers(teams=[theirs.pk]))
    assert response.status_code == 422


def test_only_an_owner_makes_and_unmakes_owners(acme, log_in):
    admin, owner = log_in(acme.anna), log_in(acme.owner)
    assert admin.post(page_of(acme, acme.anna), answers(role="owner")).status_code == 422
    assert admin.post(page_of(acme, acme.owner), answers(role="agent")).status_code == 422
    assert admin.post(page_of(acme, acme.owner) + "deactivation/").status_code == 422
    assert owner.post(page_of(acme, acme.anna), answers(role="owner")).status_code == 303
    assert reload(acme, acme.anna).role == "owner"


def test_the_last_owner_stays_one(acme, log_in):
    response = log_in(acme.owner).post(page_of(acme, acme.owner), answers(role="admin"))
    assert response.status_code == 422
    assert "needs an owner" in response.content.decode()
    assert reload(acme, acme.owner).role == "owner"


def test_nobody_shuts_themselves_out(acme, log_in):
    assert log_in(acme.anna).post(page_of(acme, acme.anna) + "deactivation/").status_code == 422
    assert reload(acme, acme.anna).is_active


def test_deactivation_ends_pages_sessions_and_tokens_at_once(acme, log_in):
    boris = Client()
    log_in_by_form(boris, acme.boris.user.email, PASSWORD)
    assert boris.get("/workspaces/").status_code == 200
    with acme.scope():
        token = create_api_token(name="boris", by=acme.boris).token
        kept = create_api_token(name="anna", by=acme.anna).token
    client = log_in(acme.anna)
    for _ in range(2):
        assert client.post(page_of(acme, acme.boris) + "deactivation/").status_code == 303
    assert not reload(acme, acme.boris).is_active
    assert boris.get("/workspaces/").status_code == 302  # logged out
    with acme.scope():
        assert not ApiToken.objects.get(pk=token.pk).is_usable
        assert ApiToken.objects.get(pk=kept.pk).is_usable
        assert Event.objects.filter(action="member.removed").count() == 1


def test_who_works_elsewhere_too_stays_logged_in_there(acme, rival, log_in):
    with rival.scope():
        add_member(user=acme.boris.user, role="agent")
    boris = log_in(acme.boris)
    log_in(acme.anna).post(page_of(acme, acme.boris) + "deactivation/")
    assert boris.get(f"{acme.url}/settings/").status_code == 404
    assert boris.get(f"{rival.url}/settings/").status_code == 200


def test_access_can_be_given_back(acme, log_in):
    client = log_in(acme.anna)
    client.post(page_of(acme, acme.boris) + "deactivation/")
    for _ in range(2):
        assert client.post(page_of(acme, acme.boris) + "reactivation/").status_code == 303
    assert reload(acme, acme.boris).is_active
    assert log_in(acme.boris).get(f"{acme.url}/settings/").status_code == 200


@pytest.mark.parametrize("rest", ["deactivation/", "reactivation/"])
def test_access_is_not_changed_by_a_get(acme, log_in, rest):
    assert log_in(acme.anna).get(page_of(acme, acme.boris) + rest).status_code == 405


@pytest.mark.parametrize("who", ["boris", "marta"])
@pytest.mark.parametrize("rest", ["", "deactivation/", "reactivation/"])
def test_others_may_not(acme, log_in, who, rest):
    client = log_in(getattr(acme, who))
    assert client.post(page_of(acme, acme.vera) + rest, answers()).status_code == 403
    assert client.get(f"{acme.url}/settings/members/").status_code == 403


def test_a_stranger_finds_nothing(acme, rival, log_in):
    client = log_in(rival.rita)
    assert client.get(f"{acme.url}/settings/members/").status_code == 404
    assert client.get(f"{rival.url}/settings/members/{acme.boris.pk}/").status_code == 404


def test_a_token_acts_for_nobodys_page(acme):
    with acme.scope():
        secret = make_token()
    client = Client(headers={"Authorization": f"Bearer {secret}", **STREAM})
    assert client.get(f"{acme.url}/settings/members/").status_code == 302
