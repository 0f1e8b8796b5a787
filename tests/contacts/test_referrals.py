"""What each platform tells of how a customer came."""

from datetime import UTC, datetime

import pytest

from contacts.referrals import Told, read


@pytest.mark.parametrize(
    ("kind", "referral", "expected"),
    [
        ("telegram", {"start": "abc"}, Told("deep_link", source="telegram", content="abc")),
        ("max", {"payload": "abc"}, Told("deep_link", source="max", content="abc")),
        ("vk", {"ref": "abc"}, Told("deep_link", source="vk", content="abc")),
        (
            "vk",
            {"ref": "abc", "ref_source": "post"},
            Told("deep_link", source="post", content="abc"),
        ),
        (
            "vk",
            {"form": "Measure"},
            Told("ad", source="vk", medium="lead_form", content="Measure"),
        ),
        (
            "whatsapp",
            {"source_type": "ad", "source_id": "120", "source_url": "https://fb.me/1",
             "headline": "Sofas", "ctwa_clid": "Aff"},
            Told("ad", source="whatsapp", medium="ad", content="120",
                 click_ids={"ctwa_clid": "Aff"}, landing_page="https://fb.me/1"),
        ),
        (
            "whatsapp",
            {"source_type": "post", "source_id": "7"},
            Told("deep_link", source="whatsapp", medium="post", content="7"),
        ),
        ("other", {"unheard": ["of"]}, Told("deep_link", source="other")),
    ],
)  # fmt: skip
def test_each_platforms_words_become_one_touch(kind, referral, expected):
    assert read(kind, referral) == [expected]


def test_a_visit_brings_its_marks_and_its_own_moment():
    [told] = read(
        "livechat",
        {
            "source": "website",
            "url": "https://shop.example/sofas",
            "last_touch": {
                "at": "2026-03-01T10:00:00.000Z",
                "landing_page": "https://shop.example/?utm_source=yandex",
                "utm_source": "yandex",
                "utm_medium": "cpc",
                "utm_campaign": "sofas",
                "utm_term": "buy a sofa",
                "utm_content": "banner",
                "yclid": "123",
            },
        },
    )
    assert told == Told(
        "visit",
        datetime(2026, 3, 1, 10, tzinfo=UTC),
        source="yandex",
        medium="cpc",
        campaign="sofas",
        content="banner",
        term="buy a sofa",
        click_ids={"yclid": "123"},
        landing_page="https://shop.example/?utm_source=yandex",
    )


def test_first_and_last_visit_are_two_unless_they_are_one():
    first = {"at": "2026-03-01T10:00:00Z", "utm_source": "yandex"}
    last = {"at": "2026-03-02T10:00:00Z", "referrer": "https://www.ya.ru/search"}
    told = read("livechat", {"first_touch": first, "last_touch": last})
    assert [(touch.source, touch.medium) for touch in told] == [
        ("yandex", ""),
        ("ya.ru", "referral"),
    ]
    assert len(read("livechat", {"first_touch": first, "last_touch": first})) == 1


def test_a_visit_without_marks_is_known_by_its_page():
    page = "https://shop.example/?utm_source=letter&gclid=9"
    [told] = read("livechat", {"url": page, "referrer": "https://shop.example/about"})
    assert (told.kind, told.source, told.landing_page) == ("visit", "letter", page)
    assert told.click_ids == {"gclid": "9"}
    [direct] = read("livechat", {"url": "https://shop.example/"})
    assert (direct.source, direct.medium) == ("", "")


@pytest.mark.parametrize(
    "referral",
    [
        {"start": None}, {"start": ["x"]}, {"first_touch": "x"}, {"url": "http://[", "referrer": "http://["},
        {"last_touch": {"at": "yesterday", "utm_source": 5}}, {"source_id": {"a": 1}, "form": 3},
        {"start": "x" * 10_000}, {"ref_source": "y" * 10_000},
    ],
)  # fmt: skip
def test_damaged_words_are_read_as_far_as_they_go(referral):
    for told in read("x" * 20, referral):
        assert len(told.source) <= 100
        assert len(told.content) <= 200


def test_nothing_told_is_no_touch():
    assert read("telegram", {}) == []
