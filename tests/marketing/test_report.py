"""The report of a broadcast: each figure opens as many people as it says."""

import csv
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel
from contacts.actions import set_consent
from contacts.models import Job
from crm.actions import create_deal, move_deal
from crm.models import Stage
from events import types
from events.journal import SYSTEM
from events.subscriptions import run_workspace
from inbox.delivery import machine
from inbox.models import Message
from marketing.actions import stop_broadcast
from marketing.reporting.figures import FIGURES
from marketing.reporting.people import Narrowed
from marketing.reporting.summary import recipients_of, report_of
from marketing.totals import totals
from tests.cast import make_channel, make_token
from tests.contacts.files import work
from tests.contacts.test_imports import body
from tests.marketing.test_answers import tell


@pytest.fixture
def sent(stage):
    """A broadcast whose six recipients fared in six ways."""
    stage.add(3)
    with stage.acme.scope():
        from contacts.models import Contact

        people = list(Contact.objects.order_by("id"))
        set_consent(contact=people[0], granted=False, origin="agent", by=SYSTEM)
    stage.platform.answers.extend(
        [
            ConnectorError("recipient_gone", "The customer has blocked the bot."),
            ConnectorError("transient", "The connection broke.", maybe_sent=True),
        ]
    )
    broadcast = stage.send()
    stage.people = people
    with stage.acme.scope():
        rows = recipients_of(broadcast).filter(state="sent").order_by("id")
        read, answered = rows[:2]
        rows.filter(pk=read.pk).update(state="read")
        rows.filter(pk=answered.pk).update(
            state="delivered", answered_at=timezone.now(), unsubscribed_at=timezone.now()
        )
    return broadcast


def shown(page):
    """How many people a page of the table says there are."""
    found = re.search(r"(\d+)\s(?:person|people)<", page.content.decode())
    return int(found[1]) if found else 0


def test_every_figure_opens_as_many_people_as_it_says(stage, sent, log_in):
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/{sent.pk}/"
    with stage.acme.scope():
        report = report_of(sent, 7)
    assert report.figures == {
        "everybody": 6, "waiting": 0, "sent": 3, "delivered": 2, "read": 1, "answered": 1,
        "clicked": 0, "unsubscribed": 1, "failed": 1, "blocked": 1, "unknown": 1, "skipped": 1,
    }  # fmt: skip
    assert client.get(url).status_code == 200
    for name, count in report.figures.items():
        page = client.get(f"{url}people/?figure={name}")
        assert shown(page) == count, name
    [channel] = report.channels
    asked = f"{url}people/?figure=sent&channel={channel.key}"
    assert shown(client.get(asked)) == channel.figures["sent"] == 3
    [failure], [skip] = report.failures, report.skips
    assert (failure.words, failure.count) == ("The customer has blocked the bot.", 1)
    assert skip.words == "The customer does not want offers."
    assert shown(client.get(f"{url}people/?figure=skipped&reason={skip.reason}")) == 1
    assert shown(client.get(f"{url}people/?figure=skipped&reason=other")) == 0


def test_a_stop_leaves_the_bar_where_it_was(stage, sent, log_in):
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/"
    with stage.acme.scope():
        type(sent).objects.filter(pk=sent.pk).update(status="running")
        recipients_of(sent).filter(state="read").update(state="queued", next_at=timezone.now())

    def far():
        pages = [client.get(url).content.decode(), client.get(f"{url}{sent.pk}/").content.decode()]
        assert "5 of 6" in pages[0]
        return pages[1]

    assert "5 of 6" in far()
    with stage.acme.scope():
        stop_broadcast(sent, by=stage.acme.marta)
        assert recipients_of(sent).filter(reason="stopped").count() == 1
    page = far()
    assert "5 of 6" in page
    assert ">The customer does not want offers</a>" in page


def test_shares_are_of_what_came_before(stage, sent):
    with stage.acme.scope():
        shares = report_of(sent, 7).counted.shares
    assert shares["delivered"] == pytest.approx(2 / 3)
    assert shares["read"] == pytest.approx(1 / 2)
    assert shares["failed"] == pytest.approx(1 / 5)
    assert shares["everybody"] is None


def test_what_a_platform_never_tells_is_no_number(stage, sent, log_in):
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/"
    second = stage.send(name="Second")
    with stage.acme.scope():
        Channel.objects.filter(pk=stage.channel.pk).update(kind="telegram")
        report, found = report_of(sent, 7), totals(sent.pk)
        token = make_token()
    assert (report.figures["sent"], report.figures["delivered"], report.figures["read"]) == (
        3, None, None,
    )  # fmt: skip
    assert report.counted.shares["read"] is None
    assert (found["sent"], found["delivered"], found["read"]) == (3, None, None)
    for page in (url, f"{url}{sent.pk}/", f"{url}comparison/?broadcast={sent.pk}"):
        shown = client.get(page).content.decode()
        assert "he platform does not tell" in shown, page
        assert "None" not in shown, page
    told = client.get(
        f"/api/v1/broadcasts/{sent.pk}/report/", headers={"authorization": f"Bearer {token}"}
    ).json()
    assert told["figures"]["read"] is told["totals"]["delivered"] is None
    assert told["variants"]["a"]["read"] is None
    client.post(f"{url}comparison/export/", {"broadcast": [second.pk], "format": "csv"})
    with stage.acme.scope():
        job = Job.objects.get(kind="broadcast_summary")
    work(stage.acme, job)
    data = body(client.get(f"{stage.acme.url}/contacts/jobs/{job.pk}/file/"))
    head, row = csv.reader(io.StringIO(data.decode("utf-8-sig")))
    line = dict(zip(head, row, strict=True))
    assert (line["Sent"], line["Delivered"], line["Read"]) == ("4", "—", "—")


def test_of_several_platforms_those_that_tell_are_counted(stage, sent, log_in):
    """One of the three sent goes by a platform that tells only of reading, one by one that tells
    nothing: what was delivered is known of one, what was read of two."""
    with stage.acme.scope():
        rows = recipients_of(sent)
        read, quiet = rows.get(state="read"), rows.get(state="sent")
        for one, kind in ((read, "vk"), (quiet, "telegram")):
            rows.filter(pk=one.pk).update(channel=make_channel(kind))
        report = report_of(sent, 7)
    assert (report.figures["delivered"], report.figures["read"]) == (1, 1)
    assert report.counted.bases == {"delivered": 1, "read": 2}
    assert report.counted.shares["read"] == pytest.approx(1 / 2)
    by_kind = {part.channel.kind: part.figures for part in report.channels}
    assert (by_kind["vk"]["delivered"], by_kind["vk"]["read"]) == (None, 1)
    assert (by_kind["telegram"]["delivered"], by_kind["telegram"]["read"]) == (None, None)
    page = log_in(stage.acme.marta).get(f"{stage.acme.url}/broadcasts/{sent.pk}/").content.decode()
    assert "50.0% of 2 where it is told" in page


def test_deals_and_orders_count_within_the_days_that_are_chosen(stage, sent, log_in):
    with stage.acme.scope():
        got, left_out = (
            recipients_of(sent).filter(state=state).first().contact for state in ("read", "skipped")
        )
        deal = create_deal(contact=got, amount=Decimal(1000), by=SYSTEM)
        create_deal(contact=left_out, amount=Decimal(5), by=SYSTEM)
        won = Stage.objects.filter(pipeline=deal.pipeline, group="won").first()
        move_deal(deal, to=won, by=SYSTEM, checks_fields=False)
        create_deal(contact=got, amount=Decimal(300), by=SYSTEM)
        money = report_of(sent, 1).money
        assert (money.deals, money.open_amount) == (2, Decimal(300))
        assert (money.orders, money.revenue, money.currency) == (1, Decimal(1000), "RUB")
        got_it = recipients_of(sent).exclude(sent_at=None)
        got_it.update(sent_at=timezone.now() - timedelta(days=5))
        assert report_of(sent, 3).money.deals == 0
        assert report_of(sent, 7).money.orders == 1
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/{sent.pk}/people/"
    page = client.get(f"{url}?figure=deals&days=7").content.decode()
    assert page.count("<tr>") == 3
    assert client.get(f"{url}?figure=orders&days=7").content.decode().count("<tr>") == 2


def test_the_report_tells_what_each_version_said(stage, log_in):
    bold = {"type": "bold", "offset": 0, "length": 3}
    broadcast = stage.send(text="Big <sale>", entities=[bold], variants=[
        {"key": "a", "text": ""}, {"key": "b", "text": "Other"},
    ])  # fmt: skip
    url = f"{stage.acme.url}/broadcasts/{broadcast.pk}/"
    page = log_in(stage.acme.marta).get(url).content.decode()
    assert "<strong>Big</strong> &lt;sale&gt;" in page
    assert "Version B" in page
    assert ">Other<" in page


def test_the_list_tells_what_each_broadcast_brought(stage, sent, log_in):
    with stage.acme.scope():
        got = recipients_of(sent).filter(state="sent").first().contact
        deal = create_deal(contact=got, amount=Decimal(900), by=SYSTEM)
        won = Stage.objects.filter(pipeline=deal.pipeline, group="won").first()
        move_deal(deal, to=won, by=SYSTEM, checks_fields=False)
    page = log_in(stage.acme.marta).get(f"{stage.acme.url}/broadcasts/").content.decode()
    assert page.count("₽900") == 1
    with stage.acme.scope():
        recipients_of(sent).exclude(sent_at=None).update(sent_at=timezone.now() - timedelta(days=8))
    page = log_in(stage.acme.marta).get(f"{stage.acme.url}/broadcasts/").content.decode()
    assert "₽900" not in page


def test_of_the_uncertain_a_person_decides(stage, sent, log_in):
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/{sent.pk}/"
    [one] = stage.recipients(sent, state="unknown")
    assert "It arrived" in client.get(url).content.decode()
    for _ in range(2):
        assert client.post(f"{url}recipients/{one.pk}/sent/").status_code == 303
    assert stage.fresh(one).state == "sent"
    with stage.acme.scope():
        assert Message.objects.get(pk=one.pk).status == "sent"
    assert "It arrived" not in client.get(url).content.decode()


def test_an_uncertain_one_is_sent_again_once(stage, sent, log_in):
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/{sent.pk}/"
    [one] = stage.recipients(sent, state="unknown")
    before = len(stage.platform.sent)
    for _ in range(2):
        assert client.post(f"{url}recipients/{one.pk}/again/").status_code == 303
    with stage.acme.scope():
        message = Message.objects.get(pk=one.pk)
    assert message.status == "queued"
    machine.deliver(stage.acme.workspace.id, message.conversation_id)
    run_workspace(stage.acme.workspace.id)
    assert len(stage.platform.sent) == before + 1
    assert stage.fresh(one).state == "sent"


def test_news_after_the_end_are_told_to_the_screens(stage):
    broadcast = stage.send()
    before = len(stage.events("broadcast.progressed"))
    tell(stage, stage.recipients(broadcast)[0], types.MESSAGE_READ, status="read")
    run_workspace(stage.acme.workspace.id)
    assert len(stage.events("broadcast.progressed")) == before + 1
    assert stage.totals(broadcast)["read"] == 1


def test_who_may_only_read_sees_no_buttons_and_strangers_see_nothing(stage, sent, log_in, rival):
    url = f"{stage.acme.url}/broadcasts/{sent.pk}/"
    boris = log_in(stage.acme.boris)
    assert boris.get(url).status_code == boris.get(f"{url}people/").status_code == 403
    assert log_in(rival.rita).get(url).status_code == 404
    other = f"{rival.url}/broadcasts/{sent.pk}/"
    assert log_in(rival.rita).get(other).status_code == 404


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_people_go_into_a_file(stage, sent, log_in, form):
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/{sent.pk}/people/export/"
    answer = client.post(url, {"figure": "sent", "format": form})
    with stage.acme.scope():
        job = Job.objects.get(kind="broadcast_recipients")
    assert answer["Location"].endswith(f"/contacts/jobs/{job.pk}/")
    work(stage.acme, job)
    page = client.get(answer["Location"]).content.decode()
    assert "Download" in page
    data = body(client.get(f"{answer['Location']}file/"))
    if form == "csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        assert rows[0][:3] == ["Contact", "Phone", "E-mail"]
        assert len(rows) == 4
    else:
        import openpyxl

        assert openpyxl.load_workbook(io.BytesIO(data)).active.max_row == 4


def test_broadcasts_stand_side_by_side_and_go_into_a_file(stage, sent, log_in):
    second = stage.send(name="Second")
    client, url = log_in(stage.acme.marta), f"{stage.acme.url}/broadcasts/comparison/"
    asked = f"?broadcast={sent.pk}&broadcast={second.pk}&broadcast=nonsense&days=3"
    page = client.get(f"{url}{asked}").content.decode()
    assert page.count('scope="col"') == 2
    assert client.get(url).status_code == 200
    client.post(f"{url}export/", {"broadcast": [sent.pk, second.pk], "format": "csv", "days": 3})
    with stage.acme.scope():
        job = Job.objects.get(kind="broadcast_summary")
    work(stage.acme, job)
    data = body(client.get(f"{stage.acme.url}/contacts/jobs/{job.pk}/file/"))
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == ["Sale", "Second"]


def test_an_address_that_makes_no_sense_is_everybody():
    nonsense = {"figure": "luck", "channel": "x", "reason": "\0", "variant": "v" * 99}
    found = Narrowed.from_address(nonsense)
    assert (found.figure, found.channel, found.reason) == ("everybody", "", "")
    assert set(FIGURES) >= {"everybody", "unknown"}
