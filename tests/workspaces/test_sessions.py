import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from tests.cast import PASSWORD
from tests.workspaces.pages import log_in_by_form
from workspaces.actions import register_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ivan(db):
    return register_user(email="ivan@example.com", name="Ivan", password=PASSWORD, language="en")


@pytest.fixture
def two_devices(ivan):
    """Ivan's laptop and his phone."""
    laptop, phone = Client(headers={"User-Agent": "Firefox/150 Windows"}), Client()
    for device in (laptop, phone):
        log_in_by_form(device, ivan.email, PASSWORD)
    return laptop, phone


def test_the_list_names_devices(two_devices):
    page = two_devices[0].get("/accounts/sessions/").content.decode()
    assert "Firefox, Windows" in page
    assert "this one" in page


def test_one_session_can_be_ended(two_devices):
    laptop, phone = two_devices
    theirs = UserSession.objects.get(session_key=phone.session.session_key)
    assert laptop.post(f"/accounts/sessions/{theirs.pk}/end/").status_code == 303
    assert phone.get("/workspaces/").status_code == 302
    assert laptop.get("/workspaces/").status_code == 200


def test_all_others_can_be_ended(two_devices):
    laptop, phone = two_devices
    laptop.post("/accounts/sessions/")
    assert phone.get("/workspaces/").status_code == 302
    assert laptop.get("/workspaces/").status_code == 200


def test_ending_ones_own_session_logs_out(two_devices):
    laptop, _ = two_devices
    own = UserSession.objects.get(session_key=laptop.session.session_key)
    assert laptop.post(f"/accounts/sessions/{own.pk}/end/")["Location"] == "/accounts/login/"
    assert laptop.get("/workspaces/").status_code == 302


def test_a_strangers_session_is_not_there(two_devices, acme, log_in):
    session = UserSession.objects.first()
    assert log_in(acme.owner).post(f"/accounts/sessions/{session.pk}/end/").status_code == 404
    assert UserSession.objects.filter(pk=session.pk).exists()


def test_ending_needs_a_post(two_devices):
    session = UserSession.objects.first()
    assert two_devices[0].get(f"/accounts/sessions/{session.pk}/end/").status_code == 405


def test_changing_the_password_ends_the_other_sessions(two_devices):
    laptop, phone = two_devices
    laptop.post(
        "/accounts/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": "a brand new secret",
            "password2": "a brand new secret",
        },
    )
    assert laptop.get("/workspaces/").status_code == 200
    assert phone.get("/workspaces/").status_code == 302
