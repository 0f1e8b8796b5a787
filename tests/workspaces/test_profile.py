import pytest

pytestmark = pytest.mark.django_db

CHANGES = {"name": "Anna K.", "language": "ru", "time_zone": "Asia/Omsk", "theme": "dark"}


def test_a_person_changes_how_tandem_looks_to_them(acme, log_in):
    client = log_in(acme.boris)
    for _ in range(2):
        assert client.post(f"{acme.url}/settings/profile/", CHANGES).status_code == 303
    user = acme.boris.user
    user.refresh_from_db()
    assert {field: getattr(user, field) for field in CHANGES} == CHANGES
    assert "Профиль сохранён" in client.get(f"{acme.url}/settings/profile/").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("language", "xx"), ("time_zone", "Mars/Olympus"), ("theme", "pink")],
)
def test_a_bad_profile_is_422_and_changes_nothing(acme, log_in, field, value):
    response = log_in(acme.boris).post(f"{acme.url}/settings/profile/", {**CHANGES, field: value})
    assert response.status_code == 422
    acme.boris.user.refresh_from_db()
    assert acme.boris.user.name == "Boris"


def test_a_name_is_never_read_as_markup(acme, log_in):
    client = log_in(acme.boris)
    client.post(f"{acme.url}/settings/profile/", {**CHANGES, "name": "<b onload=x>Boris</b>"})
    for path in ("profile", "security"):
        assert "<b onload" not in client.get(f"{acme.url}/settings/{path}/").content.decode()


def test_everybody_has_the_personal_pages_and_only_those_their_role_allows(acme, log_in):
    names = {"boris": set(), "owner": {"general", "members", "teams", "tokens"}}
    for who, shared in names.items():
        page = log_in(getattr(acme, who)).get(f"{acme.url}/settings/").content.decode()
        menu = page[page.index('class="settings__menu"') : page.index('class="settings__sheet"')]
        for name in ("general", "members", "teams", "tokens"):
            assert (f"/settings/{name}/" in menu) is (name in shared), (who, name)
        assert "/settings/profile/" in menu
        assert "/settings/security/" in menu


@pytest.mark.parametrize("page", ["", "profile/", "security/"])
def test_a_stranger_finds_none_of_them(acme, rival, log_in, page):
    assert log_in(rival.rita).get(f"{acme.url}/settings/{page}").status_code == 404
