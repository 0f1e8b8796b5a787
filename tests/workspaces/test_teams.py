import pytest

from events.models import Event
from workspaces.models import Team

pytestmark = pytest.mark.django_db


def test_a_team_is_created_with_its_members(acme, log_in):
    response = log_in(acme.anna).post(
        f"{acme.url}/settings/teams/", {"name": "Branch", "members": [acme.boris.pk, acme.vera.pk]}
    )
    assert response.status_code == 303
    with acme.scope():
        team = Team.objects.get(name="Branch")
        assert set(team.members.all()) == {acme.boris, acme.vera}


def test_a_team_is_renamed_and_refilled(acme, log_in):
    client = log_in(acme.anna)
    for _ in range(2):
        response = client.post(
            f"{acme.url}/settings/teams/{acme.sales.pk}/",
            {"name": "Sellers", "members": [acme.vera.pk]},
        )
        assert response.status_code == 303
    with acme.scope():
        assert list(Team.objects.get(name="Sellers").members.all()) == [acme.vera]
        assert Event.objects.filter(action="team.changed").count() == 1


def test_bad_names_and_foreign_members_are_422(acme, rival, log_in):
    client = log_in(acme.anna)
    for answers in (
        {"name": ""},
        {"name": "sales"},
        {"name": "x" * 81},
        {"name": "Branch", "members": [rival.rita.pk]},
        {"name": "Branch", "members": ["x"]},
    ):
        assert client.post(f"{acme.url}/settings/teams/", answers).status_code == 422, answers
    rename = client.post(f"{acme.url}/settings/teams/{acme.sales.pk}/", {"name": "Support"})
    assert rename.status_code == 422
    with acme.scope():
        assert set(Team.objects.values_list("name", flat=True)) == {"Sales", "Support"}


def test_an_agent_may_not_and_a_stranger_finds_nothing(acme, rival, log_in):
    for path in ("teams/", f"teams/{acme.sales.pk}/"):
        for method in ("get", "post"):
            for member, status in ((acme.boris, 403), (rival.rita, 404)):
                client = log_in(member)
                answer = getattr(client, method)(f"{acme.url}/settings/{path}", {"name": "X"})
                assert answer.status_code == status


def test_an_empty_list_teaches_the_next_step(rival, log_in):
    assert (
        "Teams will be here"
        in log_in(rival.rita).get(f"{rival.url}/settings/teams/").content.decode()
    )
