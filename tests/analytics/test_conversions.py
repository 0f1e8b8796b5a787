"""Accepted leads, orders and chats are told back to Metrica, over HTTP, once each."""

import csv
import io
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from analytics.conversions import queueing, sending
from analytics.models import Conversion, ConversionTarget
from analytics.people import forget_person
from events import types
from events.journal import record
from events.subscriptions import catch_up, subscriptions
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((self.path, self.headers["Authorization"], body))
        answers = self.server.answers
        status, document = answers.pop(0) if len(answers) > 1 else answers[0]
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments):
        return


@pytest.fixture
def metrica(settings):
    """A server that answers as Metrica does: `metrica.answers`, `metrica.files()`."""
    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.asked, made.answers = [], [(200, {"uploading": {"id": 77}})]
    settings.YANDEX_METRICA_API_URL = f"http://127.0.0.1:{made.server_port}"
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    made.files = lambda: [rows_of(body) for _path, _token, body in made.asked]
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def rows_of(body):
    text = body.split(b"\r\n\r\n", 1)[1].rsplit(b"\r\n--", 1)[0].decode()
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def target(acme, metrica):
    with acme.scope():
        return sending.connect_target(
            by=acme.marta, counter="123", token="y0", accepted_goal="ok", paid_goal="paid"
        )


def queue(acme):
    """What the journal has is in the queue, and what waits is sent."""
    (mine,) = [one for one in subscriptions() if one.name == queueing.NAME]
    catch_up(acme.workspace.pk, mine)
    sending.send_all_due()
    with acme.scope():
        return list(Conversion.objects.order_by("kind", "id"))


def test_accepted_and_paid_are_told_with_their_values(acme, shop, metrica, target):
    contact = shop.contact(source="yandex", click_ids={"yclid": "555"})
    deal = shop.win(shop.move(shop.deal(contact, amount=9000), "Qualified", by=acme.boris))
    rows = queue(acme)
    assert {(one.kind, one.state, one.upload) for one in rows} == {
        ("accepted", "sent", "77"), ("paid", "sent", "77"),
    }  # fmt: skip
    accepted, paid = (rows[0] for rows in metrica.files())
    assert (accepted["Yclid"], accepted["Target"]) == ("555", "ok")
    assert (paid["Target"], paid["Price"], paid["Currency"]) == ("paid", "9000.00", "RUB")
    assert int(paid["DateTime"]) == int(deal.closed_at.timestamp())
    path, token, _body = metrica.asked[0]
    assert path == "/management/v1/counter/123/offline_conversions/upload"
    assert token == "OAuth y0"


def test_once_each_whatever_happens_to_the_deal_later(acme, shop, metrica, target):
    contact = shop.contact(source="yandex", click_ids={"yclid": "555"})
    deal = shop.win(shop.deal(contact))
    queue(acme)
    shop.win(shop.move(deal, "Qualified", by=acme.boris))
    queue(acme)
    assert len(metrica.asked) == 2


def test_a_visit_is_told_by_metricas_own_id(acme, shop, metrica, target):
    contact = shop.contact(source="yandex", data={"ids": {"ym_client_id": "1700.42"}})
    shop.move(shop.deal(contact), "Qualified", by=acme.boris)
    queue(acme)
    assert metrica.files()[0][0]["ClientId"] == "1700.42"


def test_without_a_trace_of_the_click_it_is_skipped_and_shown(acme, shop, metrica, target):
    shop.win(shop.deal())
    assert {one.state for one in queue(acme)} == {"skipped"}
    assert metrica.asked == []


def test_chats_are_told_in_their_own_form(acme, shop, metrica, target):
    with acme.scope():
        conversation = make_conversation(make_channel(), chat="42")

        record(types.CONVERSATION_CREATED, subject=conversation)
    shop.touch(conversation.contact, "yandex", click_ids={"yclid": "9"})
    (row,) = queue(acme)
    assert (row.kind, row.state) == ("chat", "sent")
    assert metrica.asked[0][0].endswith("/upload?type=CHATS")
    told = metrica.files()[0][0]
    assert (told["Yclid"], told["ChatPlatform"], told["ChatUserID"]) == ("9", "telegram", "42")


def test_who_is_forgotten_leaves_no_trace(acme, shop, metrica, target):
    contact = shop.contact(source="yandex", click_ids={"yclid": "555"})
    shop.win(shop.deal(contact))
    queue(acme)
    with acme.scope():
        forget_person(contact)
        assert set(Conversion.objects.values_list("yclid", "state")) == {("", "sent")}


def test_a_refusal_stands_in_the_log_and_is_tried_again_on_wish(acme, shop, metrica, target):
    metrica.answers = [(403, {"message": "Access is denied"}), (200, {"uploading": {"id": 78}})]
    shop.move(shop.deal(shop.contact(click_ids={"yclid": "1"}, source="a")), "Qualified")
    (row,) = queue(acme)
    assert (row.state, row.error) == ("failed", "Access is denied")
    with acme.scope():
        assert sending.retry(target, by=acme.marta) == 1
    (row,) = queue(acme)
    assert (row.state, row.upload) == ("sent", "78")


def test_a_server_in_trouble_is_left_alone_for_a_while(acme, shop, metrica, target):
    metrica.answers = [(503, {})]
    shop.move(shop.deal(shop.contact(click_ids={"yclid": "1"}, source="a")), "Qualified")
    (row,) = queue(acme)
    assert row.state == "waiting"
    queue(acme)
    assert len(metrica.asked) == 1
    metrica.answers = [(200, {"uploadings": [{"id": 5}]})]
    with acme.scope():
        past = timezone.now() - timedelta(minutes=10)
        ConversionTarget.objects.update(next_at=past)
    (row,) = queue(acme)
    assert (row.state, row.upload) == ("sent", "5")


@pytest.mark.parametrize("values", [{"counter": "abc"}, {"token": " "}])
def test_what_is_no_counter(acme, values):
    with acme.scope(), pytest.raises(ValidationError):
        sending.connect_target(by=acme.marta, **{"counter": "1", "token": "t", **values})


def test_agents_connect_nothing(acme):
    with acme.scope(), pytest.raises(PermissionDenied):
        sending.connect_target(by=acme.boris, counter="1", token="t")


def test_the_page_shows_counters_and_the_log(acme, shop, metrica, target, log_in):
    shop.win(shop.deal(shop.contact(click_ids={"yclid": "1"}, source="a"), amount=100))
    queue(acme)
    url = f"{acme.url}/reports/conversions/"
    marta, boris = log_in(acme.marta), log_in(acme.boris)
    text = marta.get(url).content.decode()
    assert "sent 2, waiting 0" in text
    assert "y0" not in text
    body = {"counter": "123", "token": "t"}
    assert marta.post(url, body).status_code == 422
    assert marta.post(url, {**body, "counter": "124"}).status_code == 303
    assert boris.get(url).status_code == 403
    assert marta.post(f"{url}{target.pk}/end/").status_code == 303
    with acme.scope():
        assert ConversionTarget.objects.count() == 1
