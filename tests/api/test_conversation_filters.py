"""`?filter=` over conversations: what deals and customers are asked, and a hostile client."""

import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.actions import update_contact
from contacts.vocabulary import CONTACTS
from crm.actions import create_deal
from crm.vocabulary import DEALS
from events.journal import SYSTEM
from inbox.vocabulary_of_conversations import CONVERSATIONS
from tests.api.calls import is_problem
from tests.api.test_deal_filters import INJECTIONS, OPERATORS, anything
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
FIELDS = [
    *(field.name for field in CONVERSATIONS.plain),
    *(f"contact.{field.name}" for field in CONTACTS.plain),
    *(f"deal.{field.name}" for field in DEALS.plain),
    *("deal.contact.name", "deal.fields.size", "deal.deal.amount", "contact."),
]
leaves = st.fixed_dictionaries(
    {
        "field": st.sampled_from(FIELDS + INJECTIONS),
        "op": st.sampled_from(OPERATORS + INJECTIONS),
        "value": anything,
    }
)
unhurried = settings(
    max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.fixture
def own(acme, rival):
    """The ids of acme's conversations, by name; rival has one too."""
    with rival.scope():
        make_conversation(make_channel(), name="Secret")
    with acme.scope():
        channel = make_channel()
        made = {name: make_conversation(channel, name=name) for name in ("Maria", "Ivan")}
        maria = made["Maria"]
        create_deal(
            contact=maria.contact, conversation=maria, amount=Decimal(70_000),
            fields={"size": "Big"}, by=SYSTEM,
        )  # fmt: skip
        update_contact(contact=maria.contact, by=SYSTEM, labels=["VIP"])
        return {name: str(one.pk) for name, one in made.items()}


def ask(client, document):
    text = json.dumps(document).encode("utf-8", "surrogatepass")
    return client.send("get", f"/conversations/?{urlencode({'filter': text})}")


@pytest.mark.parametrize(
    ("field", "op", "value"),
    [("deal.amount", "gte", 50_000), ("deal.fields.size", "eq", "big"),
     ("contact.labels", "has", "vip"), ("contact.name", "starts_with", "mar"),
     ("deal.status", "eq", "open")],
)  # fmt: skip
def test_their_deals_and_customers_can_be_asked(client, own, field, op, value):
    leaf = {"field": field, "op": op, "value": value}
    assert [row["id"] for row in ask(client, leaf).json()["results"]] == [own["Maria"]]
    others = ask(client, {"not": leaf}).json()["results"]
    assert [row["id"] for row in others] == [own["Ivan"]]


def test_any_document_is_answered_or_refused(client, own, settings):
    settings.API_REQUESTS_PER_SECOND = 0

    @unhurried
    @given(document=leaves)
    def asked(document):
        answer = ask(client, document)
        assert answer.status_code in {200, 400}, answer.content
        if answer.status_code == 200:
            assert {row["id"] for row in answer.json()["results"]} <= set(own.values())
        else:
            assert is_problem(answer, 400)

    asked()
