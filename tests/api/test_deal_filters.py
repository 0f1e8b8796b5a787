"""`?filter=` of a hostile client: a 400, never a 500, never another workspace's row."""

import json
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacts.vocabulary import CONTACTS
from core.conditions.operators import ALIASES, OF_KIND
from crm.actions import create_deal
from crm.vocabulary import DEALS
from events.journal import SYSTEM
from tests.api.calls import is_problem
from tests.cast import make_channel, make_conversation

pytestmark = pytest.mark.django_db
INJECTIONS = [
    "' or 1=1 --",
    "') or ('1'='1",
    "'; drop table crm_deal; --",
    "1) or pg_sleep(9)--",
    "\\'; select set_config('app.workspace_id', '', true); --",
    "title) or workspace_id <> workspace_id or (title",
    "%' or title like '%",
    "{{7*7}}",
    "__class__",
    "workspace_id",
    "contact__name__regex",
    "contact.workspace",
    "pk__in",
    "$ne",
    "\0",
    "\ud800",
    "",
    "ы" * 600,
]
FIELDS = [
    *(field.name for field in DEALS.plain),
    *(f"contact.{field.name}" for field in CONTACTS.plain),
    *("fields.size", "fields.", "contact.fields.city", "contact.consent.marketing", "contact."),
    "contact.contact.name",
]
OPERATORS = sorted({operator for of_kind in OF_KIND.values() for operator in of_kind} | {*ALIASES})
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(INJECTIONS)
    | st.sampled_from(["2026-11-28", "9999-12-31", "lost", "0199aaaa-0000-7000-8000-000000000000"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["amount", "currency", "field", "value"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
leaves = st.fixed_dictionaries(
    {
        "field": st.sampled_from(FIELDS + INJECTIONS),
        "op": st.sampled_from(OPERATORS + INJECTIONS),
        "value": anything,
    }
)
documents = st.recursive(
    leaves | anything,
    lambda inner: st.dictionaries(
        st.sampled_from(["all", "any", "not"]), inner | st.lists(inner, max_size=3), max_size=3
    ),
    max_leaves=8,
)


@pytest.fixture
def own(acme, rival):
    """The ids of acme's deals; rival has some too."""
    with rival.scope():
        theirs = make_conversation(make_channel(), name="Secret")
        create_deal(contact=theirs.contact, amount=Decimal(5), by=SYSTEM)
    with acme.scope():
        mine = make_conversation(make_channel())
        return {
            str(
                create_deal(
                    contact=mine.contact, title=title, fields={"size": title[0]}, by=SYSTEM
                ).pk
            )
            for title in ("Sofa", "Table")
        }


def ask(client, document):
    text = document if isinstance(document, str) else json.dumps(document)
    query = urlencode({"filter": text.encode("utf-8", "surrogatepass")})
    return client.send("get", f"/deals/?{query}")


def test_any_document_is_answered_or_refused(client, own, settings):
    settings.API_REQUESTS_PER_SECOND = 0

    @unhurried
    @given(document=documents)
    def asked(document):
        answer = ask(client, document)
        assert answer.status_code in {200, 400}, answer.content
        if answer.status_code == 200:
            assert {row["id"] for row in answer.json()["results"]} <= own
        else:
            assert is_problem(answer, 400)

    asked()


unhurried = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("injection", INJECTIONS)
def test_nothing_of_a_document_becomes_sql(client, own, injection):
    leaf = {"field": "title", "op": "contains", "value": "Sofa"}
    for name in leaf:
        answer = ask(client, {**leaf, name: injection})
        assert answer.status_code in {200, 400}
        found = {row["id"] for row in answer.json().get("results", [])}
        assert found <= own
        # An empty text is contained in every title; no other of these is in any.
        assert not found or injection == ""
    assert len(client.rows("/deals/")) == 2


@pytest.mark.parametrize(
    "text", ["{", "[", "null", "1", '"x"', "[" * 10_000, '{"all": ' * 400 + "{}" + "}" * 400, "NaN"]
)
def test_what_is_no_document_is_a_400(client, own, text):
    assert is_problem(ask(client, text), 400)


def test_an_empty_document_holds_for_everything(client, own):
    assert {row["id"] for row in ask(client, "{}").json()["results"]} == own
    assert {row["id"] for row in ask(client, "").json()["results"]} == own


def test_the_refusal_says_where(client, own):
    document = {"all": [{"field": "amount", "op": "gt", "value": "much"}]}
    answer = ask(client, document)
    assert "all[0].value" in answer.json()["detail"]


def test_own_fields_and_the_customer_can_be_asked(client, own):
    sofa = {"field": "fields.size", "op": "eq", "value": "S"}
    [found] = ask(client, sofa).json()["results"]
    assert found["title"] == "Sofa"
    nobody = {"field": "contact.blocked", "op": "eq", "value": True}
    assert ask(client, {"all": [sofa, nobody]}).json()["results"] == []
    assert ask(client, {"all": [sofa], "not": nobody}).json()["results"] == [found]
