import pytest

from contacts.models import Consent, Contact, Touch
from events.models import Event
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(acme):
    with acme.scope():
        return make_conversation(make_channel(), chat="77")


def consents(maria):
    return f"/contacts/{maria.contact_id}/consents/"


def test_a_consent_is_noted_and_shown_with_the_contact(client, acme, maria):
    answer = client.send(
        "post", consents(maria),
        {"granted": True, "detail": "Form on the site", "at": "2026-03-14T10:00:00Z"},
    )  # fmt: skip
    assert answer.status_code == 200
    expected = {
        "purpose": "marketing", "channel": None, "granted": True, "origin": "api",
        "detail": "Form on the site", "at": "2026-03-14T10:00:00Z",
    }  # fmt: skip
    assert answer.json() == expected
    assert client.send("get", f"/contacts/{maria.contact_id}/").json()["consents"] == [expected]
    with acme.scope():
        event = Event.objects.get(action="contact.consent_changed")
        assert event.data == expected
        assert event.actor_type == "api_token"


def test_the_same_consent_again_is_no_news_and_an_older_one_changes_nothing(client, acme, maria):
    for granted, day in [(True, 14), (True, 14), (False, 13)]:
        at = f"2026-03-{day}T10:00:00Z"
        answer = client.send("post", consents(maria), {"granted": granted, "at": at})
        assert answer.json()["granted"] is True
    with acme.scope():
        assert Consent.objects.count() == 1
        assert Event.objects.filter(action="contact.consent_changed").count() == 1


def test_a_consent_may_be_for_one_channel_of_the_contact(client, acme, maria):
    channel = str(maria.channel_id)
    answer = client.send("post", consents(maria), {"granted": False, "channel": channel})
    assert answer.json()["channel"] == channel
    with acme.scope():
        other = make_channel()
    body = {"granted": False, "channel": str(other.id)}
    is_problem(client.send("post", consents(maria), body), 400)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"granted": "perhaps"},
        {"granted": True, "purpose": "spam"},
        {"granted": True, "at": "x"},
    ],
)
def test_a_consent_that_makes_no_sense_is_refused(client, maria, body):
    is_problem(client.send("post", consents(maria), body), 400)


def test_consents_are_for_who_may_write_contacts(program, stranger, maria):
    is_problem(stranger.send("post", consents(maria), {"granted": True}), 404)
    is_problem(program(role="quality").send("post", consents(maria), {"granted": True}), 403)


TOLD = {
    "kind": "ad", "source": "yandex", "medium": "cpc", "campaign": "sofas", "content": "banner",
    "term": "buy a sofa", "click_ids": {"yclid": "123"}, "landing_page": "https://shop.example/",
    "referrer": "https://ya.ru/",
}  # fmt: skip


def test_a_touch_is_recorded_and_listed(client, acme, maria):
    body = {**TOLD, "contact": str(maria.contact_id), "at": "2026-03-14T10:00:00Z"}
    answer = client.send("post", "/touches/", body)
    assert answer.status_code == 201
    touch = answer.json()
    assert touch == {**body, "id": touch["id"], "data": {}, "channel": None}
    assert client.rows("/touches/") == [touch]
    with acme.scope():
        event = Event.objects.get(action="touch.recorded")
        assert event.data["contact"] == str(maria.contact_id)


def test_a_touch_needs_only_its_contact(client, maria):
    answer = client.send("post", "/touches/", {"contact": str(maria.contact_id)})
    assert answer.status_code == 201
    assert answer.json()["kind"] == "api"
    assert answer.json()["at"].endswith("Z")


def test_the_same_request_again_records_one_touch(client, acme, maria):
    for _ in range(2):
        client.send("post", "/touches/", {"contact": str(maria.contact_id)}, Idempotency_Key="a")
    with acme.scope():
        assert Touch.objects.count() == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["c", "b", "a"]), ("source=a", ["a"]), ("kind=visit", ["c"]),
        ("campaign=sofas", ["b", "a"]), ("contact={contact}", ["b", "a"]),
        ("channel={channel}", ["b"]),
    ],
)  # fmt: skip
def test_touches_are_found_the_latest_first(client, acme, maria, query, found):
    with acme.scope():
        other = Contact.objects.create(name="Olga")
        for day, (source, contact, kind, campaign, channel) in enumerate(
            [("a", maria.contact, "ad", "sofas", None), ("b", maria.contact, "ad", "sofas", 1),
             ("c", other, "visit", "", None)], start=1,
        ):  # fmt: skip
            Touch.objects.create(
                contact=contact, kind=kind, source=source, campaign=campaign,
                channel=maria.channel if channel else None, at=f"2026-03-{day:02}T10:00:00Z",
            )  # fmt: skip
    asked = query.format(contact=maria.contact_id, channel=maria.channel_id)
    assert [touch["source"] for touch in client.rows(f"/touches/?limit=2&{asked}")] == found


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "rumour"},
        {"at": "soon"},
        {"source": "x" * 101},
        {"click_ids": {"a": {"b": 1}}},
        {"landing_page": "\0"},
    ],
)
def test_a_touch_that_makes_no_sense_is_refused(client, maria, body):
    is_problem(client.send("post", "/touches/", {"contact": str(maria.contact_id), **body}), 400)


def test_touches_are_for_who_may_see_contacts(program, stranger, maria):
    body = {"contact": str(maria.contact_id)}
    is_problem(stranger.send("post", "/touches/", body), 400)
    assert stranger.rows("/touches/") == []
    analyst = program(role="analyst")
    assert analyst.rows("/touches/") == []
    is_problem(analyst.send("post", "/touches/", body), 403)
    is_problem(program(scopes=["inbox.read"]).send("get", "/touches/"), 403)
