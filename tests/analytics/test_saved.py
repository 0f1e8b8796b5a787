"""Reports as files, under names, and in the mail at their time."""

import csv
import io
from datetime import UTC, datetime, timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected
from unittest.mock import patch

import openpyxl
import pytest
from django.core import mail
from django.utils import timezone

from analytics.models import ReportDelivery, ReportLetter, SavedReport
from analytics.saved.actions import save_report, set_delivery
from analytics.saved.delivering import deliver_due
from inbox.models import Message
from tests.api.calls import Program, is_problem
from tests.cast import make_channel, make_conversation
from workspaces.actions import create_api_token

pytestmark = pytest.mark.django_db
MAIL = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def saved(acme):
    """`saved(by=acme.anna, report="sales")` keeps one."""

    def make(*, by=None, report="sales", name="Sales of the month", **values):
        with acme.scope():
            values = {"parameters": {"period": "this_month"}, **values}
            return save_report(by=by or acme.anna, report=report, name=name, **values)

    return make


@pytest.fixture
def delivery(acme, saved):
    """One that was due a minute ago: daily to anna."""

    def make(one=None, *, by=None, **values):
        with acme.scope():
            asked = {"frequency": "daily", "hour": 9, "recipients": [acme.anna.pk], **values}
            made = set_delivery(one or saved(), by=by or acme.anna, **asked)
            made.next_at = timezone.now() - timedelta(minutes=1)
            made.save(update_fields=["next_at"])
            return made

    return make


def test_the_file_has_what_the_page_has(shop, acme, log_in):
    shop.win(shop.deal(amount=4000, owner=acme.boris))
    shop.deal(amount=100, owner=acme.vera)
    page = log_in(acme.anna)
    address = f"{acme.url}/reports/sales/file.csv?columns=deals,won,conversion,revenue"
    answer = page.get(address)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="sales-')
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows == [
        ["Member", "Deals", "Won", "Conversion", "Revenue, RUB"],
        ["Boris", "1", "1", "1", "4000"],
        ["Vera", "1", "0", "0", "0"],
        ["Total", "2", "1", "0.5", "4000"],
    ]


def test_a_workbook_shows_numbers_as_numbers(shop, acme, client):
    shop.win(shop.deal(shop.contact(source="=1+1"), amount=4000))
    answer = client.get("/api/v1/reports/marketing/file/", {"as": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    (head, first, *_rest) = sheet.iter_rows()
    found = {one.value: cell for one, cell in zip(head, first, strict=True)}
    assert (found["Source"].value, found["Source"].data_type) == ("=1+1", "s")
    assert (found["Leads"].value, found["Revenue, RUB"].value) == (1, 4000)
    assert found["Revenue, RUB"].number_format == "#,##0.00"


@pytest.mark.parametrize(
    "name", ["overview", "inquiries", "team", "funnel", "cohorts", "channels", "broadcasts"]
)
def test_every_report_can_be_had_as_a_file(shop, client, name):
    shop.win(shop.deal())
    shop.lose(shop.deal())
    for kind in ("csv", "xlsx"):
        assert client.get(f"/api/v1/reports/{name}/file/", {"as": kind}).content


def test_files_of_what_cannot_be_asked_are_refused(client, stranger, program):
    is_problem(client.get("/api/v1/reports/sales/file/", {"as": "exe"}), 400)
    is_problem(client.get("/api/v1/reports/nothing/file/"), 404)
    is_problem(client.get("/api/v1/reports/sales/file/", {"from": "x"}), 400)
    is_problem(program(role="agent").get("/api/v1/reports/marketing/file/"), 403)


def test_a_view_is_saved_from_the_page_and_stands_in_its_menu(acme, log_in):
    page = log_in(acme.anna)
    answer = page.post(
        f"{acme.url}/reports/sales/save/",
        {"name": " By  team ", "group": "team", "period": "last_month", "is_shared": "yes"},
    )
    with acme.scope():
        kept = SavedReport.objects.get()
    assert kept.parameters == {"group": "team", "period": "last_month"}
    assert (kept.name, kept.is_shared) == ("By team", True)
    assert "group=team" in answer.headers["Location"]
    assert "By team" in log_in(acme.marta).get(f"{acme.url}/reports/sales/").text
    assert "By team" in page.get(f"{acme.url}/reports/saved/").text


def test_under_the_same_name_it_takes_the_place(acme, saved):
    saved()
    saved(parameters={"period": "last_month"})
    with acme.scope():
        assert SavedReport.objects.get().parameters == {"period": "last_month"}


def test_what_cannot_be_asked_is_not_saved(acme, log_in):
    page = log_in(acme.anna)
    for values in ({"name": ""}, {"name": "x", "group": "moon"}, {"name": "x", "filter": "{"}):
        page.post(f"{acme.url}/reports/sales/save/", values)
    with acme.scope():
        assert not SavedReport.objects.exists()


def test_what_is_not_shared_nobody_else_sees(acme, rival, saved, log_in):
    one = saved()
    for cast, member in ((acme, acme.marta), (rival, rival.rita)):
        page = log_in(member)
        assert "Sales of the month" not in page.get(f"{cast.url}/reports/saved/").text
        assert page.post(f"{cast.url}/reports/saved/{one.pk}/delete/").status_code == 404
        assert page.get(f"{cast.url}/reports/saved/{one.pk}/deliveries/").status_code == 404


def test_an_agent_saves_own_numbers_alone(acme, log_in):
    page = log_in(acme.boris)
    page.post(f"{acme.url}/reports/sales/save/", {"name": "Mine"})
    assert page.post(f"{acme.url}/reports/marketing/save/", {"name": "x"}).status_code == 403
    shared = {"name": "All", "is_shared": "yes"}
    assert page.post(f"{acme.url}/reports/sales/save/", shared).status_code == 403
    with acme.scope():
        kept = SavedReport.objects.get()
    assert kept.name == "Mine"
    assert page.get(f"{acme.url}/reports/saved/{kept.pk}/deliveries/").status_code == 403


def test_it_comes_by_mail_with_the_file_and_once(acme, shop, delivery):
    shop.win(shop.deal(amount=4000))
    made = delivery()
    assert (deliver_due(), deliver_due()) == (1, 0)
    (letter,) = mail.outbox
    assert letter.to == [acme.anna.user.email]
    assert letter.subject.startswith("Sales of the month: ")
    assert "Revenue: ₽4,000" in letter.body
    assert "/reports/sales/?period=this_month" in letter.body
    [(name, content, _mime)] = letter.attachments
    assert name.startswith("sales-")
    assert openpyxl.load_workbook(io.BytesIO(content)).active["A1"].value == "Member"
    with acme.scope():
        made.refresh_from_db()
    assert made.next_at > timezone.now()
    assert (made.error, made.last_at is None) == ("", False)


def test_each_reads_what_they_may(acme, shop, delivery):
    shop.win(shop.deal(amount=4000, owner=acme.boris))
    delivery(recipients=[acme.boris.pk, acme.vera.pk], file_format="csv")
    deliver_due()
    told = {letter.to[0]: letter.body for letter in mail.outbox}
    assert "Revenue: ₽4,000" in told[acme.boris.user.email]
    assert "Revenue: ₽0" in told[acme.vera.user.email]


def test_whoever_may_read_it_no_longer_gets_nothing(acme, delivery, saved):
    one = saved(report="marketing", name="Ads")
    delivery(one, recipients=[acme.anna.pk, acme.marta.pk])
    with acme.scope():
        acme.marta.role = "agent"
        acme.marta.save()
    deliver_due()
    assert [letter.to for letter in mail.outbox] == [[acme.anna.user.email]]


def test_it_goes_into_a_chat(acme, shop, delivery):
    shop.win(shop.deal(amount=4000))
    with acme.scope():
        chat = make_conversation(make_channel())
    delivery(recipients=[], conversation=chat)
    deliver_due()
    with acme.scope():
        message = Message.objects.get(conversation=chat, direction="outgoing")
    assert message.text.startswith("Sales of the month, ")
    assert "Revenue: ₽4,000" in message.text


def test_a_mail_server_that_is_away_is_told_of_and_stops_nothing(acme, delivery):
    made = delivery()
    with patch(f"{MAIL}.open", side_effect=OSError("away")):
        assert deliver_due() == 1
    with acme.scope():
        made.refresh_from_db()
        ReportLetter.objects.update(next_at=timezone.now())
    assert "away" in made.error
    assert made.next_at > timezone.now()
    assert (deliver_due(), len(mail.outbox)) == (0, 1)
    with acme.scope():
        made.refresh_from_db()
    assert made.error == ""


@pytest.mark.parametrize(
    ("error", "state", "again"),
    [
        (SMTPServerDisconnected("gone"), "unknown", 0),
        (SMTPDataError(554, b"no"), "failed", 0),
        (SMTPDataError(451, b"later"), "sent", 1),
    ],
)
def test_a_letter_is_sent_again_only_where_the_server_said_no(acme, delivery, error, state, again):
    made = delivery()
    with patch(f"{MAIL}.send_messages", side_effect=error):
        deliver_due()
    with acme.scope():
        made.refresh_from_db()
        ReportLetter.objects.update(next_at=timezone.now())
    assert made.error
    deliver_due()
    with acme.scope():
        assert ReportLetter.objects.get().state == state
    assert len(mail.outbox) == again


@pytest.mark.parametrize(
    ("frequency", "day", "next_at"),
    [
        ("daily", 1, datetime(2026, 3, 3, 6, tzinfo=UTC)),
        ("weekly", 1, datetime(2026, 3, 9, 6, tzinfo=UTC)),
        ("monthly", 28, datetime(2026, 3, 28, 6, tzinfo=UTC)),
        ("monthly", 1, datetime(2026, 4, 1, 6, tzinfo=UTC)),
    ],
)
def test_times_are_the_companys(acme, frequency, day, next_at):
    with acme.scope():
        acme.workspace.time_zone = "Europe/Moscow"
        acme.workspace.save()
        made = ReportDelivery(frequency=frequency, day=day, hour=9)
        assert made.after(datetime(2026, 3, 2, 6, tzinfo=UTC)) == next_at


def test_a_delivery_is_made_paused_and_ended_on_its_page(acme, saved, log_in):
    one, page = saved(), log_in(acme.anna)
    at = f"{acme.url}/reports/saved/{one.pk}/deliveries/"
    assert page.get(at).status_code == 200
    values = {"frequency": "weekly", "weekday": "2", "hour": "8", "format": "csv"}
    assert page.post(at, values).status_code == 422
    page.post(at, {**values, "recipients": [str(acme.boris.pk)]})
    with acme.scope():
        made = ReportDelivery.objects.get()
        assert (made.day, made.hour, made.format) == (2, 8, "csv")
        assert list(made.recipients.all()) == [acme.boris]
    # Nobody is chosen again whom somebody has left out.
    assert page.get(f"{at}{made.pk}/").text.count(" checked") == 1
    for deed, is_planned in (("pause", False), ("resume", True)):
        page.post(f"{at}{made.pk}/deed/", {"deed": deed})
        with acme.scope():
            made.refresh_from_db()
        assert (made.next_at is not None) == is_planned
    page.post(f"{at}{made.pk}/deed/", {"deed": "delete"})
    with acme.scope():
        assert not ReportDelivery.objects.exists()


def test_by_the_api(acme, stranger):
    with acme.scope():
        client = Program(create_api_token(name="reports", role="admin", by=acme.anna).secret)
    values = {"report": "sales", "name": "By team", "parameters": {"group": "team"}}
    made = client.send("post", "/saved-reports/", values).json()
    path = f"/saved-reports/{made['id']}/"
    assert client.rows("/saved-reports/") == [made]
    assert client.send("get", path).json() == made
    asked = {"frequency": "weekly", "day": 5, "recipients": [str(acme.anna.pk)]}
    told = client.send("post", f"{path}deliveries/", asked).json()
    assert client.send("get", f"{path}deliveries/").json() == [told]
    assert (told["day"], told["hour"], told["format"]) == (5, 9, "xlsx")
    is_problem(client.send("post", f"{path}deliveries/", {"frequency": "weekly"}), 422)
    is_problem(client.send("post", f"{path}deliveries/", {**asked, "day": 9}), 422)
    is_problem(client.send("post", "/saved-reports/", {"report": "x", "name": "y"}), 400)
    for method, at in (("get", ""), ("delete", ""), ("get", "deliveries/")):
        is_problem(stranger.send(method, path + at), 404)
    assert client.send("delete", f"{path}deliveries/{told['id']}/").status_code == 204
    assert client.send("delete", path).status_code == 204
    is_problem(client.send("get", path), 404)
