"""Links of the link builder lead where they should, are counted, and tell where one came from."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from contacts import referrals
from contacts.actions import record_touch
from contacts.models import Contact, Touch
from crm.actions import create_deal, move_deal
from crm.models import Stage
from events.journal import SYSTEM
from marketing.actions import archive_link, create_link
from marketing.link_numbers import numbers_of
from marketing.tracked_links import ALPHABET, KEY_LENGTH, short_address, target_of
from tests.api.calls import Program, is_problem
from tests.cast import make_channel, make_token
from tests.inbox.scripted import arrive, words

pytestmark = pytest.mark.django_db
PERSON = {"User-Agent": "Mozilla/5.0"}
MARKS = {"source": "vk", "medium": "cpc", "campaign": "sofas", "content": "video", "term": "grey"}


@pytest.fixture
def to_page(acme):
    with acme.scope():
        return create_link(
            by=acme.marta, url="https://shop.example/sofas?a=1&utm_source=x", **MARKS
        )


def opened(link, **headers):
    path = urlsplit(short_address(link)).path
    return Client(headers=headers or PERSON).get(path)


def clicks(acme, link):
    with acme.scope():
        return numbers_of([link])[link.pk].clicks


def test_a_page_gets_its_marks_and_keeps_what_it_had(acme, to_page):
    answer = opened(to_page)
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert query == {
        "a": ["1"], "utm_source": ["vk"], "utm_medium": ["cpc"], "utm_campaign": ["sofas"],
        "utm_content": ["video"], "utm_term": ["grey"], "tandem_link": [to_page.key],
    }  # fmt: skip
    assert len(to_page.key) == KEY_LENGTH
    assert set(to_page.key) <= set(ALPHABET)


def test_people_are_counted_and_machines_are_not(acme, to_page):
    opened(to_page)
    opened(to_page)
    opened(to_page, **{"User-Agent": "TelegramBot (like TwitterBot)"})
    assert clicks(acme, to_page) == 2


def test_an_unknown_link_leads_nowhere(db):
    assert Client(headers=PERSON).get("/l/2345678923").status_code == 404


def test_an_archived_one_leads_on(acme, to_page):
    with acme.scope():
        archive_link(to_page, by=acme.marta)
    assert opened(to_page).status_code == 302


@pytest.mark.parametrize(
    ("kind", "values", "address"),
    [
        ("telegram", {"name": "@acme_bot"}, "https://t.me/acme_bot?start={key}"),
        ("max", {"name": "@acme_max"}, "https://max.ru/acme_max?start={key}"),
        ("vk", {"external_id": "123"}, "https://vk.me/club123?ref={key}"),
        ("whatsapp", {"name": "+7 921 000-00-01"},
         "https://wa.me/79210000001?text=Hello%20%5B{key}%5D"),
    ],
)  # fmt: skip
def test_a_chat_is_opened_with_the_key(acme, kind, values, address):
    with acme.scope():
        link = create_link(
            by=acme.marta, channel=make_channel(kind, **values), greeting="Hello", **MARKS
        )
        assert target_of(link) == address.format(key=link.key)


def test_a_channel_without_an_address_takes_no_link(acme):
    with acme.scope():
        channel = make_channel("email", name="shop@example.com")
        with pytest.raises(ValidationError):
            create_link(by=acme.marta, channel=channel, **MARKS)


@pytest.mark.parametrize(
    "values",
    [{"url": "javascript:alert(1)"}, {"url": ""}, {"url": "https://a.example", "source": " "}],
)
def test_what_is_no_link(acme, values):
    with acme.scope(), pytest.raises(ValidationError):
        create_link(by=acme.marta, **{**MARKS, **values})


def test_agents_make_no_links(acme):
    with acme.scope(), pytest.raises(PermissionDenied):
        create_link(by=acme.boris, url="https://a.example", **MARKS)


def test_the_key_in_whatsapps_words_is_found_at_their_end_alone():
    words = referrals.words_with("Hello!", "2345678923")
    assert referrals.key_in(words) == "2345678923"
    assert referrals.key_in(f"{words}\n") == "2345678923"
    assert referrals.key_in("see [2345678923] there") == ""


def test_leads_are_counted_by_the_touch_that_brought_them(acme, to_page):
    with acme.scope():
        for name, stage in (("Maria", "Paid"), ("Olga", None)):
            contact = Contact.objects.create(name=name)
            record_touch(
                contact=contact, kind="visit", by=SYSTEM, source="vk",
                click_ids={"tandem_link": to_page.key},
            )  # fmt: skip
            deal = create_deal(contact=contact, by=SYSTEM)
            if stage:
                move_deal(deal, to=Stage.objects.get(name=stage), by=SYSTEM)
        found = numbers_of([to_page])[to_page.pk]
    assert (found.contacts, found.leads, found.won) == (2, 2, 1)


def test_links_by_the_api(acme, rival):
    with acme.scope():
        marketer, agent = Program(make_token(role="marketer")), Program(make_token(role="agent"))
        channel = make_channel("telegram", name="@acme_bot")
    with rival.scope():
        stranger = Program(make_token())
    body = {"channel": str(channel.pk), "source": "vk", "campaign": "sofas"}
    made = marketer.send("post", "/links/", body)
    assert made.status_code == 201, made.content
    link = made.json()
    assert link["name"] == "vk · sofas"
    assert link["short_url"].endswith(f"/l/{link['target'][-KEY_LENGTH:]}")
    path = f"/links/{link['id']}/"
    assert marketer.send("patch", path, {"campaign": "beds"}).json()["campaign"] == "beds"
    assert marketer.send("patch", path, {"archived": True}).json()["archived_at"]
    assert [row["id"] for row in marketer.rows("/links/")] == [link["id"]]
    is_problem(stranger.get(f"/api/v1{path}"), 404)
    is_problem(agent.send("post", "/links/", body), 403)
    is_problem(marketer.send("post", "/links/", {"source": "vk", "url": "x"}), 422)
    is_problem(stranger.send("post", "/links/", body), 422)


@pytest.mark.django_db(transaction=True)
def test_a_customers_first_message_brings_the_links_marks(acme, scripted):
    with acme.scope():
        link = create_link(by=acme.marta, url="https://a.example", **MARKS)
    arrive(scripted, words("/start", referral={"start": link.key}))
    with acme.scope():
        touch = Touch.objects.get()
    assert {name: getattr(touch, name) for name in MARKS} == MARKS
    assert touch.click_ids == {"tandem_link": link.key}
    assert touch.data == {"start": link.key}


@pytest.mark.django_db(transaction=True)
def test_a_key_of_nobody_stays_what_it_was(acme, scripted):
    arrive(scripted, words("/start", referral={"start": "abc"}))
    with acme.scope():
        touch = Touch.objects.get()
    assert (touch.content, touch.click_ids) == ("abc", {})
