"""The pages of channels: what an admin sees and does, and who may not."""

import pytest

from channels_connectors.models import Channel
from inbox.connections import connect_channel
from inbox.models import InboundEnvelope


@pytest.fixture
def site(acme):
    with acme.scope():
        return connect_channel(kind="livechat", name="shop.example", by=acme.anna)


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


def get_channel(acme):
    with acme.scope():
        return Channel.objects.get()


def test_empty_list_teaches_the_next_step(acme, admin):
    page = admin.get(f"{acme.url}/channels/")
    assert "Your channels will be here" in page.text
    assert f"{acme.url}/channels/new/livechat/" in page.text


def test_list_tells_how_each_channel_is(acme, admin, site):
    with acme.scope():
        InboundEnvelope.objects.create(channel=site, dedup_key="1", raw=b"x", state="parked")
    page = admin.get(f"{acme.url}/channels/")
    assert "shop.example" in page.text
    assert "Works" in page.text
    assert "1 message could not be read" in page.text


def test_list_costs_a_fixed_number_of_queries(acme, admin, site, django_assert_max_num_queries):
    with acme.scope():
        for number in range(5):
            connect_channel(kind="livechat", name=f"{number}", by=acme.anna)
    with django_assert_max_num_queries(14):
        admin.get(f"{acme.url}/channels/")


def test_agent_sees_the_list_but_changes_nothing(acme, log_in, site):
    agent = log_in(acme.boris)
    page = agent.get(f"{acme.url}/channels/")
    assert "shop.example" in page.text
    assert "/channels/new/" not in page.text
    for path in ("new/livechat/", f"{site.pk}/", f"{site.pk}/widget/"):
        assert agent.get(f"{acme.url}/channels/{path}").status_code == 403
    for path in ("new/livechat/", f"{site.pk}/disconnection/", f"{site.pk}/replay/"):
        assert agent.post(f"{acme.url}/channels/{path}").status_code == 403
    assert get_channel(acme).status == "active"


def test_stranger_finds_nothing(acme, rival, log_in, site):
    stranger = log_in(rival.rita)
    assert stranger.get(f"{acme.url}/channels/").status_code == 404
    for path in (f"{site.pk}/", f"{site.pk}/widget/"):
        assert stranger.get(f"{rival.url}/channels/{path}").status_code == 404
    assert stranger.post(f"{rival.url}/channels/{site.pk}/disconnection/").status_code == 404


def test_website_chat_is_connected_and_shows_its_code(acme, admin):
    made = admin.post(f"{acme.url}/channels/new/livechat/", {"name": "shop.example"})
    channel = get_channel(acme)
    assert (made.status_code, made.url) == (
        303,
        f"{acme.url}/channels/{channel.pk}/setup/check/",
    )
    shown = f"&lt;script async src=&quot;http://localhost:8000/chat/{channel.key}.js&quot;"
    for page in (admin.get(made.url), admin.get(f"{acme.url}/channels/{channel.pk}/")):
        assert shown in page.text
        assert f'src="http://localhost:8000/chat/{channel.key}.js"' not in page.text


def test_unknown_kind_is_not_found(acme, admin):
    assert admin.get(f"{acme.url}/channels/new/pigeon/").status_code == 404


def test_team_and_routing_are_changed(acme, admin, site):
    answer = admin.post(
        f"{acme.url}/channels/{site.pk}/",
        {"name": "Shop", "routing": "round_robin", "team": acme.support.pk, "away_reply": "Later"},
    )
    assert answer.status_code == 303
    channel = get_channel(acme)
    assert (channel.name, channel.routing, channel.team_id) == (
        "Shop",
        "round_robin",
        acme.support.pk,
    )
    assert (channel.away_reply, channel.is_restricted) == ("Later", False)


def test_channel_is_left_and_taken_up_again(acme, admin, site):
    admin.post(f"{acme.url}/channels/{site.pk}/disconnection/")
    assert get_channel(acme).status == "disconnected"
    page = admin.get(f"{acme.url}/channels/{site.pk}/")
    assert f"/channels/{site.pk}/connection/" in page.text
    answer = admin.post(f"{acme.url}/channels/{site.pk}/connection/", {})
    assert answer.status_code == 303
    channel = get_channel(acme)
    assert (channel.key, channel.status, channel.name) == (site.key, "active", "shop.example")


def test_parked_messages_are_shown_and_read_again(acme, admin, site):
    with acme.scope():
        envelope = InboundEnvelope.objects.create(
            channel=site, dedup_key="1", raw=b"x<i>", state="parked", error="<b>odd</b>"
        )
    assert "Tandem stumbled over it" in admin.get(f"{acme.url}/channels/{site.pk}/").text
    page = admin.get(f"{acme.url}/channels/{site.pk}/parked/{envelope.pk}/").text
    plain, technical = page.split('<details class="disclosure">')
    assert "Probably a message of a customer, from Website chat" in plain
    assert "Read it again" in plain
    assert "&lt;b&gt;odd&lt;/b&gt;" not in plain
    assert "&lt;b&gt;odd&lt;/b&gt;" in technical
    assert "x&lt;i&gt;" in technical
    admin.post(f"{acme.url}/channels/{site.pk}/replay/")
    with acme.scope():
        assert InboundEnvelope.objects.get().state == "new"


def test_look_of_the_chat_is_changed(acme, admin, site):
    values = {
        "color": "#AA2233",
        "title": "Shop",
        "greeting": "</script><b>",
        "away": "",
        "position": "left",
        "locale": "ru",
        "form": "required",
        "privacy_url": "shop.example/privacy",
        "domains": "https://Shop.example/\n*.магазин.рф",
    }
    assert admin.post(f"{acme.url}/channels/{site.pk}/widget/", values).status_code == 303
    settings = get_channel(acme).settings
    assert settings["color"] == "#aa2233"
    assert settings["domains"] == ["shop.example", "xn--80aairftm.xn--p1ai"]
    assert settings["privacy_url"] == "https://shop.example/privacy"


@pytest.mark.parametrize(
    "wrong", [{"color": "red"}, {"domains": "not a domain!"}, {"position": "top"}]
)
def test_wrong_look_is_refused(acme, admin, site, wrong):
    values = {"color": "#aa2233", "position": "left", "form": "off", **wrong}
    assert admin.post(f"{acme.url}/channels/{site.pk}/widget/", values).status_code == 422


def test_vk_can_be_chosen_and_connected_on_its_page(acme, admin, vk_community):
    assert "Needs an access key of your community" in admin.get(f"{acme.url}/channels/").text
    path = f"{acme.url}/channels/new/vk/"
    page = admin.get(path).text
    assert "Access key" in page
    assert "Confirmation code" in page
    refused = admin.post(
        path, {"token": "vk1.a.revokedrevoked", "group_id": "1", "routing": "manual"}
    )
    assert refused.status_code == 422
    assert "VK does not accept the access key" in refused.text
    facts = {"token": vk_community.token, "group_id": f"club{vk_community.id}", "routing": "manual"}
    assert admin.post(path, facts).status_code in {302, 303}
    channel = get_channel(acme)
    assert (channel.kind, channel.external_id) == ("vk", str(vk_community.id))
    assert vk_community.token not in admin.get(f"{acme.url}/channels/{channel.pk}/").text


def test_max_can_be_chosen_and_connected_on_its_page(acme, admin, max_bot):
    assert "For organisations with a verified profile" in admin.get(f"{acme.url}/channels/").text
    path = f"{acme.url}/channels/new/max/"
    assert "business.max.ru" in admin.get(path).text
    refused = admin.post(path, {"token": "revokedrevokedrevoked", "routing": "manual"})
    assert refused.status_code == 422
    assert "MAX does not accept the token" in refused.text
    facts = {"token": max_bot.token, "routing": "manual"}
    assert admin.post(path, facts).status_code in {302, 303}
    channel = get_channel(acme)
    assert (channel.kind, channel.external_id) == ("max", str(max_bot.id))
    assert max_bot.token not in admin.get(f"{acme.url}/channels/{channel.pk}/").text


def test_a_secret_that_we_made_is_shown_once(acme, admin):
    form = {"name": "App", "routing": "manual"}
    made = admin.post(f"{acme.url}/channels/new/api/", form)
    channel = get_channel(acme)
    secret = channel.credentials["secret"]
    assert (made.status_code, made.url) == (303, f"{acme.url}/channels/{channel.pk}/setup/check/")
    assert secret not in str(dict(admin.session))
    # What the browser fetches ahead does not use it up.
    for ahead in ({"Sec-Purpose": "prefetch"}, {"X-Sec-Purpose": "prefetch"}):
        assert secret not in admin.get(made.url, headers=ahead).text
    page = admin.get(made.url)
    assert secret in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert f"http://localhost:8000/hooks/api/{channel.key}/" in page.text
    for path in ("", "setup/check/", "connection/"):
        assert secret not in admin.get(f"{acme.url}/channels/{channel.pk}/{path}").text
    again = admin.get(f"{acme.url}/channels/{channel.pk}/")
    assert channel.key in again.text
