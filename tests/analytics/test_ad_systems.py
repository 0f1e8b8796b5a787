"""Spend of Yandex Direct and VK Ads, over HTTP, from servers that answer as theirs do."""

import json
import threading
from datetime import date, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from analytics.models import AdAccount, AdSpend
from analytics.spend.actions import Told, put_spend
from analytics.spend.fetching import fetch_account, fetch_all_due
from events.journal import SYSTEM
from tests.api.calls import is_problem

pytestmark = pytest.mark.django_db
TOKEN = "y0_secret"
YANDEX = {
    "kind": "yandex_direct",
    "name": "Direct",
    "source": "yandex",
    "credentials": {"token": TOKEN},
}
VK = {
    "kind": "vk_ads",
    "name": "VK",
    "source": "vk",
    "credentials": {"client_id": "7", "client_secret": "hush"},
}
HEAD = "Date\tCampaignId\tCampaignName\tAdId\tCriterion\tImpressions\tClicks\tCost\n"


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        for start, queue in self.server.answers.items():
            if self.path.startswith(start):
                status, headers, text = queue.pop(0) if len(queue) > 1 else queue[0]
                break
        else:
            status, headers, text = 404, {}, "{}"
        data = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *arguments):
        return


@pytest.fixture
def system(settings):
    """A server that both systems' addresses lead to: `system.answers[path] = [answer, ...]`."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.answers = [], {}
    url = f"http://127.0.0.1:{made.server_port}"
    settings.YANDEX_DIRECT_API_URL = settings.VK_ADS_API_URL = url
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def report(*rows):
    return (200, {}, HEAD + "".join("\t".join(map(str, row)) + "\n" for row in rows))


@pytest.fixture
def yandex(system, client, acme):
    """A connected account of Yandex Direct, due now."""
    system.answers["/json/v5/reports"] = [report()]
    response = client.send("post", "/ad-accounts/", YANDEX)
    assert response.status_code == 201, response.content
    system.asked.clear()
    with acme.scope():
        return AdAccount.objects.get()


@pytest.fixture
def vk(system, client, acme):
    """A connected account of VK Ads with one banner of one plan, due now."""
    system.answers |= {
        "/api/v2/oauth2/token.json": [
            (200, {}, json.dumps({"access_token": "t1", "expires_in": 86_400}))
        ],
        "/api/v2/ad_plans.json": [(200, {}, json.dumps({"items": [{"id": 5, "name": "Sofas"}]}))],
        "/api/v2/banners.json": [
            (200, {}, json.dumps({"items": [{"id": 9, "ad_group_id": 6, "ad_plan_id": 5}]}))
        ],
        "/api/v2/statistics/banners/day.json": [(200, {}, json.dumps(statistics("0")))],
    }
    response = client.send("post", "/ad-accounts/", VK)
    assert response.status_code == 201, response.content
    with acme.scope():
        return AdAccount.objects.get()


def statistics(spent, day="2026-11-20"):
    base = {"shows": 100, "clicks": 7, "spent": spent}
    return {"items": [{"id": 9, "rows": [{"date": day, "base": base}]}]}


def due(acme, account):
    with acme.scope():
        AdAccount.objects.filter(pk=account.pk).update(next_fetch_at=timezone.now())


def fetch(acme, account):
    due(acme, account)
    fetch_account(acme.workspace.pk, account.pk)
    with acme.scope():
        account.refresh_from_db()
        return list(AdSpend.objects.order_by("date", "ad"))


def test_yandex_tells_each_ad_of_each_day(system, yandex, acme):
    system.answers["/json/v5/reports"] = [
        report(
            ("2026-11-20", 1, "Диваны", 11, "купить диван -бу", 1000, 20, "512.30"),
            ("2026-11-21", 1, "Диваны", 11, "--", "--", "--", "--"),
        )
    ]
    first, second = fetch(acme, yandex)
    assert (first.source, first.campaign, first.ad) == ("yandex", "Диваны", "11")
    assert (first.term, second.term) == ("купить диван", "")
    assert (first.impressions, first.clicks, str(first.cost)) == (1000, 20, "512.30")
    assert (second.impressions, str(second.cost)) == (0, "0.00")
    assert first.origin == "yandex_direct"
    _, path, headers, body = system.asked[0]
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert headers["returnMoneyInMicros"] == "false"
    assert json.loads(body)["params"]["IncludeVAT"] == "YES"
    assert path == "/json/v5/reports"


def test_a_report_that_is_being_made_is_asked_for_again_with_the_same_words(system, yandex, acme):
    row = ("2026-11-20", 1, "Sofas", 11, "sofa", 10, 2, "5")
    system.answers["/json/v5/reports"] = [(201, {"retryIn": "7"}, ""), report(row)]
    assert fetch(acme, yandex) == []
    wait = (yandex.next_fetch_at - timezone.now()).total_seconds()
    assert 0 < wait <= 7
    assert yandex.failures == 0
    assert len(fetch(acme, yandex)) == 1
    assert system.asked[0][3] == system.asked[1][3]


def test_what_yandex_restates_replaces(system, yandex, acme):
    for cost in ("5", "6.50"):
        system.answers["/json/v5/reports"] = [
            report(("2026-11-20", 1, "Sofas", 11, "sofa", 10, 2, cost))
        ]
        rows = fetch(acme, yandex)
    assert [(str(row.cost), row.restated) for row in rows] == [("6.50", 1)]


def test_keywords_that_exclude_other_words_are_one_and_what_is_told_no_more_goes(
    system, yandex, acme
):
    with acme.scope():
        whole = {"date": date(2026, 11, 20), "source": "yandex", "account": "Direct"}
        put_spend(
            [Told(**whole, campaign="Sofas", ad="11", cost=Decimal(9), currency="RUB")], by=SYSTEM
        )
    some = [("2026-11-20", 1, "Sofas", 11, text, 10, 2, "5") for text in ("sofa -used", "sofa")]
    other = ("2026-11-20", 1, "Sofas", 11, "---autotargeting", 1, 1, "2")
    system.answers["/json/v5/reports"] = [report(*some, other), report(*some)]
    told = {row.term: (str(row.cost), row.clicks) for row in fetch(acme, yandex)}
    assert told == {"sofa": ("10.00", 4), "---autotargeting": ("2.00", 1)}
    assert [row.term for row in fetch(acme, yandex)] == ["sofa"]


def test_the_last_weeks_are_asked_for_again(system, yandex, acme):
    fetch(acme, yandex)
    fetch(acme, yandex)
    spans = [json.loads(asked[3])["params"]["SelectionCriteria"] for asked in system.asked]
    days = [
        (date.fromisoformat(one["DateTo"]) - date.fromisoformat(one["DateFrom"])).days
        for one in spans
    ]
    assert days == [90, 28]


def test_a_token_that_is_not_good_is_refused_with_yandex_own_words(system, client, acme):
    error = {"error": {"error_code": "53", "error_string": "Authorization error"}}
    system.answers["/json/v5/reports"] = [(400, {}, json.dumps(error))]
    response = client.send("post", "/ad-accounts/", YANDEX)
    assert "Authorization error" in is_problem(response, 422)["detail"]
    with acme.scope():
        assert not AdAccount.objects.exists()


def test_trouble_is_noted_and_tried_again_later(system, yandex, acme):
    system.answers["/json/v5/reports"] = [(500, {}, "oops")]
    fetch(acme, yandex)
    assert (yandex.failures, yandex.error) == (1, "HTTP 500")
    assert yandex.next_fetch_at > timezone.now()


def test_a_spent_quota_is_waited_for(system, yandex, acme):
    error = {"error": {"error_code": "152", "error_string": "No points"}}
    system.answers["/json/v5/reports"] = [(400, {}, json.dumps(error))]
    fetch(acme, yandex)
    assert yandex.failures == 0
    assert yandex.next_fetch_at > timezone.now() + timedelta(minutes=5)


def test_vk_tells_each_banner_of_each_day(system, vk, acme):
    system.answers["/api/v2/statistics/banners/day.json"] = [
        (200, {}, json.dumps(statistics("99.90"))),
        (200, {}, '{"items": []}'),
    ]
    (row,) = fetch(acme, vk)
    assert (row.campaign, row.ad, row.clicks) == ("Sofas", "9", 7)
    assert str(row.cost) == "99.90"
    asked = [urlsplit(path) for _, path, _, _ in system.asked if "statistics" in path]
    query = parse_qs(asked[-1].query)
    assert query["id"] == ["9"]
    assert query["metrics"] == ["base"]


def test_vks_token_is_kept_for_the_day(system, vk, acme):
    fetch(acme, vk)
    fetch(acme, vk)
    asked = [path for _, path, _, _ in system.asked if "oauth2" in path]
    assert len(asked) == 1


def test_vk_is_left_alone_when_it_asks_for_it(system, vk, acme):
    system.answers["/api/v2/ad_plans.json"] = [(429, {"Retry-After": "90"}, "{}")]
    fetch(acme, vk)
    wait = (vk.next_fetch_at - timezone.now()).total_seconds()
    assert 80 < wait <= 90


def test_a_token_of_vk_that_ended_early_is_taken_anew(system, vk, acme):
    system.answers["/api/v2/ad_plans.json"].insert(0, (401, {}, '{"error": "expired"}'))
    fetch(acme, vk)
    assert vk.session == {}
    fetch(acme, vk)
    assert vk.error == ""
    assert vk.session["token"] == "t1"


def test_only_due_accounts_are_asked(system, yandex, acme):
    due(acme, yandex)
    fetch_all_due()
    assert len(system.asked) == 1
    fetch_all_due()
    assert len(system.asked) == 1


def test_credentials_are_never_shown(client, yandex):
    shown = client.get("/api/v1/ad-accounts/").content.decode()
    assert TOKEN not in shown
    assert "credentials" not in shown


def test_asking_now_and_disconnecting(client, yandex, acme):
    path = f"/ad-accounts/{yandex.pk}/"
    assert client.send("post", f"{path}fetch/").status_code == 202
    assert client.send("delete", path).status_code == 204
    is_problem(client.get(f"/api/v1{path}"), 404)


def test_a_stranger_does_not_find_it(stranger, yandex):
    path = f"/ad-accounts/{yandex.pk}/"
    is_problem(stranger.get(f"/api/v1{path}"), 404)
    is_problem(stranger.send("post", f"{path}fetch/"), 404)
    is_problem(stranger.send("delete", path), 404)


@pytest.mark.parametrize("credentials", [{}, {"token": ""}, {"token": "x", "other": "y"}])
def test_what_it_needs_is_said(client, credentials):
    response = client.send("post", "/ad-accounts/", {**YANDEX, "credentials": credentials})
    is_problem(response, 422)


def test_agents_connect_nothing(program, acme):
    is_problem(program(role="agent").send("post", "/ad-accounts/", YANDEX), 403)
