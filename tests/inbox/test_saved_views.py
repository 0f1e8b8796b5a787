"""Lists of conversations under a name: kept with filters, columns and order, and shared."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from inbox.models import SavedView
from tests.cast import make_channel, make_conversation
from tests.inbox.test_table import filtering, names

pytestmark = pytest.mark.django_db
FRAME = {"Turbo-Frame": "conversations_table"}


@pytest.fixture
def talks(acme):
    """Maria, who waits, and Ivan, who does not."""
    with acme.scope():
        channel = make_channel()
        make_conversation(channel, name="Maria", waiting_since="2026-01-01T00:00Z", unread_count=1)
        make_conversation(channel, name="Ivan")
        yield


def keep(client, acme, path="", **values):
    asked = {"name": "Waiting", "view": "all", "unread": "1", "sort": "-waiting", **values}
    answer = client.post(f"{acme.url}/inbox/table/views/{path}", asked)
    assert answer.status_code == 303, answer.content
    return answer["Location"]


def parameters(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def columns(html):
    return re.findall('data-label="([^"]+)"', html)


def test_a_view_keeps_filters_order_and_columns(acme, talks, log_in):
    client = log_in(acme.boris)
    waits = filtering("unanswered", "eq", True)
    shown = {"columns": ["channel", "waiting"], "view": "all"}
    client.post(f"{acme.url}/inbox/table/columns/", shown)
    address = keep(client, acme, name="  Who   waits ", filter=waits)
    view = SavedView.objects.get()
    assert (view.name, view.sharing, view.columns) == ("Who waits", "own", ["channel", "waiting"])
    assert view.parameters == {"view": "all", "unread": "1", "sort": "-waiting", "filter": waits}
    assert parameters(address) == {**view.parameters, "saved": str(view.pk)}
    client.post(f"{acme.url}/inbox/table/columns/", {"reset": "1"})
    html = client.get(address).content.decode()
    assert names(html) == ["Maria"]
    assert columns(html) == ["Channel", "Waits"]
    assert ">Who waits</h1>" in html
    assert "Ivan" not in client.get(address.replace("table/", "")).content.decode()
    plain = client.get(f"{acme.url}/inbox/table/?view=all").content.decode()
    assert f'href="{address}"' in plain.replace("&amp;", "&")
    assert columns(plain)[:2] == ["Waits", "Stage"]


def test_what_has_been_changed_is_told_and_can_be_kept(acme, talks, log_in):
    client = log_in(acme.boris)
    address = keep(client, acme)
    view = SavedView.objects.get()
    now = address.replace("sort=-waiting", "sort=activity")
    changed = re.compile(r'<span class="faint">changed</span>')
    assert not changed.search(client.get(address).content.decode())
    assert changed.search(client.get(now).content.decode())
    asked = {**parameters(now), "name": "By activity"}
    keep(client, acme, f"{view.pk}/", **asked)
    view.refresh_from_db()
    assert (view.name, view.parameters["sort"]) == ("By activity", "activity")


def test_columns_chosen_in_a_view_are_the_views(acme, talks, log_in):
    boris, anna = log_in(acme.boris), log_in(acme.anna)
    address = keep(anna, acme, sharing="everybody")
    asked = {**parameters(address), "columns": ["state", "labels"]}
    anna.post(f"{acme.url}/inbox/table/columns/", asked)
    view = SavedView.objects.get()
    assert view.columns == ["state", "labels"]
    assert columns(boris.get(address).content.decode()) == ["Status", "Labels"]
    # Whose view it is not chooses for themselves, and leaves it.
    asked["columns"] = ["channel"]
    left = boris.post(f"{acme.url}/inbox/table/columns/", asked)["Location"]
    assert "saved" not in parameters(left)
    assert columns(boris.get(left).content.decode()) == ["Channel"]
    view.refresh_from_db()
    assert view.columns == ["state", "labels"]


def test_a_view_is_seen_by_those_with_whom_it_is_shared(rival, acme, talks, log_in):
    acme.boris.team_memberships.get_or_create(team=acme.sales)
    acme.vera.team_memberships.get_or_create(team=acme.sales)
    keep(log_in(acme.boris), acme, name="Own")
    keep(log_in(acme.boris), acme, name="Of sales", sharing=f"team:{acme.sales.pk}")
    keep(log_in(acme.anna), acme, name="Of all", sharing="everybody")

    def seen(member):
        html = log_in(member).get(f"{acme.url}/inbox/").content.decode()
        return {name for name in ("Own", "Of sales", "Of all") if f">{name}</span>" in html}

    assert seen(acme.boris) == {"Own", "Of sales", "Of all"}
    assert seen(acme.vera) == {"Of sales", "Of all"}
    assert seen(acme.marta) == {"Of all"}
    own = SavedView.objects.get(name="Own")
    for member in (acme.vera, rival.rita):
        client = log_in(member)
        for path in ("", "removal/"):
            url = f"{acme.url}/inbox/table/views/{own.pk}/{path}"
            assert client.post(url, {"name": "Mine"}).status_code == 404
    acme.sales.delete()
    assert seen(acme.vera) == {"Of all"}
    assert seen(acme.boris) == {"Own", "Of sales", "Of all"}


def test_others_views_are_changed_by_who_leads_teams_alone(acme, talks, log_in):
    keep(log_in(acme.anna), acme, sharing="everybody")
    view = SavedView.objects.get()
    url = f"{acme.url}/inbox/table/views/{view.pk}/"
    boris = log_in(acme.boris)
    assert boris.post(url, {"name": "Mine"}).status_code == 403
    assert boris.post(f"{url}removal/").status_code == 403
    everybody = {"name": "All", "sharing": "everybody"}
    assert boris.post(f"{acme.url}/inbox/table/views/", everybody).status_code == 403
    left = log_in(acme.owner).post(f"{url}removal/", {"view": "all", "saved": view.pk})
    assert parameters(left["Location"]) == {"view": "all"}
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "values",
    [{"name": " "}, {"name": "x" * 61}, {"filter": "{"}, {"sharing": "moon"},
     {"sharing": "team:x"}, {"sharing": "team"}],
)  # fmt: skip
def test_what_cannot_be_kept_is_told_and_the_list_stays(acme, talks, log_in, values):
    client = log_in(acme.boris)
    left = keep(client, acme, **values)
    assert not SavedView.objects.exists()
    assert parameters(left)["view"] == "all"
    page = client.get(f"{acme.url}/inbox/table/?view=all", headers=FRAME).content.decode()
    assert 'class="toast' in page


def test_a_name_is_given_once(acme, talks, log_in):
    client = log_in(acme.boris)
    keep(client, acme)
    keep(client, acme, unread="", view="new")
    view = SavedView.objects.get()
    assert view.parameters["view"] == "new"
    keep(client, acme, name="Other")
    keep(client, acme, f"{view.pk}/", name="Other")
    view.refresh_from_db()
    assert view.name == "Waiting"


def test_a_view_that_is_gone_leaves_its_address_working(acme, talks, log_in):
    client = log_in(acme.boris)
    address = keep(client, acme)
    SavedView.objects.get().delete()
    html = client.get(address).content.decode()
    assert names(html) == ["Maria"]
    assert ">All</h1>" in html
