"""What marketing and sales promise each other: signed by both, kept or broken by the numbers."""

from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from analytics.agreements.keeping import in_force
from analytics.agreements.promises import AT_LEAST, OFFERS
from analytics.ground.pacts import SHORT
from analytics.models import Agreement, AgreementPromise
from events.models import Event, Notification
from tests.api.calls import is_problem
from workspaces.zones import local_day

pytestmark = pytest.mark.django_db


def this_month(acme):
    with acme.scope():
        return local_day(timezone.now()).replace(day=1)


def months_ago(first, count):
    for _ in range(count):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


@pytest.fixture
def proposal(acme):
    """What a program proposes: two leads of marketing, a share in time of sales."""
    promises = [
        {"metric": "leads", "threshold": "2"}, {"metric": "sla_share", "threshold": "0.8"},
    ]  # fmt: skip
    return {"since": this_month(acme).isoformat(), "promises": promises, "accepted_lead": "A sofa"}


@pytest.fixture
def signed(acme):
    """`signed(months_ago, leads=2, ...)` is a version that both have signed."""

    def make(months=0, **promises):
        since = months_ago(this_month(acme), months)
        with acme.scope():
            made = Agreement.objects.create(
                number=Agreement.objects.count() + 1, since=since, marketing_at=timezone.now(),
                sales_at=timezone.now(), marketing_by=acme.marta, sales_by=acme.anna,
            )  # fmt: skip
            for metric, threshold in promises.items():
                is_cost = metric in {"cpl", "accepted_lead_cost", "judgement_median"}
                AgreementPromise.objects.create(
                    agreement=made, metric=metric, threshold=Decimal(threshold),
                    side="marketing" if metric in {"leads", "cpl"} else "sales",
                    condition="at_most" if is_cost else "at_least",
                )  # fmt: skip
        return made

    return make


@pytest.fixture
def kept(client):
    """`kept(metric)` is what the months say of a promise, the latest first."""

    def read(metric):
        months = client.get("/api/v1/agreements/months/").json()
        return [
            (one["month"], promise["state"], promise["value"], promise["missing"])
            for one in months
            for promise in one["promises"]
            if promise["metric"] == metric
        ]

    return read


def born(acme, shop, deal, day):
    shop.born(deal, datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Europe/Moscow")))


def test_a_version_is_in_force_once_both_have_signed(client, program, proposal, acme):
    made = client.send("post", "/agreements/", proposal)
    assert made.status_code == 201, made.content
    path = f"/agreements/{made.json()['id']}/sign/"
    assert client.send("post", path, {"side": "marketing"}).json()["marketing_at"]
    with acme.scope():
        assert in_force(this_month(acme)) is None
    told = client.send("post", path, {"side": "sales"}).json()
    assert told["sales_at"]
    assert told["promises"][0]["side"] == "marketing"
    with acme.scope():
        assert in_force(this_month(acme)).number == 1
        actions = Event.objects.filter(action__startswith="agreement.")
        assert list(actions.order_by("seq").values_list("action", flat=True)) == [
            "agreement.proposed", "agreement.signed", "agreement.signed",
        ]  # fmt: skip


def test_who_may_sign_for_one_side_signs_with_the_proposal(program, proposal):
    told = program(role="marketer").send("post", "/agreements/", proposal).json()
    assert told["marketing_at"]
    assert told["sales_at"] is None


def test_the_other_side_hears_of_it(acme, log_in):
    page = log_in(acme.marta)
    form = {"since": this_month(acme).isoformat(), "leads": "40", "sla_share": "80"}
    answer = page.post(f"{acme.url}/reports/ground/agreement/new/", form)
    assert answer.status_code == 303
    with acme.scope():
        made = Agreement.objects.get()
        assert (made.proposed_by_id, made.marketing_by_id) == (acme.marta.pk, acme.marta.pk)
        told = {one.metric: one.threshold for one in made.promises.all()}
        assert told == {"leads": Decimal(40), "sla_share": Decimal("0.8")}
        people = set(
            Notification.objects.filter(kind="agreement").values_list("membership_id", flat=True)
        )
        assert acme.anna.pk in people
        assert acme.marta.pk not in people


def test_signing_twice_is_signing_once(client, program, proposal, acme):
    made = client.send("post", "/agreements/", proposal).json()
    for _ in range(2):
        client.send("post", f"/agreements/{made['id']}/sign/", {"side": "sales"})
    with acme.scope():
        assert Event.objects.filter(action="agreement.signed").count() == 1


def test_a_side_is_signed_by_who_speaks_for_it(client, program, proposal):
    made = client.send("post", "/agreements/", proposal).json()
    marketer = program(role="marketer")
    is_problem(marketer.send("post", f"/agreements/{made['id']}/sign/", {"side": "sales"}), 403)
    is_problem(program(role="analyst").send("post", "/agreements/", proposal), 403)
    is_problem(program(role="agent").get("/api/v1/agreements/"), 403)


def test_a_stranger_finds_none(client, stranger, proposal, acme, rival, log_in):
    made = client.send("post", "/agreements/", proposal).json()
    is_problem(stranger.get(f"/api/v1/agreements/{made['id']}/"), 404)
    assert stranger.get("/api/v1/agreements/").json()["results"] == []
    path = f"{acme.url}/reports/ground/agreement/"
    assert log_in(rival.rita).get(path).status_code == 404


def test_another_proposal_takes_the_place_of_one_that_waits(client, proposal):
    first = client.send("post", "/agreements/", proposal).json()
    second = client.send("post", "/agreements/", proposal).json()
    assert second["number"] == 2
    assert client.get(f"/api/v1/agreements/{first['id']}/").json()["withdrawn_at"]
    is_problem(client.send("post", f"/agreements/{first['id']}/sign/", {"side": "sales"}), 422)


def test_what_both_have_signed_is_not_taken_back(client, signed):
    made = signed(leads=1)
    is_problem(client.send("post", f"/agreements/{made.pk}/withdraw/", {}), 422)


@pytest.mark.parametrize(
    "change",
    [
        {"since": "2026-11-15"},
        {"since": "2020-01-01"},
        {"promises": []},
        {"promises": [{"metric": "sla_share", "threshold": "1.2"}]},
        {"promises": [{"metric": "leads", "threshold": "0"}]},
    ],
)
def test_what_cannot_be_promised_is_refused(client, proposal, change):
    is_problem(client.send("post", "/agreements/", {**proposal, **change}), 422)


def test_an_unknown_metric_is_no_promise(client, proposal):
    promises = [{"metric": "revenue", "threshold": "1"}]
    is_problem(client.send("post", "/agreements/", {**proposal, "promises": promises}), 400)


def test_a_month_that_is_over_was_kept_or_broken(acme, shop, signed, kept):
    signed(2, leads=2)
    last, before = months_ago(this_month(acme), 1), months_ago(this_month(acme), 2)
    for day in (last, last + timedelta(days=20), before):
        born(acme, shop, shop.deal(), day)
    told = kept("leads")
    assert told[1:] == [
        (last.isoformat(), "kept", 2, 0), (before.isoformat(), "broken", 1, 1),
    ]  # fmt: skip


def test_each_month_is_held_against_the_version_of_its_time(acme, shop, signed, kept, client):
    signed(3, leads=1)
    signed(1, leads=9)
    last, before = months_ago(this_month(acme), 1), months_ago(this_month(acme), 2)
    for day in (last, before):
        born(acme, shop, shop.deal(), day)
    assert [state for _month, state, _value, _missing in kept("leads")][1:3] == ["broken", "kept"]
    months = client.get("/api/v1/agreements/months/").json()
    assert [one["number"] for one in months] == [2, 2, 1, 1]


def test_a_running_month_is_on_track_or_behind(acme, shop, signed, kept, log_in):
    signed(leads=1000)
    shop.deal()
    ((_month, state, value, missing),) = kept("leads")
    assert (state, value, missing) == ("behind", 1, 999)
    page = log_in(acme.anna).get(f"{acme.url}/reports/ground/").content.decode()
    assert "999 leads short" in page
    signed(leads=1)
    assert kept("leads")[0][1] == "on_track"


def test_whatever_can_be_short_has_a_name():
    assert {one.metric for one in OFFERS.values() if one.condition == AT_LEAST} == set(SHORT)


def test_a_cost_is_kept_below_its_limit(acme, shop, client, signed, kept):
    day = timezone.localdate().isoformat()
    shop.deal()
    client.send("post", "/spend/", {"date": day, "source": "vk", "cost": 300})
    signed(cpl=400)
    assert kept("cpl")[0][1] == "on_track"
    signed(cpl=200)
    assert kept("cpl")[0][1:3] == ("behind", {"amount": "300.00", "currency": "RUB"})


def test_nothing_to_tell_it_by_is_neither(signed, kept):
    signed(cpl=400)
    assert kept("cpl")[0][1] == "untold"


def test_leads_are_judged_in_time_or_late(acme, shop, report, client):
    client.send("patch", "/report-settings/", {"judgement_target": 3600})
    shop.move(shop.deal(), "Qualified")
    late, silent = shop.deal(), shop.deal()
    for deal in (late, silent):
        shop.born(deal, timezone.now() - timedelta(days=4))
    shop.move(late, "Qualified")
    shop.deal()
    found = report("ground")
    # Of the two that nobody has judged, one has time left.
    assert found.total["judged_in_time"] == pytest.approx(1 / 3, abs=1e-6)
    rows = client.get("/api/v1/reports/ground/rows/?metric=judged_in_time").json()
    assert rows["count"] == 2


def test_both_sides_see_the_same(acme, shop, signed, log_in):
    signed(1, leads=1, sla_share="0.8")
    shop.deal()
    for member in (acme.anna, acme.marta):
        page = log_in(member)
        ground = unescape(page.get(f"{acme.url}/reports/ground/").content.decode())
        assert "Marketing promised" in ground
        assert "at least 80%" in ground
        history = page.get(f"{acme.url}/reports/ground/agreement/")
        assert [len(row["lines"]) for row in history.context["table"]] == [2, 2]
        assert "Month by month" in unescape(history.content.decode())


def test_a_promised_number_opens_its_rows(acme, shop, signed, log_in):
    signed(leads=1)
    for _ in range(2):
        shop.deal()
    page = log_in(acme.marta)
    pact = page.get(f"{acme.url}/reports/ground/").context["pact"]
    (line,) = pact.marketing
    assert line.value == "2"
    assert len(page.get(line.address).context["rows"]) == 2


def test_a_version_is_signed_and_withdrawn_on_its_page(acme, log_in):
    page, path = log_in(acme.anna), f"{acme.url}/reports/ground/agreement/"
    page.post(f"{path}new/", {"since": this_month(acme).isoformat(), "leads": "5"})
    with acme.scope():
        made = Agreement.objects.get()
    assert "Sign for sales" in page.get(path).content.decode()
    assert page.post(f"{path}{made.pk}/signature/", {"side": "sales"}).status_code == 303
    assert page.post(f"{path}{made.pk}/withdrawal/").status_code == 303
    with acme.scope():
        made.refresh_from_db()
        assert made.sales_by_id == acme.anna.pk
        assert made.withdrawn_at


def test_a_proposal_without_promises_is_not_sent(acme, log_in):
    answer = log_in(acme.marta).post(
        f"{acme.url}/reports/ground/agreement/new/", {"since": this_month(acme).isoformat()}
    )
    assert answer.status_code == 422
