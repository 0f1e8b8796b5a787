import pytest

from channels_connectors.models import Channel
from channels_connectors.registry import connector_for
from events.models import Event
from inbox.models import InboundEnvelope
from tests.api.calls import is_problem
from tests.cast import make_channel
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def connect(program, bot, **more):
    body = {"kind": "telegram", "credentials": {"token": bot.token}, **more}
    return program.send("post", "/channels/", body)


def test_a_bot_is_connected(client, acme, telegram_bot):
    answer = connect(
        client,
        telegram_bot,
        name="Shop",
        settings={"routing": "round_robin", "team": str(acme.sales.id)},
    )
    assert answer.status_code == 201
    assert telegram_bot.token not in answer.content.decode()
    channel = answer.json()
    url = f"http://localhost:8000/hooks/telegram/{channel['key']}/"
    for moment in (channel.pop("created_at"), channel["health"].pop("since")):
        assert moment.endswith("Z")
    assert channel == {
        "id": channel["id"],
        "kind": "telegram",
        "name": "Shop",
        "settings": {
            "transport": "webhook",
            "team": str(acme.sales.id),
            "routing": "round_robin",
        },
        "external_id": str(telegram_bot.id),
        "key": channel["key"],
        "webhook_url": url,
        "status": "active",
        "health": {"ok": True, "reason": "", "notes": channel["health"]["notes"]},
        "access": None,
        "hours": {
            "mode": "inherit",
            "time_zone": acme.workspace.time_zone,
            "weekly": [[]] * 7,
            "holidays": [],
        },
        "away_reply": "",
    }
    assert len(channel["key"]) >= 32
    assert telegram_bot.state()["webhook"]["url"] == url


def test_the_accounts_own_name_will_do(client, telegram_bot):
    assert connect(client, telegram_bot).json()["name"].startswith("@sandbox_")


def test_an_account_is_connected_once(client, stranger, telegram_bot):
    connect(client, telegram_bot)
    is_problem(connect(client, telegram_bot), 422)
    is_problem(connect(stranger, telegram_bot), 422)
    assert len(client.rows("/channels/")) == 1


@pytest.mark.parametrize("kind", ["server", "gateway", "blocked"])
def test_the_platforms_refusal_is_told(client, acme, telegram_bot, kind):
    telegram_bot.fault(kind, methods="getMe")
    problem = is_problem(connect(client, telegram_bot), 422)
    assert problem["detail"]
    assert telegram_bot.token not in str(problem)
    with acme.scope():
        assert not Channel.objects.exists()


@pytest.mark.parametrize("token", ["nonsense", "5:AAF-secret/../../x" + "a" * 30])
def test_credentials_never_come_back(client, caplog, token):
    caplog.set_level("DEBUG")
    body = {"kind": "telegram", "credentials": {"token": token}}
    answer = client.send("post", "/channels/", body)
    assert is_problem(answer, 422)["detail"]
    assert token not in answer.content.decode()
    assert token not in caplog.text


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({}, 400, "kind"),
        ({"kind": {}}, 400, "kind"),
        ({"kind": "a\0"}, 400, "kind"),
        ({"kind": "pigeon"}, 422, None),
        ({"kind": "telegram"}, 422, "token"),
        ({"kind": "telegram", "credentials": "1:secret"}, 400, "credentials"),
        ({"kind": "telegram", "credentials": {"token": {"a": 1}}}, 400, "credentials"),
        ({"kind": "telegram", "credentials": {"token": "1:\0"}}, 400, "credentials"),
        ({"kind": "telegram", "credentials": {"token": "x", "more": "y"}}, 422, "more"),
        ({"kind": "telegram", "settings": []}, 400, "settings"),
        ({"kind": "telegram", "settings": {"transport": "pigeon"}}, 400, "settings"),
        ({"kind": "telegram", "settings": {"routing": 5}}, 400, "settings"),
        ({"kind": "telegram", "settings": {"team": "sales"}}, 400, "settings"),
        ({"kind": "telegram", "settings": {"api_url": {}}}, 400, "settings"),
        ({"kind": "telegram", "settings": {"proxy": ["x"]}}, 400, "settings"),
    ],
)
def test_a_bad_channel_is_refused(client, body, status, field):
    problem = is_problem(client.send("post", "/channels/", body), status)
    assert "secret" not in str(problem)
    if field:
        assert list(problem["errors"]) == [field]
    assert client.rows("/channels/") == []


@pytest.mark.parametrize(
    "address",
    [
        {"api_url": "http://10.0.0.1/"},
        {"api_url": "file:///etc/passwd"},
        {"proxy": "socks5://127.0.0.1:9"},
    ],
)
def test_addresses_inside_our_network_are_refused(client, telegram_bot, address):
    is_problem(connect(client, telegram_bot, settings=address), 422)


def test_a_strangers_team_is_refused(client, rival, telegram_bot):
    with rival.scope():
        from workspaces.models import Team

        team = Team.objects.create(name="Rivals")
    problem = is_problem(connect(client, telegram_bot, settings={"team": str(team.pk)}), 422)
    assert list(problem["errors"]) == ["team"]


def test_a_website_chat_needs_no_credentials(client):
    answer = client.send("post", "/channels/", {"kind": "livechat", "name": "Site"})
    assert answer.status_code == 201
    assert answer.json()["status"] == "active"


def test_name_and_settings_change(client, acme, telegram_bot):
    path = f"/channels/{connect(client, telegram_bot).json()['id']}/"
    changed = client.send(
        "patch", path, {"name": "Support", "settings": {"routing": "least_loaded"}}
    ).json()
    assert (changed["name"], changed["settings"]["routing"]) == ("Support", "least_loaded")
    assert client.send("get", path).json() == changed
    again = client.send("patch", path, {"settings": changed["settings"]})
    assert again.json() == changed
    is_problem(client.send("patch", path, {"settings": {"transport": "polling"}}), 422)
    is_problem(client.send("patch", path, {"settings": {"routing": "x"}}), 400)
    is_problem(client.send("patch", path, {"name": {}}), 400)
    with acme.scope():
        actions = list(Event.objects.order_by("seq").values_list("action", flat=True))
    assert actions == ["channel.created", "channel.updated"]


def test_an_account_is_entered_again(client, program, stranger, acme, telegram_bot):
    first = connect(client, telegram_bot).json()
    path = f"/channels/{first['id']}/"
    token = f"{telegram_bot.id}:AAF{'n' * 32}"
    same = {"credentials": {"token": token}, "name": "Support"}
    is_problem(stranger.send("patch", path, same), 404)
    is_problem(program(role="agent").send("patch", path, same), 403)
    for _ in range(2):
        changed = client.send("patch", path, same)
        assert (changed.status_code, changed.json()["name"]) == (200, "Support")
        assert token not in changed.content.decode()
    is_problem(client.send("patch", path, {"credentials": {"token": f"1:{'B' * 35}"}}), 422)
    is_problem(client.send("patch", path, {"credentials": "x"}), 400)
    with acme.scope():
        assert Channel.objects.get().credentials["token"] == token
    assert client.send("delete", path).status_code == 204
    back = client.send("patch", path, same).json()
    assert (back["id"], back["status"]) == (first["id"], "active")


def test_a_proxys_password_is_hidden_and_kept(client, acme):
    proxy = "socks5://name:pass@proxy.example.com:1080"
    with acme.scope():
        channel = make_channel(settings={"proxy": proxy, "webhook_url": "https://x"})
    path = f"/channels/{channel.pk}/"
    shown = client.send("get", path).json()["settings"]
    assert shown["proxy"] == "socks5://name:***@proxy.example.com:1080"
    assert "webhook_url" not in shown
    again = client.send("patch", path, {"settings": shown})
    assert "pass@" not in again.content.decode()
    with acme.scope():
        channel.refresh_from_db()
        assert connector_for(channel).config.settings["proxy"] == proxy
        assert "channel.updated" not in list(Event.objects.values_list("action", flat=True))


def test_a_new_proxy_is_kept_like_the_one_before(client, acme):
    with acme.scope():
        channel = make_channel(settings={"proxy": "http://name:old@proxy.example.com"})
    path = f"/channels/{channel.pk}/"
    proxy = "http://name:new@proxy.example.com"
    answer = client.send("patch", path, {"settings": {"proxy": proxy}})
    assert answer.json()["settings"]["proxy"] == "http://name:***@proxy.example.com"
    elsewhere = {"settings": {"proxy": "http://name:***@other.example.com"}}
    assert list(is_problem(client.send("patch", path, elsewhere), 422)["errors"]) == ["proxy"]
    with acme.scope():
        channel.refresh_from_db()
        assert connector_for(channel).config.settings["proxy"] == proxy
        told = [event.data for event in Event.objects.filter(action="channel.updated")]
    assert told == [{"changed": ["proxy"]}]
    assert client.send("patch", path, {"settings": {"proxy": ""}}).status_code == 200
    with acme.scope():
        channel.refresh_from_db()
    assert (channel.settings["proxy"], "proxy_with_password" in channel.credentials) == ("", False)


def test_a_channel_is_disconnected_and_comes_back(client, acme, telegram_bot):
    first = connect(client, telegram_bot).json()
    path = f"/channels/{first['id']}/"
    for _ in range(2):
        assert client.send("delete", path).status_code == 204
    gone = client.send("get", path).json()
    assert (gone["status"], gone["health"]["ok"]) == ("disconnected", False)
    assert telegram_bot.state()["webhook"]["url"] == ""
    back = connect(client, telegram_bot).json()
    assert (back["id"], back["key"], back["status"]) == (first["id"], first["key"], "active")


def test_a_broken_channel_says_why_in_the_callers_language(client, acme):
    with acme.scope():
        channel = make_channel()
        channel.change_status("broken", reason="The proxy cannot be found or its address is wrong.")
    answer = client.send("get", f"/channels/{channel.pk}/", Accept_Language="ru").json()
    assert (answer["status"], answer["health"]["ok"]) == ("broken", False)
    assert "прокси" in answer["health"]["reason"].lower()


def test_addresses_and_keys_are_for_who_manages_channels(program, acme):
    with acme.scope():
        channel = make_channel(settings={"api_url": "https://bot.example.com"})
    agent = program(role=Role.AGENT)
    [shown] = agent.rows("/channels/")
    assert (shown["key"], shown["webhook_url"]) == (None, None)
    assert shown["settings"] == {"transport": "webhook", "team": None, "routing": "manual"}
    path = f"/channels/{channel.pk}/"
    assert agent.send("get", path).json() == shown
    is_problem(agent.send("patch", path, {"name": "x"}), 403)
    is_problem(agent.send("delete", path), 403)
    is_problem(agent.send("post", "/channels/", {"kind": "livechat"}), 403)
    is_problem(agent.send("get", f"{path}parked/"), 403)
    is_problem(agent.send("post", f"{path}parked/replay/"), 403)
    is_problem(program(role=Role.ANALYST).send("get", "/channels/"), 403)


def test_a_strangers_channel_is_not_there(stranger, acme):
    with acme.scope():
        channel = make_channel()
    path = f"/channels/{channel.pk}/"
    for method, where in (
        ("get", path),
        ("patch", path),
        ("delete", path),
        ("get", f"{path}parked/"),
        ("post", f"{path}parked/replay/"),
    ):
        is_problem(stranger.send(method, where, {} if method == "patch" else None), 404)
    assert stranger.rows("/channels/") == []


@pytest.fixture
def parked(acme):
    with acme.scope():
        channel = make_channel()
        for number, state in enumerate(["parked", "done", "parked", "new"]):
            InboundEnvelope.objects.create(
                channel=channel,
                dedup_key=str(number),
                raw=b'{"update_id": 1}' if number else b"\xff\0" * 20_000,
                state=state,
                error="odd" if state == "parked" else "",
                attempts=3,
            )
    return f"/channels/{channel.pk}/parked/"


def test_what_could_not_be_read_is_shown(client, parked):
    first, second = client.rows(f"{parked}?limit=1")
    assert second.pop("received_at").endswith("Z")
    assert second == {
        "id": second["id"],
        "dedup_key": "2",
        "attempts": 3,
        "error": "odd",
        "size": 16,
        "raw": '{"update_id": 1}',
    }
    assert (first["size"], len(first["raw"])) == (40_000, 16 * 1024)


def test_what_could_not_be_read_is_read_again(client, acme, parked):
    assert client.send("post", f"{parked}replay/").json() == {"replayed": 2}
    assert client.rows(parked) == []
    assert client.send("post", f"{parked}replay/").json() == {"replayed": 0}
    with acme.scope():
        found = InboundEnvelope.objects.filter(state="new")
        assert sorted(found.values_list("dedup_key", "attempts", "error")) == [
            ("0", 0, ""),
            ("2", 0, ""),
            ("3", 3, ""),
        ]


def test_the_list_costs_the_same_however_many_there_are(
    client, acme, django_assert_max_num_queries
):
    with acme.scope():
        for _ in range(20):
            make_channel(team=acme.sales)
    client.send("get", "/members/")
    with django_assert_max_num_queries(11):
        assert len(client.get("/api/v1/channels/").json()["results"]) == 20
