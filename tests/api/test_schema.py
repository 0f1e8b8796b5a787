"""The OpenAPI document: valid, whole, and true (see test_fuzz for the latter)."""

import re

import pytest
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from core.api.schema import ProblemSchema
from tests.mirrors import routes

NOT_OF_THE_API = {"/api/v1/schema/", "/api/v1/docs/"}


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def operations(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_valid_and_nothing_was_guessed(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def test_it_is_served_to_everybody(nobody, db):
    for kind in ("application/json", "application/yaml"):
        answer = nobody.get("/api/v1/schema/", headers={"Accept": f"{kind}, */*;q=0.1"})
        assert answer.status_code == 200
    assert nobody.get("/api/v1/schema/?format=json").json()["openapi"].startswith("3.")


def test_every_address_is_in_it(document):
    served = {
        "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", route.pattern).replace("{pk}", "{id}")
        for route in routes()
        if route.pattern.startswith("api/v1/") and "*" not in route.pattern
    }
    assert set(document["paths"]) == served - NOT_OF_THE_API


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for path, method, operation in operations(document):
        assert operation.get("description"), (method, path)
        assert operation["tags"]
        assert operation["security"] == [{"token": []}]
        assert {"401", "403", "429"} <= set(operation["responses"])
        assert any(code.startswith("2") for code in operation["responses"])


def test_names_are_unique_and_plain(document):
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert [
        name for name in document["components"]["schemas"] if re.search(r"[A-F0-9]{3}Enum", name)
    ] == []


def test_credentials_are_written_and_never_read(document):
    schemas = document["components"]["schemas"]
    told = {
        name for name, schema in schemas.items() if "credentials" in schema.get("properties", {})
    }
    assert told == {"AdAccountRequest", "NewChannelRequest", "PatchedChannelChangeRequest"}
    assert schemas["NewChannelRequest"]["properties"]["credentials"]["writeOnly"] is True
    assert "example" not in str(schemas["NewChannelRequest"])


def test_every_view_shares_the_problems(document):
    from rest_framework.settings import api_settings

    assert api_settings.DEFAULT_SCHEMA_CLASS is ProblemSchema
    for *_, operation in operations(document):
        for code, response in operation["responses"].items():
            if code >= "401":
                assert list(response.get("content", {})) in ([], ["application/problem+json"])


@pytest.mark.django_db
def test_the_documentation_loads_nothing_from_elsewhere(nobody):
    page = nobody.get("/api/v1/docs/")
    assert page.status_code == 200
    text = page.content.decode()
    assert re.findall(r'(?:src|href)="(?!/)', text) == []
    assert "<script>" not in text
