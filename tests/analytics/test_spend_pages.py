"""Spend on its page: by hand, from a file, from accounts; other currencies and VAT."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics.models import AcquisitionCost, AdAccount, AdSpend, ReportSettings, SpendFile
from events.subscriptions import run_workspace
from tests.analytics.conftest import roubles

pytestmark = pytest.mark.django_db
TABLE = "Дата;Кампания;Показы;Клики;Расход\n23.11.2026;Sofas;1000;10;1 200,50 ₽\n24.11.2026;Sofas;0;0;99\n"  # fmt: skip  # noqa: E501
HAND = {"kind": "ad", "source": "yandex", "from": "2026-11-01", "to": "2026-11-10", "cost": "1 000"}


@pytest.fixture
def page(acme, log_in):
    """`page.post("by-hand/", ...)` as the marketer."""
    client = log_in(acme.marta)

    class Page:
        url = f"{acme.url}/reports/spend/"

        def get(self, path=""):
            return client.get(self.url + path)

        def post(self, path, data):
            return client.post(self.url + path, data)

    return Page()


def costs(acme):
    with acme.scope():
        return list(AdSpend.objects.order_by("date").values_list("source", "cost"))


def test_a_sum_is_spread_over_its_days(acme, page):
    assert "No spend is known yet" in page.get().text
    page.post("by-hand/", {**HAND, "campaign": "Sofas", "vat_included": "yes"})
    assert costs(acme) == [("yandex", Decimal("100.00"))] * 10
    text = page.get().text
    assert "November 2026" in text
    assert "₽1,000" in text


def test_another_cost_of_customers_counts_in_cac_alone(acme, page):
    page.post("by-hand/", {**HAND, "kind": "other", "source": "Salaries"})
    assert costs(acme) == []
    with acme.scope():
        assert AcquisitionCost.objects.count() == 10
    assert "Salaries" in page.get().text


@pytest.mark.parametrize(
    "wrong",
    [{"cost": "much"}, {"cost": "-1"}, {"from": "x"}, {"to": "2026-10-01"}, {"source": " "}],
)
def test_what_cannot_be_written_down_is_told_in_words(acme, page, wrong):
    answer = page.post("by-hand/", {**HAND, **wrong})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert costs(acme) == []


def test_a_file_is_looked_at_before_it_is_written_down(acme, page):
    file = SimpleUploadedFile("november.csv", TABLE.encode())
    at = page.post("upload/", {"file": file}).headers["Location"].removeprefix(page.url)
    looked = page.get(at)
    assert looked.status_code == 200
    assert f'action="{page.url}{at}"' in looked.text
    assert page.post(at, {"deed": "write"}).status_code == 422
    assert "Say which columns these are: Source." in looked.text
    # What was recognized stays chosen.
    assert {ours for ours, _words, theirs in looked.context["columns"] if theirs} >= {
        "date",
        "cost",
    }
    asked = {"source": "yandex", "vat_included": "yes"}
    tried = page.post(at, {**asked, "deed": "try"})
    assert tried.status_code == 303
    assert "Write down 2 rows" in page.get(tried.headers["Location"].removeprefix(page.url)).text
    assert costs(acme) == []
    page.post(at, {**asked, "deed": "write"})
    assert costs(acme) == [("yandex", Decimal("1200.50")), ("yandex", Decimal("99.00"))]
    with acme.scope():
        assert not SpendFile.objects.exists()


def test_what_is_no_table_is_refused(acme, page):
    assert page.post("upload/", {}).status_code == 422
    file = SimpleUploadedFile("a.csv", b"\0\1")
    at = page.post("upload/", {"file": file}).headers["Location"].removeprefix(page.url)
    assert "no table" in page.get(at).text
    assert page.post(at, {"deed": "write"}).status_code == 422


def test_another_members_file_is_not_found(acme, page, log_in):
    file = SimpleUploadedFile("november.csv", TABLE.encode())
    at = page.post("upload/", {"file": file}).headers["Location"]
    assert log_in(acme.anna).get(at).status_code == 404


def test_an_account_that_lets_us_not_in_is_told_of(acme, page):
    answer = page.post("accounts/", {"kind": "vk_ads", "client_id": "", "client_secret": ""})
    assert answer.status_code == 422
    assert page.post("accounts/", {"kind": "moon"}).status_code == 422
    with acme.scope():
        assert not AdAccount.objects.exists()


def test_an_account_is_asked_and_disconnected(acme, page):
    with acme.scope():
        account = AdAccount.objects.create(kind="vk_ads", name="VK", source="vk", currency="RUB")
    page.post(f"accounts/{account.pk}/", {"deed": "ask"})
    with acme.scope():
        account.refresh_from_db()
        assert account.next_fetch_at
    page.post(f"accounts/{account.pk}/", {"deed": "disconnect"})
    with acme.scope():
        assert not AdAccount.objects.exists()


def test_agents_and_analysts_do_not_write(acme, page, log_in):
    agent = log_in(acme.boris)
    assert agent.get(page.url).status_code == 403
    for path in ("by-hand/", "upload/", "accounts/", "money/"):
        assert agent.post(page.url + path, HAND).status_code == 403


def test_spend_in_another_currency_counts_by_the_rate_of_its_day(page, client, report):
    day = report("marketing").question["to"]
    spend = {"date": day, "source": "google", "cost": {"amount": "10.00", "currency": "USD"}}
    client.send("post", "/spend/", spend)
    assert report("marketing").total["spend"] == roubles(0)
    page.post("money/", {"currency": "usd", "rate": "80", "since": "2026-01-01"})
    assert report("marketing").total["spend"] == roubles(800)
    page.post("money/", {"currency": "USD", "rate": "90,5", "since": day})
    assert report("marketing").row(source="google")["spend"] == roubles(905)
    page.post("money/", {"currency": "USD", "rate": "", "since": day})
    assert report("marketing").total["spend"] == roubles(800)


def test_orders_in_another_currency_count_by_the_rate_of_the_day_they_were_won(
    acme, page, shop, report
):
    shop.win(shop.deal(amount=100, currency="USD"))
    shop.win(shop.deal(amount=1000))
    assert report("sales").total["revenue"] == roubles(1000)
    assert report("sales").coverage["currency"] == 0.5
    page.post("money/", {"currency": "USD", "rate": "80", "since": "2026-01-01"})
    run_workspace(acme.workspace.id)
    assert report("sales").total["revenue"] == roubles(9000)
    assert report("sales").coverage["currency"] == 1


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "RUB"}, {"currency": "€"}, {"rate": "0"}, {"rate": "x"}, {"since": ""}],
)
def test_rates_that_mean_nothing_are_refused(page, wrong):
    asked = {"currency": "USD", "rate": "80", "since": "2026-01-01", **wrong}
    assert page.post("money/", asked).status_code == 422


def test_vat_is_added_to_spend_without_it(acme, page, client, report):
    day = report("marketing").question["to"]
    rows = [
        {"date": day, "source": "vk", "cost": "100", "vat_included": False},
        {"date": day, "source": "yandex", "cost": "100", "vat_included": True},
    ]
    client.send("post", "/spend/", rows)
    assert report("marketing").total["spend"] == roubles(200)
    page.post("money/", {"vat": "20"})
    assert report("marketing").row(source="vk")["spend"] == roubles(120)
    assert report("marketing").row(source="yandex")["spend"] == roubles(100)
    assert page.post("money/", {"vat": "120"}).status_code == 422
    page.post("money/", {"vat": ""})
    with acme.scope():
        assert ReportSettings.objects.get().vat_rate is None
