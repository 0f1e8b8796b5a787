import asyncio
import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from inbox import uploads
from inbox.delivery.machine import deliver
from inbox.models import Attachment
from tests.api.calls import API, is_problem
from tests.cast import make_channel, make_conversation
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def picture(name="sofa.png"):
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(content, "PNG")
    return SimpleUploadedFile(name, content.getvalue(), "text/html")


def upload(program, file, **headers):
    return program.post(f"{API}/attachments/", {"file": file}, headers=headers)


def content(response):
    async def gather():
        return b"".join([piece async for piece in response])

    return asyncio.run(gather())


@pytest.fixture
def path(acme, platform):
    platform()
    with acme.scope():
        conversation = make_conversation(make_channel("platform"), chat="7")
    return f"/conversations/{conversation.id}/messages/"


def test_a_file_is_uploaded_sent_and_fetched(client, program, acme, path, platform):
    other_side = platform()
    made = upload(client, picture())
    assert made.status_code == 201
    draft = made.json()
    assert {**draft, "id": "", "url": "", "size": 0} == {
        "id": "",
        "kind": "image",
        "name": "sofa.png",
        "size": 0,
        "mime": "image/png",
        "url": "",
        "status": "ready",
    }
    assert draft["url"] == f"http://localhost:8000{API}/attachments/{draft['id']}/"
    message = client.send("post", path, {"text": "", "attachments": [draft["id"]]})
    assert message.status_code == 201
    assert message.json()["attachments"] == [draft]
    assert message.json()["kind"] == "image"
    with acme.scope():
        conversation_id = Attachment.objects.get().message.conversation_id
    deliver(acme.workspace.id, conversation_id)
    assert [found.name for found in other_side.sent[0].attachments] == ["sofa.png"]
    fetched = program(role=Role.QUALITY).get(draft["url"], headers={"Accept": "image/*"})
    assert fetched.status_code == 200
    assert content(fetched) == picture().read()
    assert fetched.headers["Content-Type"] == "image/png"


def test_a_file_goes_with_one_message(client, path):
    body = {"attachments": [upload(client, picture()).json()["id"]]}
    assert client.send("post", path, body).status_code == 201
    is_problem(client.send("post", path, body), 422)


def test_a_draft_is_its_uploaders_own(client, program, path, stranger):
    draft = upload(client, picture()).json()
    url = f"/attachments/{draft['id']}/"
    assert client.send("get", url).status_code == 200
    for other in (program(), stranger):
        is_problem(other.send("get", url), 404)
    is_problem(program().send("post", path, {"attachments": [draft["id"]]}), 422)


def test_a_strangers_file_is_not_there(client, stranger, path):
    draft = upload(client, picture()).json()
    client.send("post", path, {"attachments": [draft["id"]]})
    is_problem(stranger.send("get", f"/attachments/{draft['id']}/"), 404)
    is_problem(client.send("get", f"/attachments/{uuid4()}/"), 404)


def test_what_a_browser_could_run_is_only_saved(client):
    page = SimpleUploadedFile("page.html", b"<script>alert(1)</script>", "text/html")
    fetched = client.send("get", f"/attachments/{upload(client, page).json()['id']}/")
    assert fetched.headers["Content-Type"] == "application/octet-stream"
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in fetched.headers["Content-Security-Policy"]


def test_a_part_of_a_file(client):
    url = f"/attachments/{upload(client, picture()).json()['id']}/"
    part = client.send("get", url, Range="bytes=1-3")
    assert (part.status_code, content(part)) == (206, b"PNG")
    beyond = client.send("get", url, Range="bytes=100000-")
    is_problem(beyond, 416)
    assert beyond.headers["Content-Range"].startswith("bytes */")
    etag = part.headers["ETag"]
    assert client.send("get", url, If_None_Match=etag).status_code == 304


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"file": "text"}, 400),
        ({"file": SimpleUploadedFile("a.txt", b"")}, 422),
    ],
)
def test_a_bad_upload_is_refused(client, fields, status):
    is_problem(client.post(f"{API}/attachments/", fields), status)


def test_json_is_no_upload(client):
    is_problem(client.send("post", "/attachments/", {"file": "x"}), 415)
    broken = client.generic(
        "POST", f"{API}/attachments/", b"x", content_type="multipart/form-data; boundary="
    )
    is_problem(broken, 400)


def test_a_file_that_is_too_large_is_refused(client, acme, monkeypatch):
    monkeypatch.setattr(uploads, "LARGEST_BYTES", 10)
    is_problem(upload(client, picture()), 422)
    with acme.scope():
        assert not Attachment.objects.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\0b.png", "\u202egnp.exe", "x" * 500])
def test_names_are_cleaned(client, name):
    answer = upload(client, picture(name))
    if answer.status_code == 201:
        shown = answer.json()["name"]
        assert not set(shown) & set("/\\\0\u202e")
        assert len(shown) <= 120
    else:
        is_problem(answer, 400)


def test_an_upload_that_is_repeated_is_one_file(client, acme):
    first, again = (upload(client, picture(), **{"Idempotency-Key": "a"}) for _ in range(2))
    assert first.json() == again.json()
    with acme.scope():
        assert Attachment.objects.count() == 1


def test_who_may_only_read_uploads_nothing(program):
    is_problem(upload(program(role=Role.QUALITY), picture()), 403)


@pytest.mark.parametrize("asked", [f"bytes={'9' * 5000}-", "bytes=5-1", "bytes=-0", "lines=1-2"])
def test_an_odd_part_of_a_file(client, asked):
    url = f"/attachments/{upload(client, picture()).json()['id']}/"
    assert client.send("get", url, Range=asked).status_code in {200, 416}
