"""Pages of one contact, of companies, duplicates and own fields."""

import re

import pytest

from contacts import custom_fields
from contacts.actions import create_contact
from contacts.companies import create_company
from contacts.defining import create_field
from contacts.duplicates import look
from contacts.models import Company, Contact, CustomField, Duplicate, Erasure
from crm.actions import create_deal
from events.journal import SYSTEM
from events.subscriptions import run_workspace
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db


@pytest.fixture
def maria(acme):
    with acme.scope():
        create_field(entity="contact", label="City", kind="text", by=SYSTEM)
        create_field(
            entity="contact", label="Size", kind="list", by=SYSTEM, choices=["Small", "Large"]
        )
        contact = make_conversation(make_channel(), name="Maria").contact
        create_deal(contact=contact, by=SYSTEM, title="Kitchen")
    run_workspace(acme.workspace.id)
    return contact


def page_of(acme, contact):
    return f"{acme.url}/contacts/{contact.pk}/"


def test_the_page_shows_who_they_are_and_what_happened(acme, maria, log_in):
    with acme.scope():
        Contact.objects.filter(pk=maria.pk).update(note="<script>alert(1)</script>")
    answer = log_in(acme.boris).get(page_of(acme, maria))
    words = answer.content.decode()
    assert answer.status_code == 200
    for text in ("Maria", "City", "telegram channel", "Kitchen", "Deal “Kitchen” created"):
        assert text in words
    assert "<script>alert" not in words


def test_who_is_known_by_a_number_alone_is_called_by_it_as_people_write_it(acme, log_in):
    with acme.scope():
        caller = create_contact(by=SYSTEM, phone="+79210000001")
    words = log_in(acme.boris).get(page_of(acme, caller)).content.decode()
    assert re.search(r"<h1[^>]*>\+7 921 000-00-01</h1>", words)


def test_everything_is_corrected_in_one_form(acme, maria, log_in):
    boris = log_in(acme.boris)
    assert b"own_city" in boris.get(page_of(acme, maria) + "about/?edit=1").content
    sent = {
        "name": "Maria K", "phones": "8 921 000-00-01\n+49301234567", "emails": "m@example.com",
        "company": "Romashka", "owner": str(acme.boris.pk), "own_city": "Oslo",
        "own_size": "Large", "note": "", "language": "ru",
    }  # fmt: skip
    assert boris.post(page_of(acme, maria) + "about/", sent).status_code == 303
    with acme.scope():
        found = Contact.objects.get(pk=maria.pk)
        assert (found.name, found.phone) == ("Maria K", "+79210000001")
        assert [point.value for point in found.points.all()] == ["+49301234567"]
        assert (found.company.name, found.owner) == ("Romashka", acme.boris)
        assert found.fields == {"city": "Oslo", "size": "Large"}
    refused = boris.post(page_of(acme, maria) + "about/", {**sent, "emails": "no", "own_size": "x"})
    assert refused.status_code == 422


def test_labels_consent_and_block_are_one_click(acme, maria, log_in):
    boris = log_in(acme.boris)
    for path, sent in [
        ("labels/", {"add": "VIP"}), ("consent/", {"granted": "yes"}),
        ("block/", {"blocked": "yes", "reason": "Spam"}),
    ]:  # fmt: skip
        assert boris.post(page_of(acme, maria) + path, sent).status_code == 303
    with acme.scope():
        found = Contact.objects.get(pk=maria.pk)
        assert found.is_blocked
        assert found.blocked_reason == "Spam"
        assert found.labels.get().name == "VIP"
        assert found.consents.get().is_granted
    assert b"Spam" in boris.get(page_of(acme, maria)).content
    boris.post(page_of(acme, maria) + "block/", {"blocked": "no"})
    boris.post(page_of(acme, maria) + "labels/", {"remove": "VIP"})
    with acme.scope():
        found = Contact.objects.get(pk=maria.pk)
        assert not found.is_blocked
        assert not found.labels.exists()


def test_a_likely_double_is_compared_merged_and_parted_again(acme, maria, log_in):
    boris = log_in(acme.boris)
    with acme.scope():
        other = create_contact(by=SYSTEM, name="Maria Two", phone="+79210000001")
        Contact.objects.filter(pk=maria.pk).update(phone="+79210000001")
        look([other.pk])
        pair = Duplicate.objects.get()
    assert b"Maria Two" in boris.get(page_of(acme, maria)).content
    assert b"same phone" in boris.get(f"{acme.url}/contacts/duplicates/").content
    merging = f"{page_of(acme, maria)}merge/{other.pk}/"
    assert b"Maria Two" in boris.get(merging).content
    assert boris.post(merging, {"choose_name": "absorbed"}).status_code == 303
    assert boris.get(page_of(acme, other)).headers["Location"] == page_of(acme, maria)
    about = f"{page_of(acme, other)}about/"
    assert f'action="visit" url="{page_of(acme, maria)}"' in boris.get(about).content.decode()
    assert boris.post(about, {}).status_code == 404
    with acme.scope():
        assert Contact.objects.get(pk=maria.pk).name == "Maria Two"
        merge = maria._meta.apps.get_model("contacts", "MergeRecord").objects.get()
    undone = boris.post(f"{page_of(acme, maria)}merges/{merge.pk}/undoing/")
    assert undone.headers["Location"] == page_of(acme, other)
    with acme.scope():
        assert not Duplicate.objects.filter(pk=pair.pk).exists()
        assert Duplicate.objects.get().dismissed_at


def test_companies_are_made_shown_with_their_people_and_deleted(acme, maria, log_in):
    boris = log_in(acme.boris)
    made = boris.post(f"{acme.url}/contacts/companies/", {"name": "Romashka"})
    with acme.scope():
        company = Company.objects.get()
        Contact.objects.filter(pk=maria.pk).update(company=company)
    assert made.headers["Location"] == f"{acme.url}/contacts/companies/{company.pk}/"
    words = boris.get(made.headers["Location"]).content.decode()
    assert "Maria" in words
    assert "Kitchen" in words
    assert boris.post(made.headers["Location"], {"name": ""}).status_code == 422
    assert boris.post(f"{acme.url}/contacts/companies/", {"name": ""}).status_code == 422
    assert boris.post(made.headers["Location"] + "deletion/").status_code == 303
    with acme.scope():
        assert not Company.objects.exists()
        assert Contact.objects.get(pk=maria.pk).company is None


def test_fields_are_made_ordered_renamed_and_put_out_of_use(acme, maria, log_in):
    anna, where = log_in(acme.anna), f"{acme.url}/settings/fields/"
    sent = {"label": "Colour", "kind": "multi", "choices": "Red\nGreen"}
    assert anna.post(where, sent).status_code == 303
    assert anna.post(where, {**sent, "label": "Empty", "choices": ""}).status_code == 422
    with acme.scope():
        colour = CustomField.objects.get(label="Colour")
    assert b"Red" in anna.get(f"{where}{colour.pk}/").content
    changed = {"label": "Colours", "choice_0": "Crimson", "choice_1": "", "choices": "Blue"}
    assert anna.post(f"{where}{colour.pk}/", changed).status_code == 303
    for _ in range(2):
        anna.post(f"{where}{colour.pk}/place/", {"to": "up"})
    anna.post(f"{where}{colour.pk}/archiving/", {"archived": "yes"})
    with acme.scope():
        labels = [row.label for row in custom_fields.definitions("contact", archived=True)]
        assert labels == ["Colours", "City", "Size"]
        assert [row.label for row in custom_fields.definitions("contact")] == ["City", "Size"]
        colour.refresh_from_db()
        assert colour.choices == [
            {"key": "Red", "label": "Crimson"}, {"key": "Blue", "label": "Blue"},
        ]  # fmt: skip
    assert b"Colours" in anna.get(where).content
    assert anna.get(where + "?of=nonsense").status_code == 404


def test_erasing_is_asked_for_by_who_runs_the_workspace(acme, maria, log_in):
    assert log_in(acme.boris).post(page_of(acme, maria) + "erasure/").status_code == 403
    assert log_in(acme.boris).get(page_of(acme, maria) + "export/").status_code == 403
    archive = log_in(acme.anna).get(page_of(acme, maria) + "export/")
    assert b"".join(archive.streaming_content)[:2] == b"PK"
    assert log_in(acme.anna).post(page_of(acme, maria) + "erasure/").status_code == 303
    with acme.scope():
        assert Erasure.objects.get().contact_id == maria.pk


@pytest.mark.parametrize("path", ["", "about/", "story/", "export/", "merge/{other}/"])
def test_a_stranger_finds_nothing(acme, rival, maria, log_in, path):
    with acme.scope():
        other = create_contact(by=SYSTEM, name="Anna")
    where = f"{rival.url}/contacts/{maria.pk}/{path.format(other=other.pk)}"
    assert log_in(rival.rita).get(where).status_code == 404
    with acme.scope():
        company = create_company(by=SYSTEM, name="Romashka")
        field = CustomField.objects.first()
    for where in (f"contacts/companies/{company.pk}/", f"settings/fields/{field.pk}/"):
        assert log_in(rival.rita).get(f"{rival.url}/{where}").status_code == 404


def test_an_analyst_reads_and_does_not_write(acme, maria, log_in):
    with acme.scope():
        acme.vera.role = "analyst"
        acme.vera.save()
    vera = log_in(acme.vera)
    assert vera.get(page_of(acme, maria)).status_code == 200
    for path in ("about/", "labels/", "consent/", "block/", "erasure/"):
        assert vera.post(page_of(acme, maria) + path, {}).status_code == 403
    assert vera.get(f"{acme.url}/settings/fields/").status_code == 403


def test_a_consent_is_for_one_of_their_channels_or_for_all(acme, maria, log_in):
    boris, url = log_in(acme.boris), page_of(acme, maria) + "consent/"
    with acme.scope():
        channel = maria.identities.get().channel
        other = make_channel()
    boris.post(url, {"granted": "yes"})
    boris.post(url, {"granted": "no", "channel": channel.pk})
    for stranger in (other.pk, "x"):
        assert boris.post(url, {"granted": "no", "channel": stranger}).status_code == 404
    with acme.scope():
        said = dict(maria.consents.values_list("channel", "is_granted"))
    assert said == {None: True, channel.pk: False}
    assert f'<option value="{channel.pk}">' in boris.get(page_of(acme, maria)).content.decode()


def test_a_deal_is_opened_from_the_page_and_conversations_are_there(acme, rival, maria, log_in):
    boris, url = log_in(acme.boris), f"{acme.url}/funnel/contacts/{maria.pk}/deals/"
    page = boris.get(page_of(acme, maria)).content.decode()
    with acme.scope():
        talk = maria.conversations.get()
    assert f'href="{acme.url}/inbox/{talk.pk}/"' in page
    assert f'src="{acme.url}/tasks/contacts/{maria.pk}/"' in page
    answer = boris.post(url, {"title": "Wardrobe", "amount": "96 400"})
    with acme.scope():
        deal = maria.deals.get(title="Wardrobe")
        assert (deal.amount, deal.owner) == (96400, acme.boris)
    assert answer["Location"] == f"{acme.url}/funnel/deals/{deal.pk}/"
    assert boris.post(url, {"amount": "much"})["Location"] == page_of(acme, maria)
    assert log_in(acme.marta).post(url).status_code == 403
    assert log_in(rival.rita).post(url).status_code == 404
    with acme.scope():
        assert maria.deals.count() == 2


def test_a_contact_is_made_by_hand(acme, log_in):
    client = log_in(acme.boris)
    assert "/contacts/new/" in client.get(f"{acme.url}/contacts/").content.decode()
    with acme.scope():
        create_field(entity="contact", label="City", kind="text", by=SYSTEM)
    said = {
        "name": "Maria", "phones": "8 921 384-20-16\n+7 921 000-00-01", "emails": "m@example.com",
        "company": "Acorn", "owner": acme.vera.pk, "own_city": "Moscow", "note": "Came in.",
    }  # fmt: skip
    form = client.get(f"{acme.url}/contacts/new/").content.decode()
    said = {name: value for name, value in said.items() if f'name="{name}"' in form}
    answer = client.post(f"{acme.url}/contacts/new/", said)
    with acme.scope():
        maria = Contact.objects.get()
        assert answer["Location"] == f"{acme.url}/contacts/{maria.pk}/"
        assert (maria.name, maria.phone, maria.email) == (
            "Maria", "+79213842016", "m@example.com",
        )  # fmt: skip
        assert maria.points.get().value == "+79210000001"
        assert (maria.company.name, maria.owner, maria.note) == ("Acorn", acme.vera, "Came in.")


@pytest.mark.parametrize(
    "said",
    [{"phones": "89213842016"}, {"phones": "8 921 000 00 01"}, {"emails": "other@example.com"}],
)
def test_whoever_is_known_already_is_shown_before_a_second_one_is_made(acme, log_in, said):
    with acme.scope():
        maria = create_contact(
            by=SYSTEM, name="Maria", phones=["89213842016", "89210000001"],
            emails=["m@example.com", "other@example.com"],
        )  # fmt: skip
    client, url = log_in(acme.boris), f"{acme.url}/contacts/new/"
    answer = client.post(url, {"name": "M.", **said})
    assert answer.status_code == 422
    assert f'href="{acme.url}/contacts/{maria.pk}/"' in answer.content.decode()
    assert client.post(url, {"name": "M.", "anyway": "1", **said}).status_code == 303
    with acme.scope():
        assert Contact.objects.count() == 2


def test_a_contact_needs_something_to_be_called_by_and_somebody_who_may(acme, rival, log_in):
    url = f"{acme.url}/contacts/new/"
    client = log_in(acme.boris)
    assert "Give a name, a phone or an e-mail." in client.post(url, {"note": "x"}).content.decode()
    assert client.post(url, {"name": "M.", "emails": "no address"}).status_code == 422
    assert log_in(rival.rita).post(url, {"name": "M."}).status_code == 404
    with acme.scope():
        acme.marta.role = "analyst"
        acme.marta.save()
        assert not Contact.objects.exists()
    assert log_in(acme.marta).get(url).status_code == 403
