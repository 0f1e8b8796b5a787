import pytest

from channels_connectors.errors import ConnectorError
from channels_connectors.models import MessageTemplate
from channels_connectors.registry import _connectors
from tests.api.calls import is_problem
from tests.api.test_attachments import picture, upload
from tests.cast import make_channel
from tests.inbox.platform import KIND
from tests.inbox.test_message_templates import BODY, shelf

__all__ = ["shelf"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(shelf):
    return f"/channels/{shelf.channel.id}/templates/"


NEW = {"name": "sale", "language": "ru", "category": "utility", "components": BODY}


def test_templates_are_fetched_and_listed(client, url):
    assert client.rows(url) == []
    assert client.send("post", f"{url}sync/").json() == {"templates": 2}
    [first, second] = client.rows(url)
    assert first.pop("updated_at").endswith("Z")
    assert first == {
        "id": first["id"], "external_id": "t1", "name": "ready", "language": "ru",
        "category": "utility", "components": BODY, "named": False, "status": "approved",
        "reason": "", "quality": "high",
    }  # fmt: skip
    assert client.rows(f"{url}?status=pending") == [second]
    assert client.rows(f"{url}?language=en&name=ready") == [second]
    assert client.rows(f"{url}?name=other") == []
    assert client.send("get", f"{url}{second['id']}/").json() == second


def test_a_picture_of_a_template_is_an_upload_of_the_tokens(client, program, monkeypatch, url):
    async def header(self, file):
        return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [file.name]}}

    monkeypatch.setattr(_connectors[KIND], "template_header", header)
    body = {**NEW, "header_file": upload(client, picture()).json()["id"]}
    is_problem(program().send("post", url, body), 422)
    made = client.send("post", url, body).json()
    assert made["components"][0]["example"] == {"header_handle": ["sofa.png"]}
    assert "header_file" not in made
    is_problem(client.send("post", url, {**NEW, "header_file": "x"}), 400)


def test_a_template_is_handed_in_and_deleted(client, acme, shelf, url):
    answer = client.send("post", url, NEW)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["status"], made["category"], made["external_id"]) == ("pending", "marketing", "t9")
    assert client.send("delete", f"{url}{made['id']}/").status_code == 204
    assert [found.name for found in shelf.templates] == ["ready", "ready"]
    with acme.scope():
        assert not MessageTemplate.objects.exists()
    is_problem(client.send("delete", f"{url}{made['id']}/"), 404)


def test_the_platforms_refusal_is_told(client, shelf, url):
    shelf.refusal = ConnectorError("bad_content", "Used by a campaign")
    assert "campaign" in is_problem(client.send("post", url, NEW), 422)["detail"]
    is_problem(client.send("post", f"{url}sync/"), 422)


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"category": "spam"}, {"components": []}, {"components": ["x"]}]
)
def test_a_template_that_makes_no_sense_is_refused(client, url, change):
    is_problem(client.send("post", url, {**NEW, **change}), 400)


def test_a_channel_without_templates_refuses_them(client, acme, platform):
    platform()
    with acme.scope():
        plain = make_channel(KIND)
    is_problem(client.send("post", f"/channels/{plain.id}/templates/", NEW), 422)


def test_who_reads_the_inbox_reads_templates_and_no_more(program, stranger, client, url):
    client.send("post", f"{url}sync/")
    [template, _] = client.rows(url)
    agent = program(role="agent")
    assert len(agent.rows(url)) == 2
    for method, path in [
        ("post", url),
        ("post", f"{url}sync/"),
        ("delete", f"{url}{template['id']}/"),
    ]:
        is_problem(agent.send(method, path, NEW), 403)
        is_problem(stranger.send(method, path, NEW), 404)
    is_problem(stranger.send("get", url), 404)
    is_problem(stranger.send("get", f"{url}{template['id']}/"), 404)


def test_a_template_of_another_channel_is_not_there(client, acme, url):
    client.send("post", f"{url}sync/")
    [template, _] = client.rows(url)
    with acme.scope():
        other = make_channel(KIND)
    is_problem(client.send("get", f"/channels/{other.id}/templates/{template['id']}/"), 404)
