import pytest

from tests.api.calls import is_problem
from tests.sandbox_server import wait_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def slow_api(settings):
    """Two requests a second, twenty at once."""
    settings.API_REQUESTS_PER_SECOND = 2


def ask_until_refused(program):
    for number in range(100):
        answer = program.send("get", "/members/")
        if answer.status_code != 200:
            return number, answer
    raise AssertionError("nothing was refused")


def test_too_many_requests_are_refused_for_a_moment(client, slow_api):
    number, answer = ask_until_refused(client)
    assert number >= 20
    is_problem(answer, 429)
    assert 1 <= int(answer.headers["Retry-After"]) <= 2
    wait_for(lambda: client.send("get", "/members/").status_code == 200, 5)


def test_each_token_has_its_own_allowance(client, program, slow_api):
    ask_until_refused(client)
    assert program().send("get", "/members/").status_code == 200


def test_a_refused_request_does_nothing(client, acme, slow_api):
    ask_until_refused(client)
    is_problem(client.send("post", "/contacts/", {"name": "Maria"}), 429)
    with acme.scope():
        from contacts.models import Contact

        assert not Contact.objects.exists()
