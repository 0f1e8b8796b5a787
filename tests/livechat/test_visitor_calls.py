"""Tokens, files and posts of visitors over HTTP."""

import json
import os
import time
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from inbox.models import Attachment
from livechat import links, stored, tokens, uploads
from livechat.widgets import find_widget
from tests.cast import make_conversation, make_message
from tests.livechat.conftest import connect_widget


def picture(form="JPEG", size=(60, 40), **options):
    buffer = BytesIO()
    Image.new("RGB", size, "teal").save(buffer, form, **options)
    return buffer.getvalue()


def bearer(token):
    return {"Authorization": f"Visitor {token}"}


@pytest.fixture
def token(channel):
    return tokens.issue(channel.pk)


@pytest.fixture
def visitor_id(channel, token):
    return tokens.read(token, channel.pk).visitor_id


def begin(client, channel, body=None, **headers):
    return client.post(
        f"/chat/{channel.key}/session/",
        json.dumps(body or {}),
        content_type="application/json",
        headers=headers,
    )


def test_new_visitor_gets_a_token_and_keeps_it(client, channel):
    token = begin(client, channel).json()["token"]
    assert tokens.read(token, channel.pk)
    assert begin(client, channel, {"token": token}).json()["token"] == token


def test_token_of_another_channel_counts_for_nothing(client, acme, channel):
    other = connect_widget(acme)
    foreign = tokens.issue(other.pk)
    given = begin(client, channel, {"token": foreign}).json()["token"]
    visitor = tokens.read(given, channel.pk).visitor_id
    assert visitor != tokens.read(foreign, other.pk).visitor_id


def test_tokens_are_not_handed_out_without_end(client, channel):
    statuses = [begin(client, channel).status_code for _ in range(40)]
    assert statuses[:20] == [200] * 20
    assert statuses[-1] == 429


def test_calls_from_other_sites_are_refused(client, channel, token):
    evil = {"Origin": "https://evil.example"}
    assert begin(client, channel, **evil).status_code == 403
    for path in ("uploads", "frames"):
        answer = client.post(f"/chat/{channel.key}/{path}/", headers=bearer(token) | evil)
        assert answer.status_code == 403


def send_file(client, channel, token, name="sofa.jpg", content=None, **more):
    file = SimpleUploadedFile(name, picture() if content is None else content)
    headers = bearer(token) if token else {}
    return client.post(f"/chat/{channel.key}/uploads/", {"file": file}, headers=headers | more)


@pytest.mark.parametrize("given", [None, "x"])
def test_stranger_uploads_nothing(client, channel, given):
    assert send_file(client, channel, given).status_code == 401


def test_upload_with_another_channels_token(client, acme, channel):
    assert send_file(client, channel, tokens.issue(connect_widget(acme).pk)).status_code == 401


def test_picture_loses_what_the_camera_wrote(client, channel, token, visitor_id):
    exif = Image.Exif()
    exif[0x010F] = "Camera of Maria"
    answer = send_file(client, channel, token, content=picture(exif=exif))
    assert answer.status_code == 201
    assert (answer.json()["kind"], answer.json()["width"]) == ("image", 60)
    kept = uploads.unseal(answer.json()["upload"], find_widget(channel.key), visitor_id)
    content = stored.place(channel.key, kept.upload).read_bytes()
    assert b"Camera of Maria" not in content
    assert not Image.open(BytesIO(content)).getexif()


def test_upload_is_of_use_to_its_visitor_only(client, channel, token):
    sealed = send_file(client, channel, token).json()["upload"]
    widget = find_widget(channel.key)
    assert uploads.unseal(sealed, widget, uuid4()) is None
    assert uploads.unseal(sealed + "x", widget, uuid4()) is None


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("a.exe", b"MZ", 422),
        ("a.html", b"<script>alert(1)</script>", 422),
        ("a.svg", b"<svg onload='alert(1)'/>", 422),
        ("\u200b.htaccess", b"x", 422),
        ("a.jpg\u200b.php", b"x", 422),
        ("a", b"x", 422),
        ("a.pdf", b"", 422),
        ("a.pdf", b"%PDF-1.7 x", 201),
        ("a.jpg", b"<html><script>alert(1)</script>", 201),
    ],
)
def test_files_that_a_computer_would_run_are_refused(client, channel, token, name, content, status):
    answer = send_file(client, channel, token, name, content)
    assert answer.status_code == status
    if status == 201:
        assert answer.json()["kind"] == "file"


def test_bomb_of_a_picture_is_no_picture(client, channel, token):
    small = picture("PNG", (1, 1))
    huge = small.replace(b"\x00\x00\x00\x01\x00\x00\x00\x01", b"\x00\x00\xff\xff\x00\x00\xff\xff")
    assert send_file(client, channel, token, "a.png", huge).json()["kind"] == "file"


def test_file_that_is_too_large_is_refused_unread(client, channel, token, monkeypatch):
    monkeypatch.setattr("livechat.limits.LARGEST_FILE", 10)
    assert send_file(client, channel, token, "a.txt", b"x" * 20_000).status_code == 413


def test_uploads_are_limited(client, channel, token):
    statuses = [send_file(client, channel, token, "a.txt", b"x").status_code for _ in range(12)]
    assert statuses[0] == 201
    assert statuses[-1] == 429


@pytest.fixture
def attachment(acme, channel, visitor_id, settings):
    """A picture that the agent sent to the visitor."""
    with acme.scope():
        conversation = make_conversation(channel, chat=str(visitor_id))
        message = make_message(conversation, "", direction="outgoing", status="sent")
        path = settings.MEDIA_ROOT / "here"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture())
        return Attachment.objects.create(
            message=message,
            kind="image",
            name="sofa.jpg",
            mime="image/jpeg",
            path="here",
            status="ready",
        )


def test_visitor_opens_the_file_sent_to_them(client, channel, attachment, visitor_id):
    answer = client.get(links.address(attachment.pk, channel.key, visitor_id))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_another_visitor_does_not(client, channel, attachment):
    assert client.get(links.address(attachment.pk, channel.key, uuid4())).status_code == 404


def test_address_of_a_file_cannot_be_bent(client, acme, channel, attachment, visitor_id):
    good = links.address(attachment.pk, channel.key, visitor_id)
    path, _, signed = good.partition("?")
    other = links.address(uuid4(), channel.key, visitor_id).partition("?")[2]
    elsewhere = good.replace(channel.key, connect_widget(acme).key)
    for wrong in (path, f"{path}?pass=", f"{path}?{other}", f"{path}?{signed}x"):
        assert client.get(wrong).status_code == 403
    assert client.get(elsewhere).status_code == 404


def test_address_of_a_file_runs_out(client, channel, attachment, visitor_id, monkeypatch):
    good = links.address(attachment.pk, channel.key, visitor_id)
    now = time.time()
    monkeypatch.setattr("django.core.signing.time.time", lambda: now + 601)
    assert client.get(good).status_code == 403


def test_file_of_a_note_is_never_opened(client, acme, channel, attachment, visitor_id):
    with acme.scope():
        attachment.message.direction = "internal"
        attachment.message.save()
    assert client.get(links.address(attachment.pk, channel.key, visitor_id)).status_code == 404


def test_what_is_no_picture_is_offered_for_saving(client, acme, channel, attachment, visitor_id):
    with acme.scope():
        attachment.mime, attachment.name = "text/html", 'evil".html'
        attachment.save()
    answer = client.get(links.address(attachment.pk, channel.key, visitor_id))
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")


def test_old_uploads_are_forgotten(client, channel, token):
    kept = send_file(client, channel, token, "a.txt", b"x")
    assert kept.status_code == 201
    (old,) = stored.folder(channel.key).iterdir()
    assert stored.forget_old() == 0
    os.utime(old, (0, 0))
    assert stored.forget_old() == 1
    assert not old.exists()


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "x" * 32, "0" * 31, "0" * 33])
def test_upload_is_looked_for_in_its_folder_only(channel, name):
    with pytest.raises(ValueError):
        stored.place(channel.key, name)
