import pytest

from workspaces.models import Role

pytestmark = pytest.mark.django_db


def test_a_reader_of_conversations_lands_in_the_inbox(acme, log_in):
    page = log_in(acme.marta).get(f"{acme.url}/", follow=True)
    assert page.redirect_chain[-1][0] == f"{acme.url}/inbox/"
    assert b'/channels/"' not in page.content


def test_an_analyst_lands_where_they_may_be(acme, log_in):
    with acme.scope():
        acme.marta.role = Role.ANALYST
        acme.marta.save()
    page = log_in(acme.marta).get(f"{acme.url}/", follow=True)
    assert page.status_code == 200
    assert page.redirect_chain[-1][0] == f"{acme.url}/settings/"
    assert f'href="{acme.url}/inbox/"'.encode() not in page.content


def test_whoever_connects_channels_sees_them_in_the_rail(acme, log_in):
    page = log_in(acme.anna).get(f"{acme.url}/inbox/")
    assert f'href="{acme.url}/channels/"'.encode() in page.content
