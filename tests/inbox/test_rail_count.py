import pytest
from django.utils import timezone

from tests.cast import make_channel, make_conversation
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def test_other_pages_ask_how_many_wait(acme, log_in):
    with acme.scope():
        make_conversation(make_channel(), waiting_since=timezone.now())
    client = log_in(acme.anna)
    page = client.get(f"{acme.url}/settings/").content.decode()
    assert f'src="{acme.url}/inbox/count/"' in page
    frame = client.get(f"{acme.url}/inbox/count/").content.decode()
    assert frame.startswith('<turbo-frame id="rail_inbox">')
    assert ">1</span>" in frame


def test_nobody_counts_what_they_may_not_see(acme, rival, log_in):
    with acme.scope():
        make_conversation(make_channel(), waiting_since=timezone.now(), team=acme.sales)
        acme.marta.role = Role.ANALYST
        acme.marta.save()
    assert ">1</span>" not in log_in(acme.vera).get(f"{acme.url}/inbox/count/").content.decode()
    assert log_in(acme.marta).get(f"{acme.url}/inbox/count/").status_code == 403
    assert log_in(rival.rita).get(f"{acme.url}/inbox/count/").status_code == 404
