import re

import pytest
from django.test import Client

from workspaces.actions import add_member, create_workspace, deactivate_member, register_user
from workspaces.middleware import memberships_of
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

NEW = {"name": "Ладога", "slug": "", "time_zone": "Europe/Moscow", "currency": "RUB"}


def test_a_person_lands_in_the_workspace_used_last(acme, rival, log_in):
    with rival.scope():
        add_member(user=acme.anna.user, role="agent")
    client = log_in(acme.anna)
    assert client.get("/")["Location"] == "/w/acme/"
    client.get("/w/rival/")
    assert client.get("/")["Location"] == "/w/rival/"


def test_a_workspace_that_closed_is_not_landed_in(acme, rival, log_in):
    with rival.scope():
        membership = add_member(user=acme.anna.user, role="agent")
    client = log_in(acme.anna)
    client.get("/w/rival/")
    with rival.scope():
        deactivate_member(membership=membership, by=rival.rita)
    assert client.get("/")["Location"] == "/w/acme/"


def test_a_person_without_a_workspace_is_told_what_to_do(db, client):
    client.force_login(register_user(email="new@example.com", name="New", password=None))
    response = client.get("/", follow=True)
    assert response.request["PATH_INFO"] == "/workspaces/"
    assert "No workspace yet" in response.content.decode()
    assert client.get("/workspaces/security/", follow=True).status_code == 200


def test_the_switcher_lists_ones_own_workspaces_only(acme, rival, log_in):
    page = log_in(acme.anna).get("/workspaces/").content.decode()
    assert "Acme" in page
    assert "Rival" not in page


def test_one_person_can_open_a_second_workspace(acme, log_in):
    client = log_in(acme.boris)
    response = client.post("/workspaces/new/", NEW)
    assert (response.status_code, response["Location"]) == (303, "/w/ladoga/")
    assert len(memberships_of(acme.boris.user_id)) == 2


@pytest.mark.parametrize(("field", "value"), [("name", ""), ("slug", "acme"), ("currency", "???")])
def test_a_second_workspace_with_bad_answers_is_422(acme, log_in, field, value):
    response = log_in(acme.boris).post("/workspaces/new/", {**NEW, field: value})
    assert response.status_code == 422
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize("path", ["/", "/workspaces/", "/workspaces/new/", "/w/acme/"])
def test_without_a_log_in_there_is_only_the_log_in(acme, path):
    response = Client().get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=")


def test_the_language_of_the_person_wins_over_the_browsers(acme, log_in):
    acme.anna.user.language = "ru"
    acme.anna.user.save()
    page = log_in(acme.anna).get("/workspaces/", headers={"Accept-Language": "en"})
    assert '<html lang="ru"' in page.content.decode()


def test_the_theme_of_the_person_is_on_the_page(acme, log_in):
    acme.anna.user.theme = "dark"
    acme.anna.user.save()
    assert 'data-theme="dark"' in log_in(acme.anna).get("/workspaces/").content.decode()


def test_times_are_written_in_the_workspaces_zone_until_the_person_chooses(acme, log_in):
    client = log_in(acme.anna)
    zone = '<meta name="current-time-zone" content="{}">'
    page = client.get("/w/acme/settings/").content.decode()
    assert zone.format(acme.workspace.time_zone) in page
    acme.anna.user.time_zone = "Asia/Omsk"
    acme.anna.user.save()
    assert zone.format("Asia/Omsk") in client.get("/w/acme/settings/").content.decode()


def test_the_rail_shows_no_section_that_is_not_there(acme, log_in):
    client = log_in(acme.anna)
    page = client.get("/w/acme/settings/").content.decode()
    rail = page[page.index('<nav class="rail"') : page.index("</nav>")]
    for address in re.findall(r'<a [^>]*href="([^"]+)"', rail):
        assert client.get(address, follow=True).status_code == 200, address


def test_two_workspaces_of_one_name_get_two_addresses(db):
    owner = register_user(email="a@example.com", name="A", password=None)
    slugs = [create_workspace(name="Ёлки & Co", owner=owner)[0].slug for _ in range(3)]
    assert slugs == ["elki-co", "elki-co-2", "elki-co-3"]
