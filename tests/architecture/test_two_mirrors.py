"""Each address, asked by members of acme with rival's ids, shows nothing and changes nothing.

Addresses are discovered: a new parameter that this test has no value for fails it.
"""

import pytest
from django.test import Client
from django.urls import resolve

from tests.cast import make_token
from tests.mirrors import CANARY, Route, checksum, fill_workspace, routes

pytestmark = pytest.mark.django_db

# What a parameter named `pk` means depends on the address.
OF_PATH = {
    "api/v1/channels/": "channel",
    "api/v1/contacts/": "contact",
    "api/v1/conversations/": "conversation",
    "api/v1/conversation-views/": "view",
    "api/v1/messages/": "message",
    "api/v1/attachments/": "attachment",
    "api/v1/members/": "member",
    "api/v1/teams/": "team",
    "api/v1/companies/": "company",
    "api/v1/custom-fields/": "field",
    "api/v1/duplicates/": "pair",
    "api/v1/deals/": "deal",
    "api/v1/pipelines/": "pipeline",
    "api/v1/loss-reasons/": "reason",
    "api/v1/lead-refusals/": "refusal",
    "api/v1/products/": "product",
    "api/v1/tasks/": "task",
    "api/v1/imports/": "job",
    "api/v1/deal-rules/": "channel",
    "api/v1/conversion-counters/": "target",
    "api/v1/rating-rules/": "channel",
    "api/v1/closed-periods/": "closed_period",
    "api/v1/goals/": "goal",
    "api/v1/links/": "tracked_link",
    "api/v1/segments/": "segment",
    "api/v1/broadcasts/": "broadcast",
    "api/v1/series/": "series",
    "api/v1/ad-accounts/": "ad_account",
    "api/v1/metric-alerts/": "metric_alert",
    "api/v1/saved-reports/": "saved_report",
    "api/v1/digests/": "digest",
    "api/v1/decisions/": "decision",
    "api/v1/agreements/": "agreement",
}
# Parameters that name nobody's row, or are tested where they live: secrets, keys, log-in links.
FREE = {
    "slug": "acme",
    "token": "unknown-token",
    "key": "unknown-key",
    "uidb36": "1",
    "code": "unknown",
    "session_id": 10**9,
    "name": "file.txt",
    "format": "json",
    "file_format": "csv",
    "kind": "telegram",
}
METHODS = ["get", "post", "put", "patch", "delete"]
BODY = {"name": "x", "text": "x", "status": "closed", "assignee": "", "role": "owner"}


def tenant_routes() -> list[Route]:
    return [
        route
        for route in routes()
        if route.pattern.startswith(("w/", "api/v1/")) and "\\" not in route.pattern
    ]


def value_for(route: Route, name: str, mirror: dict) -> object:
    if name in FREE:
        return FREE[name]
    if name == "pk":
        for start, kind in OF_PATH.items():
            if route.pattern.startswith(start):
                return mirror[kind]
    kind = name.removesuffix("_id")
    if kind == "membership":
        kind = "member"
    assert kind in mirror, f"Add a case for <{name}> of /{route.pattern}."
    return mirror[kind]


def names_a_row(route: Route) -> bool:
    return any(name not in FREE for name in route.parameters)


def ask(client: Client, method: str, path: str):
    if method == "get":
        return client.get(path)
    kind = "application/json" if path.startswith("/api/") else "application/x-www-form-urlencoded"
    if kind == "application/json":
        return getattr(client, method)(path, BODY, content_type=kind)
    return client.post(path, BODY) if method == "post" else getattr(client, method)(path)


def content(response) -> str:
    data = b"".join(response.streaming_content) if response.streaming else response.content
    return data.decode(errors="replace")


@pytest.fixture
def mirror(acme, rival):
    with acme.scope():
        fill_workspace(acme.anna)
    with rival.scope():
        return fill_workspace(rival.rita)


@pytest.fixture
def askers(acme, log_in, settings):
    settings.API_REQUESTS_PER_SECOND = 0
    with acme.scope():
        secret = make_token()
    return {
        "w/": [log_in(acme.owner), log_in(acme.boris), log_in(acme.marta)],
        "api/": [Client(headers={"Authorization": f"Bearer {secret}"})],
    }


def test_rivals_ids_open_nothing_and_change_nothing(acme, rival, mirror, askers):
    with rival.scope():
        before = checksum(rival.workspace.id)
    asked = 0
    for route in filter(names_a_row, tenant_routes()):
        path = route.fill({name: value_for(route, name, mirror) for name in route.parameters})
        assert resolve(path)
        for client in askers["api/" if path.startswith("/api/") else "w/"]:
            for method in METHODS:
                response = ask(client, method, path)
                where = f"{method.upper()} {path}"
                assert response.status_code in {403, 404, 405}, f"{where}: {response.status_code}"
                assert CANARY not in content(response), where
                asked += 1
    assert asked >= 100
    with rival.scope():
        assert checksum(rival.workspace.id) == before


def test_a_members_own_pages_show_nothing_of_rival(acme, rival, askers):
    with rival.scope():
        fill_workspace(rival.rita)
    for route in tenant_routes():
        if names_a_row(route):
            continue
        path = route.fill({name: FREE[name] for name in route.parameters})
        for client in askers["api/" if path.startswith("/api/") else "w/"]:
            response = client.get(path)
            assert response.status_code < 500, path
            assert CANARY not in content(response), path


def test_a_strangers_workspace_is_the_same_404_as_one_that_is_not_there(acme, rival, log_in):
    client = log_in(acme.owner)
    for route in tenant_routes():
        if not route.pattern.startswith("w/") or names_a_row(route):
            continue
        paths = [
            route.fill({**{name: FREE[name] for name in route.parameters}, "slug": slug})
            for slug in ("rival", "nobody")
        ]
        theirs, nobodys = (client.get(path) for path in paths)
        assert theirs.status_code == nobodys.status_code == 404, paths
        assert len(content(theirs)) == len(content(nobodys)) or content(theirs).replace(
            "rival", "nobody"
        ) == content(nobodys)


def test_without_a_log_in_no_page_of_a_workspace_opens(acme, mirror):
    for route in tenant_routes():
        path = route.fill({name: value_for(route, name, mirror) for name in route.parameters})
        if path.startswith(("/api/v1/schema/", "/api/v1/docs/")):
            continue
        for method in ("get", "post"):
            response = ask(Client(), method, path)
            assert response.status_code in {302, 401, 403}, f"{method} {path}"
            assert CANARY not in content(response)
