"""The table of contacts: pages, order, columns, filters, counts."""

import json
import re
from datetime import UTC, datetime

import phonenumbers
import pytest
from django.utils import timezone

from contacts.actions import create_contact, update_contact
from contacts.models import Contact, TablePreference
from contacts.table.panels import Panel, _panels, register_panel
from crm.models import Deal, Pipeline
from events.journal import SYSTEM
from inbox.templatetags.conversations import phone
from tests.cast import make_channel, make_conversation, make_user
from workspaces.actions import add_member

pytestmark = pytest.mark.django_db


def make(acme, *names, **values):
    with acme.scope():
        return [create_contact(by=SYSTEM, name=name, **values) for name in names]


def page(client, acme, **parameters):
    answer = client.get(f"{acme.url}/contacts/", parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(html):
    return re.findall(r'aria-label="Select: ([^"]+)"', html)


def rows_of(html):
    return html[html.index("<tbody>") : html.index("</tbody>")]


def asking(*leaves, **parts):
    return json.dumps({"all": list(leaves), **parts} if leaves else parts)


def leaf(field, op, value):
    return {"field": field, "op": op, "value": value}


def test_shows_the_newest_first(acme, log_in):
    make(acme, "Anna K", "Boris K")
    assert shown(page(log_in(acme.boris), acme)) == ["Boris K", "Anna K"]


def test_an_empty_workspace_is_told_what_comes_next(acme, log_in):
    html = page(log_in(acme.marta), acme)
    assert "Everybody who writes to you will be here" in html
    assert "Import contacts" in html
    assert "Import contacts" not in page(log_in(acme.boris), acme)


def test_walks_forth_and_back_in_every_order(acme, log_in, monkeypatch):
    monkeypatch.setattr("contacts.table.asking.Asked.page.__defaults__", (3,))
    make(acme, "d", "B", "a", "C", "a", "e", "B")
    client = log_in(acme.boris)
    for sort in ("-created", "created", "name", "-name", "-updated", "updated"):
        pages, html = [], page(client, acme, sort=sort)
        pages.append(shown(html))
        while link := re.search(r'href="([^"]+)" rel="next"', html):
            html = client.get(link[1].replace("&amp;", "&")).content.decode()
            pages.append(shown(html))
        assert [len(names) for names in pages] == [3, 3, 1]
        back = []
        while link := re.search(r'href="([^"]+)" rel="prev"', html):
            html = client.get(link[1].replace("&amp;", "&")).content.decode()
            back.append(shown(html))
        assert back == pages[-2::-1]
        whole = [name for names in pages for name in names]
        if "name" in sort:
            with acme.scope():
                order = "name" if sort == "name" else "-name"
                assert whole == list(Contact.objects.order_by(order).values_list("name", flat=True))


def test_searches_names_phones_and_addresses(acme, log_in):
    make(acme, "Maria Ivanova", phone="89213842016", email="")
    make(acme, "Oleg", email="oleg@iva.example")
    client = log_in(acme.boris)
    assert set(shown(page(client, acme, q="iva"))) == {"Maria Ivanova", "Oleg"}
    assert shown(page(client, acme, q="384-20")) == ["Maria Ivanova"]
    html = page(client, acme, q="nobody at all")
    assert "Nobody is found" in html


def test_filters_and_tells_them_in_words(acme, log_in):
    make(acme, "Maria", labels=["vip"])
    make(acme, "Mark")
    document = asking(leaf("name", "contains", "Mar"), **{"not": leaf("labels", "has", "vip")})
    html = page(log_in(acme.boris), acme, filter=document)
    assert shown(html) == ["Mark"]
    assert "Name contains “Mar”" in html
    assert "except: Labels has vip" in html
    assert "Remove the condition: Name contains “Mar”" in html


@pytest.mark.parametrize(
    "document",
    ["{", "[]", '"x"', '{"all": 5}', '{"all": [{"field": "secret", "op": "eq", "value": 1}]}',
     '{"all": [{"field": "created_at", "op": "on", "value": "never"}]}'],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_says_so_and_shows_nobody(acme, log_in, document):
    make(acme, "Maria")
    client = log_in(acme.boris)
    answer = client.get(f"{acme.url}/contacts/", {"filter": document})
    assert answer.status_code == 400
    html = answer.content.decode()
    assert shown(html) == []
    assert 'role="alert"' in html
    told = client.get(f"{acme.url}/contacts/count/", {"filter": document}).json()
    assert told["error"]["words"]


def test_counts_in_words_and_points_at_what_is_wrong(acme, log_in):
    make(acme, "Maria", "Mark", "Olga")
    client = log_in(acme.boris)
    url = f"{acme.url}/contacts/count/"
    assert client.get(url).json() == {"words": "3 contacts"}
    one = client.get(url, {"filter": asking(leaf("name", "starts_with", "o"))}).json()
    assert one == {"words": "1 contact"}
    bad = client.get(url, {"filter": asking(leaf("created_at", "on", "x"))}).json()
    assert bad["error"]["path"] == "all[0].value"


def test_columns_are_chosen_ordered_and_kept(acme, log_in):
    make(acme, "Maria", note="tall", phone="89213842016")
    client = log_in(acme.boris)
    answer = client.post(
        f"{acme.url}/contacts/columns/",
        {"columns": ["note", "phone", "secret", "note"], "sort": "name"},
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("?sort=name")
    html = page(client, acme)
    heads = re.findall(r'<td class="[^"]*" data-label="([^"]+)"', html)
    assert heads == ["Name", "About", "Phone"]
    assert "tall" in html
    with acme.scope():
        assert TablePreference.objects.get().membership_id == acme.boris.pk
    assert "tall" not in page(log_in(acme.anna), acme)
    client.post(f"{acme.url}/contacts/columns/", {"reset": "1"})
    with acme.scope():
        assert not TablePreference.objects.exists()


def test_columns_of_other_floors_are_there(acme, log_in):
    with acme.scope():
        talk = make_conversation(make_channel(), name="Maria", last_message_text="Good morning")
        pipeline = Pipeline.objects.first()
        for number, amount in enumerate(("100.50", "200"), start=1000):
            Deal.objects.create(
                number=number,
                contact=talk.contact,
                pipeline=pipeline,
                stage=pipeline.stages.first(),
                amount=amount,
                currency="RUB",
                position=f"a{number}",
            )
    client = log_in(acme.boris)
    client.post(f"{acme.url}/contacts/columns/", {"columns": ["last_message", "deals_sum"]})
    html = page(client, acme)
    assert "Good morning" in html
    assert "300.50" in html.replace(",", ".") or "₽301" in html


def test_a_message_that_one_may_not_see_is_not_in_the_table(acme, log_in):
    with acme.scope():
        make_conversation(
            make_channel(), name="Maria", team=acme.support, last_message_text="For support only"
        )
    for member, sees in ((acme.vera, True), (acme.boris, False)):
        client = log_in(member)
        client.post(f"{acme.url}/contacts/columns/", {"columns": ["last_message"]})
        assert ("For support only" in page(client, acme)) == sees


def test_a_page_asks_the_same_few_questions_however_many_rows_it_has(
    acme, log_in, django_assert_max_num_queries
):
    make(acme, *[f"P{n}" for n in range(40)], labels=["x"], phone="89213842016")
    client = log_in(acme.boris)
    page(client, acme)
    with django_assert_max_num_queries(30):
        page(client, acme)


def test_panels_of_other_floors_stand_beside_it(acme, log_in):
    register_panel(Panel("contacts/cells/_text.html", lambda request: {"x": 1}))
    register_panel(Panel("contacts/cells/_note.html", lambda request: None))
    try:
        html = page(log_in(acme.boris), acme)
    finally:
        del _panels[-2:]
    assert html.count("contacts__panel") == 1


def test_strangers_find_nothing(acme, rival, log_in):
    assert log_in(rival.rita).get(f"{acme.url}/contacts/").status_code == 404
    assert log_in(rival.rita).get(f"{acme.url}/contacts/count/").status_code == 404
    make(acme, "Maria")
    assert shown(page(log_in(rival.rita), rival)) == []


def test_who_may_read_contacts_may_look_and_not_change(acme, log_in):
    with acme.scope():
        analyst = add_member(user=make_user("Alla"), role="analyst")
    [maria] = make(acme, "Maria")
    client = log_in(analyst)
    assert shown(page(client, acme)) == ["Maria"]
    url = f"{acme.url}/contacts/bulk/add_label/"
    assert client.get(url, {"ids": str(maria.pk)}).status_code == 403


def test_a_row_drawn_before_shows_what_has_changed(acme, log_in):
    (contact,) = make(acme, "Maria", phone="+79213842016")
    client = log_in(acme.boris)
    assert shown(page(client, acme)) == ["Maria"]
    changes = (
        ({"name": "Marina"}, "Marina"),
        ({"email": "m@example.com"}, "m@example.com"),
        ({"phone": "+79520000001"}, "+7 952 000-00-01"),
        ({"owner": acme.vera}, "Vera"),
        ({"blocked_at": timezone.now()}, "blocked"),
    )
    for values, words in changes:
        assert words not in rows_of(page(client, acme))
        with acme.scope():
            Contact.objects.filter(pk=contact.pk).update(**values)
        assert words in rows_of(page(client, acme))
    with acme.scope():
        update_contact(contact=contact, by=SYSTEM, labels=["wholesale"])
    assert "wholesale" in rows_of(page(client, acme))


def test_a_row_drawn_before_is_drawn_in_each_viewers_words(acme, log_in):
    make(acme, "Maria")
    anna, boris = log_in(acme.anna), log_in(acme.boris)
    user = acme.boris.user
    user.language, user.time_zone = "ru", "Asia/Vladivostok"
    user.save()
    with acme.scope():
        old = datetime(2020, 5, 9, 20, tzinfo=UTC)
        Contact.objects.update(created_at=old, blocked_at=old)
    for _ in range(2):
        assert "09.05.2020" in rows_of(page(anna, acme))
        assert "blocked" in rows_of(page(anna, acme))
        assert "10.05.2020" in rows_of(page(boris, acme))
        assert "заблокирован" in rows_of(page(boris, acme))


def test_who_has_no_name_is_called_by_a_number_as_people_write_it(acme, log_in):
    make(acme, "", phone="+79213842016")
    client = log_in(acme.boris)
    assert ">+7 921 384-20-16</a>" in rows_of(page(client, acme))
    # Whoever is named by it is called as the name is written.
    with acme.scope():
        Contact.objects.update(name="+79213842016")
    assert ">+79213842016</a>" in rows_of(page(client, acme))


@pytest.mark.parametrize("code", [900, 921, 977, 999])
def test_a_usual_number_is_written_as_the_library_writes_it(code):
    number = f"+7{code}1234567"
    written = phonenumbers.format_number(
        phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    assert phone(number) == written
    assert phone("+442071838750") == "+44 20 7183 8750"
