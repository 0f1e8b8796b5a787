"""The reports as pages: who opens which, and that a page says what the report says."""

import json
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from analytics.reports.catalogue import REPORTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def history(shop, acme):
    """Three won, one lost, one that is no lead; by boris, of two sources and one unknown."""
    for source in ("yandex", "yandex", "vk"):
        deal = shop.deal(shop.contact(source=source, campaign="Sofas"), owner=acme.boris)
        shop.move(deal, "Qualified")
        shop.win(deal)
    shop.lose(shop.deal(shop.contact(source="vk"), owner=acme.boris))
    shop.reject(shop.deal(owner=acme.vera))


@pytest.fixture
def page(acme, log_in):
    """`page("sales", by=member, ...)` is the answer to the report's page."""

    def read(path, *, by=None, frame="", **query):
        headers = {"Turbo-Frame": frame} if frame else {}
        return log_in(by or acme.anna).get(f"{acme.url}/reports/{path}", query, headers=headers)

    return read


def words(response) -> str:
    return unescape(response.content.decode())


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_each_report_is_a_page(history, page, name):
    response = page(f"{name}/", compare="previous")
    assert response.status_code == 200
    assert str(REPORTS[name].label) in words(response)
    assert response.context["passports"] or REPORTS[name].instead


def test_a_passport_tells_a_formula_in_the_words_of_other_metrics(history, page):
    text = words(page("marketing/"))
    assert "Spend ÷ Leads" in text
    assert "acquisition_cost / new_customers" in text


def test_the_first_page_is_the_first_that_one_may_read(acme, page):
    assert page("").url == f"{acme.url}/reports/overview/"
    assert page("", by=acme.boris).url == f"{acme.url}/reports/team/"


def test_a_stranger_finds_nothing(acme, rival, log_in):
    for path in ("", "overview/", "overview/rows/?metric=leads", "marketing/branch/"):
        assert log_in(rival.rita).get(f"{acme.url}/reports/{path}").status_code == 404


def test_an_agent_opens_what_has_their_own_numbers(history, acme, page):
    assert page("marketing/", by=acme.boris).status_code == 403
    assert page("marketing/rows/", by=acme.boris, metric="leads").status_code == 403
    own = page("sales/", by=acme.boris)
    assert own.context["document"]["total"]["won"] == 3
    assert page("sales/", by=acme.vera).context["document"]["total"]["won"] == 0
    assert [tab["label"] for tab in own.context["tabs"]] == ["Team", "Sales"]


@pytest.mark.parametrize(
    "query",
    [
        {"from": "2026-13-40"},
        {"from": "2026-11-20", "to": "2026-11-01"},
        {"period": "some_day"},
        {"group": "moon"},
        {"compare": "yesterday"},
        {"filter": "{"},
        {"model": "magic"},
    ],
)
def test_what_cannot_be_asked_is_said(acme, page, query):
    response = page("sales/", **query)
    assert response.status_code == 400
    assert "Show the last 30 days" in words(response)


def test_no_such_report(page):
    assert page("weather/").status_code == 404


def test_the_page_says_what_the_report_says(history, page, report):
    told = report("marketing", group="source")
    response = page("marketing/")
    table = response.context["table"]
    assert [row.label for row in table.rows] == [row["label"] for row in told.rows]
    leads = [head.metric.key for head in table.heads].index("leads")
    assert [row.cells[leads].words for row in table.rows] == [
        str(row["leads"]) for row in told.rows
    ]
    assert table.rows[-1].is_unknown


def test_a_cell_opens_as_many_rows_as_it_counts(history, acme, page, log_in):
    client = log_in(acme.anna)
    for name in ("marketing", "sales"):
        table = page(f"{name}/").context["table"]
        checked = 0
        for row in [*table.rows, table.total]:
            for cell in row.cells:
                if cell.address and cell.metric.unit == "count":
                    found = client.get(cell.address)
                    assert found.context["page"].paginator.count == int(cell.words), cell
                    checked += 1
        assert checked > 5, name


def test_rows_lead_to_the_deals(history, acme, page):
    response = page("sales/rows/", metric="won", frame="behind")
    assert 'id="behind"' in words(response)
    assert "page__bar" not in words(response)
    assert f"{acme.url}/funnel/deals/" in words(response)
    assert "page__bar" in words(page("sales/rows/", metric="won"))


def test_rows_of_what_is_no_metric(page):
    assert page("sales/rows/", metric="moons").status_code == 400
    assert page("sales/rows/", metric="won", cell="[]").status_code == 400
    assert page("sales/rows/", metric="won", cell='{"owner": "boris"}').status_code == 400


def test_many_rows_come_in_pages(shop, page):
    contact = shop.contact()
    for _ in range(51):
        shop.deal(contact)
    first = page("sales/rows/", metric="deals")
    assert first.context["page"].paginator.count == 51
    assert len(first.context["rows"]) == 50
    assert len(page("sales/rows/", metric="deals", page="2").context["rows"]) == 1


def test_phones_are_masked_for_who_does_not_talk_to_customers(shop, acme, page):
    shop.deal(shop.contact("+7 911 204-88-31"), title="+7 911 204-88-31")
    assert "911 204-88-31" in words(page("sales/rows/", metric="deals"))
    masked = words(page("sales/rows/", by=acme.marta, metric="deals"))
    assert "204-88" not in masked
    assert "+7 9•• •••-••-31" in masked


def test_a_branch_has_the_rows_under_a_row(history, page):
    response = page("marketing/branch/", at=json.dumps(["yandex"]))
    rows = response.context["rows"]
    assert [(row.label, row.level) for row in rows] == [("Sofas", 1)]
    assert "<html" not in words(response)
    accepted = next(one for one in rows[0].cells if one.metric.key == "accepted_leads")
    assert accepted.aside.endswith("%")
    assert page("marketing/branch/", at="{}").status_code == 400
    assert page("marketing/branch/", at=json.dumps(["a"] * 9)).status_code == 400


def test_before_the_first_number_a_report_says_what_to_do(acme, page):
    said = words(page("sales/", by=acme.anna))
    assert "Numbers will be here" in said
    assert "Connect a channel" in said
    assert "Connect a channel" not in words(page("funnel/", by=acme.marta))


def test_cohorts_begin_with_a_year(history, page):
    assert [one.words for one in page("cohorts/").context["periods"] if one.is_chosen] == [
        "12 months"
    ]


def test_columns_and_order_are_in_the_address(history, page):
    table = page("marketing/", columns="orders,leads", sort="orders").context["table"]
    assert [head.metric.key for head in table.heads] == ["orders", "leads"]
    assert [row.cells[0].words for row in table.rows if not row.is_unknown] == ["1", "2"]
    assert table.heads[0].aria == "ascending"


def test_what_is_compared_says_how_it_changed(shop, page):
    earlier = shop.deal()
    shop.born(earlier, timezone.now() - timedelta(days=8))
    shop.deal()
    shop.deal()
    tiles = page("sales/", period="last_7_days", compare="previous").context["tiles"]
    assert (tiles[0].words, tiles[0].delta.words, tiles[0].delta.tone) == ("2", "+100%", "good")


def test_a_year_ago_is_a_comparison_too(page):
    asked = page("sales/", **{"from": "2024-02-29", "to": "2024-03-01", "compare": "year"})
    compared = asked.context["asked"].compared
    assert (str(compared.first), str(compared.last)) == ("2023-02-28", "2023-03-01")


def test_the_tabs_take_the_period_along(page):
    response = page("sales/", period="this_month", base="event", columns="won")
    tab = next(tab for tab in response.context["tabs"] if tab["label"] == "Team")
    assert tab["address"].endswith("/reports/team/?period=this_month")


def test_nothing_is_a_dash_and_never_a_nought(page):
    total = page("marketing/").context["table"].total
    cells = {cell.metric.key: cell.words for cell in total.cells}
    assert cells["cpl"] == cells["romi"] == "—"
    assert cells["leads"] == "0"


def test_the_filter_offers_the_workspaces_own(acme, page):
    builder = page("sales/conditions/").context["builder"]
    with acme.scope():
        built = builder.for_script()
    fields = {one["name"]: one for group in built["groups"] for one in group["fields"]}
    assert ["Boris" in name for _, name in fields["owner"]["choices"]].count(True) == 1
    filtered = json.dumps({"field": "owner", "op": "eq", "value": str(acme.boris.pk)})
    assert "Boris" in words(page("sales/", filter=filtered))


def test_the_chart_has_its_table(history, page):
    chart = page("overview/").context["charts"][0]
    assert chart.labels
    assert [one.name for one in chart.series] == ["Leads", "Accepted leads", "Orders"]
    assert sum(chart.series[0].values) == 5
    assert len(chart.rows) == len(chart.labels)
