"""Pages of segments: building, looking into, and where else they are seen."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.actions import create_contact
from events.journal import SYSTEM
from marketing.actions import create_broadcast, create_segment
from marketing.models import Segment, SegmentMember
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db

NAMED_MARIA = {"all": [{"field": "name", "op": "contains", "value": "Maria"}]}


@pytest.fixture
def marta(acme, log_in):
    return log_in(acme.marta)


@pytest.fixture
def maria(acme):
    with acme.scope():
        conversation = make_conversation(make_channel(), name="Maria")
        create_contact(by=SYSTEM, name="Nikolai", phone="+79210000002")
        return conversation.contact


def make(acme, name="Marias", **values):
    with acme.scope():
        return create_segment(
            name=name, conditions=values.pop("conditions", NAMED_MARIA), by=acme.marta, **values
        )


def words(answer):
    return answer.content.decode()


def test_a_segment_is_built_and_shows_its_people(acme, maria, marta):
    sent = {"name": "Marias", "keeping": "dynamic", "filter": json.dumps(NAMED_MARIA)}
    answer = marta.post(f"{acme.url}/segments/new/", sent)
    assert answer.status_code == 303
    page = words(marta.get(answer.url))
    assert "Maria" in page
    assert "Nikolai" not in page
    assert "Marias" in words(marta.get(f"{acme.url}/segments/?q=mari"))
    assert "No such segment" in words(marta.get(f"{acme.url}/segments/?q=nothing"))


def test_conditions_that_cannot_be_read_are_told_of(acme, marta):
    for document in ('{"all": [{"field": "nonsense", "op": "eq", "value": 1}]}', "{"):
        sent = {"name": "Odd", "keeping": "dynamic", "filter": document}
        answer = marta.post(f"{acme.url}/segments/new/", sent)
        assert answer.status_code == 422
        told = marta.get(f"{acme.url}/segments/count/", {"filter": document}).json()
        assert told["error"]["words"]
    assert marta.post(f"{acme.url}/segments/new/", {"name": ""}).status_code == 422


def test_the_count_says_how_many_and_the_shares_say_who_can_be_written_to(acme, maria, marta):
    told = marta.get(f"{acme.url}/segments/count/", {"filter": json.dumps(NAMED_MARIA)}).json()
    assert told == {"words": "1 contact"}
    shares = words(marta.get(f"{acme.url}/segments/reach/"))
    assert "telegram channel" in shares
    assert "no address here" in shares


def test_a_segment_is_changed_frozen_and_then_only_renamed(acme, maria, marta):
    segment = make(acme)
    address = f"{acme.url}/segments/{segment.pk}"
    assert "Maria" in words(marta.get(f"{address}/edit/"))
    sent = {"name": "Everybody", "keeping": "dynamic", "filter": ""}
    assert marta.post(f"{address}/edit/", sent).status_code == 303
    assert marta.post(f"{address}/freezing/").status_code == 303
    with acme.scope():
        assert SegmentMember.objects.filter(segment=segment).count() == 2
    assert marta.post(f"{address}/edit/", {"name": "List"}).status_code == 303
    with acme.scope():
        found = Segment.objects.get(pk=segment.pk)
        assert (found.name, found.is_frozen, found.count) == ("List", True, 2)
    assert marta.post(f"{address}/recount/").status_code == 303


def test_a_segment_in_use_is_not_deleted(acme, maria, marta):
    segment = make(acme)
    with acme.scope():
        asking = {"all": [{"field": "segment", "op": "has_any", "value": [str(segment.pk)]}]}
        other = create_segment(name="Of others", conditions=asking, by=acme.marta)
        broadcast = create_broadcast(name="Sale", segment=other, by=acme.marta)
    for used, why in ((segment, "“Of others” asks"), (other, "A broadcast goes")):
        answer = marta.post(f"{acme.url}/segments/{used.pk}/deletion/", follow=True)
        assert why in words(answer)
    with acme.scope():
        broadcast.delete()
    for free in (other, segment):
        assert marta.post(f"{acme.url}/segments/{free.pk}/deletion/").status_code == 303
    with acme.scope():
        assert not Segment.objects.exists()


def test_a_file_makes_a_list_and_tells_which_lines_name_nobody(acme, maria, marta):
    def upload(content):
        file = SimpleUploadedFile("people.csv", content.encode())
        return marta.post(f"{acme.url}/segments/upload/", {"name": "Fair", "file": file})

    answer = upload("phone\n8 921 000-00-02\n+49301234567\n")
    assert answer.status_code == 201
    assert "+49301234567" in words(answer)
    assert upload("8 921 000-00-02\n").status_code == 303
    assert upload(" ").status_code == 422
    nobody = upload("phone\n+49301234567\n")
    assert nobody.status_code == 422
    assert "None of your contacts has" in words(nobody)
    with acme.scope():
        assert list(Segment.objects.values_list("is_frozen", "count")) == [(True, 1)] * 2


def test_a_contact_shows_the_segments_they_are_in(acme, maria, marta):
    make(acme)
    make(acme, name="All of us", conditions={})
    make(acme, name="Nobodies", conditions={"not": {"all": [
        {"field": "name", "op": "contains", "value": "Maria"}]}})  # fmt: skip
    make(acme, name="Frozen", is_frozen=True)
    with acme.scope():
        conversation = maria.conversations.get()
    pages = [
        words(marta.get(f"{acme.url}/contacts/{maria.pk}/")),
        words(marta.get(f"{acme.url}/segments/conversations/{conversation.pk}/")),
    ]
    for page in pages:
        assert all(name in page for name in ("Marias", "All of us", "Frozen"))
        assert "Nobodies" not in page
    card = marta.get(f"{acme.url}/inbox/{conversation.pk}/card/", headers={"Turbo-Frame": "card"})
    assert "card_segments" in words(card)


def test_the_filter_of_the_contacts_is_saved_as_a_segment(acme, maria, marta):
    make(acme, name="Known ones")
    page = words(marta.get(f"{acme.url}/contacts/", {"filter": json.dumps(NAMED_MARIA)}))
    assert "Known ones" in page
    assert "/segments/new/?filter=" in page
    assert "/segments/new/?filter=" not in words(marta.get(f"{acme.url}/contacts/"))
    form = words(marta.get(f"{acme.url}/segments/new/", {"filter": json.dumps(NAMED_MARIA)}))
    assert "Maria" in form


def test_who_may_not_see_segments_sees_none(acme, maria, log_in):
    segment = make(acme)
    boris = log_in(acme.boris)
    for path in ("", "new/", "upload/", "count/", "reach/", f"{segment.pk}/"):
        assert boris.get(f"{acme.url}/segments/{path}").status_code == 403
    for path in ("edit", "freezing", "deletion", "recount"):
        assert boris.post(f"{acme.url}/segments/{segment.pk}/{path}/").status_code == 403
    assert "Marias" not in words(boris.get(f"{acme.url}/contacts/"))
    assert "Marias" not in words(boris.get(f"{acme.url}/contacts/{maria.pk}/"))
