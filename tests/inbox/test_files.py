"""Who gets which file, and as what."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contacts.models import Contact
from inbox.models import Attachment
from inbox.uploads import start_upload
from tests.cast import make_channel, make_conversation, make_message
from workspaces.storage import absolute, new_path

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 4


@pytest.fixture
def attachment(acme):
    with acme.scope():
        return make_attachment(make_conversation(make_channel(), team=acme.sales))


def make_attachment(conversation, **values):
    path = new_path()
    absolute(path).parent.mkdir(parents=True, exist_ok=True)
    absolute(path).write_bytes(CONTENT)
    values = {"kind": "video", "mime": "video/mp4", "name": "кот.mp4", "status": "ready", **values}
    return Attachment.objects.create(
        message=make_message(conversation), path=path, size=len(CONTENT), **values
    )


def get(log_in, member, workspace, attachment, **headers):
    return log_in(member).get(f"{workspace.url}/files/{attachment.id}/", headers=headers)


def body(response) -> bytes:
    return b"".join(response)


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")
def test_a_member_who_sees_the_conversation_gets_the_file(acme, log_in, attachment):
    response = get(log_in, acme.boris, acme, attachment)
    assert response.status_code == 200
    assert body(response) == CONTENT
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Disposition"].startswith("inline")
    assert "%D0%BA%D0%BE%D1%82.mp4" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "private" in response["Cache-Control"]
    named = log_in(acme.boris).get(f"{acme.url}/files/{attachment.id}/anything.mp4")
    assert named.status_code == 200


def test_everybody_else_gets_404(acme, rival, client, log_in, attachment):
    assert get(log_in, acme.vera, acme, attachment).status_code == 404  # another team
    assert get(log_in, rival.rita, rival, attachment).status_code == 404
    assert get(log_in, rival.rita, acme, attachment).status_code == 404
    assert client.get(f"{acme.url}/files/{attachment.id}/").status_code in {302, 404}
    missing = log_in(acme.anna).get(f"{acme.url}/files/{uuid4()}/")
    assert missing.status_code == 404


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_what_is_not_here_is_404(acme, log_in, attachment, status):
    with acme.scope():
        Attachment.objects.update(status=status)
    assert get(log_in, acme.anna, acme, attachment).status_code == 404


def test_a_file_that_vanished_from_the_disk_is_404(acme, log_in, attachment):
    absolute(attachment.path).unlink()
    assert get(log_in, acme.anna, acme, attachment).status_code == 404


@pytest.mark.parametrize(
    "mime", ["image/svg+xml", "text/html", "application/pdf", "application/xml", "text/plain", ""]
)
def test_what_could_run_is_only_offered_for_saving(acme, log_in, attachment, mime):
    with acme.scope():
        Attachment.objects.update(mime=mime)
    response = get(log_in, acme.anna, acme, attachment)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")


@pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume asynchronous")
@pytest.mark.parametrize(
    ("asked", "status", "expected", "named"),
    [
        ("bytes=0-", 206, CONTENT, "bytes 0-1023/1024"),
        ("bytes=10-19", 206, CONTENT[10:20], "bytes 10-19/1024"),
        ("bytes=1000-9999", 206, CONTENT[1000:], "bytes 1000-1023/1024"),
        ("bytes=-24", 206, CONTENT[-24:], "bytes 1000-1023/1024"),
        ("bytes=-9999", 206, CONTENT, "bytes 0-1023/1024"),
        ("bytes=-", 200, CONTENT, None),
        ("bytes=0-1,5-6", 200, CONTENT, None),
        ("lines=1-2", 200, CONTENT, None),
    ],
)
def test_players_may_ask_for_a_part(acme, log_in, attachment, asked, status, expected, named):
    response = get(log_in, acme.anna, acme, attachment, range=asked)
    assert response.status_code == status
    assert response.get("Content-Range") == named
    assert int(response["Content-Length"]) == len(expected)
    assert body(response) == expected


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_416(acme, log_in, attachment, asked):
    response = get(log_in, acme.anna, acme, attachment, range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */1024")


def test_a_browser_that_has_it_is_told_so(acme, log_in, attachment):
    etag = get(log_in, acme.anna, acme, attachment)["ETag"]
    response = get(log_in, acme.anna, acme, attachment, if_none_match=etag)
    assert (response.status_code, response.content) == (304, b"")


def test_an_own_draft_is_shown_to_its_owner_only(acme, log_in):
    with acme.scope():
        draft = start_upload(SimpleUploadedFile("a.txt", b"hello"), by=acme.boris)
    assert get(log_in, acme.boris, acme, draft).status_code == 200
    assert get(log_in, acme.anna, acme, draft).status_code == 404


def test_a_contacts_picture(acme, rival, log_in, attachment):
    with acme.scope():
        contact = Contact.objects.get()
        Contact.objects.update(avatar=attachment.path)
    response = log_in(acme.vera).get(f"{acme.url}/files/avatars/{contact.id}/")
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert log_in(rival.rita).get(f"{rival.url}/files/avatars/{contact.id}/").status_code == 404


async def test_a_large_file_leaves_piece_by_piece(tmp_path, rf):
    from core import serving

    path = tmp_path / "large"
    path.write_bytes(b"x" * (serving.PIECE * 2 + 5))
    response = serving.respond(rf.get("/"), path, "video/mp4", "large")
    sizes = [len(piece) async for piece in response.streaming_content]
    assert sizes == [serving.PIECE, serving.PIECE, 5]
