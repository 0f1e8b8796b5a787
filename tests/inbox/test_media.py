"""Files of customers: fetched, looked at, kept, or given up in words."""

import asyncio
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from channels_connectors.errors import ConnectorError
from channels_connectors.registry import connector_for
from channels_connectors.types import (
    DownloadedFile,
    InboundAttachment,
    Person,
    Profile,
)
from contacts.models import Contact, ContactIdentity
from core import pictures
from events import types
from events.models import Event
from inbox.media import fetching, profiles, sweeping
from inbox.models import Attachment
from tests.cast import make_channel
from tests.inbox.scripted import ScriptedConnector, arrive, words
from tests.inbox.sorting import deliver, sort
from workspaces.storage import absolute

pytestmark = pytest.mark.django_db(transaction=True)

SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def picture(form="JPEG", size=(40, 20), **values) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    image.save(out, form, **values)
    return out.getvalue()


@pytest.fixture
def platform_files(monkeypatch, tmp_path):
    """What the platform hands out, by reference: bytes or an error; and a list of the asked."""
    kept, asked = {}, []

    async def download(self, reference, limit):
        asked.append(reference)
        content = kept[reference["id"]]
        if isinstance(content, Exception):
            raise content
        path = Path(tmp_path) / f"download-{len(asked)}"
        path.write_bytes(content)
        return DownloadedFile(path, "its name.bin")

    monkeypatch.setattr(ScriptedConnector, "download", download)
    monkeypatch.setattr(fetching, "FIRST_PAUSE", 0.0)
    kept["asked"] = asked
    return kept


def send(acme, scripted, kind="image", **values):
    """A customer sends a file called "f"; returns its row."""
    found = InboundAttachment(kind, {"id": "f"}, **values)
    arrive(scripted, words("", kind=kind, attachments=(found,)))
    with acme.scope():
        return Attachment.objects.get()


def fetched(acme, attachment):
    fetching.fetch(acme.workspace.id, attachment.id)
    with acme.scope():
        attachment.refresh_from_db()
    return attachment


def told(acme, action):
    with acme.scope():
        return [event.data for event in Event.objects.filter(action=action)]


def test_a_photo_is_drawn_anew_upright_and_without_its_place(acme, scripted, platform_files):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by the camera
    exif[0x010F] = "Camera of Maria"
    platform_files["f"] = picture(exif=exif) + b"<script>hidden behind</script>"
    attachment = fetched(acme, send(acme, scripted, name="../../etc/pass\u200bwd.jpg"))
    assert (attachment.status, attachment.kind, attachment.mime) == ("ready", "image", "image/jpeg")
    assert (attachment.width, attachment.height) == (20, 40)
    assert attachment.name == "passwd.jpg"
    stored = absolute(attachment.path)
    assert stored.stat().st_size == attachment.size
    assert stored.stat().st_mode & 0o777 == 0o600
    assert b"script" not in stored.read_bytes()
    assert b"Camera" not in stored.read_bytes()
    assert attachment.path.startswith(acme.workspace.id.hex)
    (fact,) = told(acme, types.ATTACHMENT_STORED)
    assert fact["message"] == str(attachment.message_id)


@pytest.mark.parametrize(
    ("content", "kind", "expected_kind", "mime"),
    [
        (SVG, "image", "file", "application/octet-stream"),
        (b"<!DOCTYPE html><script>", "image", "file", "text/html"),
        (b"<!DOCTYPE html><script>", "video", "file", "text/html"),
        (picture()[:200], "image", "file", "application/octet-stream"),
        (b"%PDF-1.4\n", "file", "file", "application/pdf"),
        (picture("PNG"), "file", "file", "image/png"),
        (b"OggS\0\2" + b"\0" * 20 + b"\1\x13OpusHead" + b"\0" * 99, "voice", "voice", "audio/ogg"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 99, "voice", "voice", "audio/mp4"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + b"\0" * 99, "video", "video", "video/mp4"),
        (b"\x1f\x8b\x08\0" + b"\0" * 50, "sticker", "sticker", "application/gzip"),
        (picture("WEBP"), "sticker", "sticker", "image/webp"),
        (b"", "file", "file", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(
    acme, scripted, platform_files, content, kind, expected_kind, mime
):
    platform_files["f"] = content
    attachment = fetched(acme, send(acme, scripted, kind=kind, mime="image/jpeg"))
    assert (attachment.status, attachment.kind, attachment.mime) == ("ready", expected_kind, mime)


def test_a_picture_that_would_fill_the_memory_is_kept_but_not_decoded(
    acme, scripted, platform_files, monkeypatch
):
    monkeypatch.setattr(pictures, "MOST_PIXELS", 799)
    platform_files["f"] = picture(size=(40, 20))
    attachment = fetched(acme, send(acme, scripted))
    assert (attachment.status, attachment.kind) == ("ready", "file")
    assert absolute(attachment.path).read_bytes() == platform_files["f"]


def test_a_file_announced_as_too_large_is_not_even_asked_for(acme, scripted, platform_files):
    attachment = fetched(acme, send(acme, scripted, kind="video", size=26 * 1024 * 1024))
    assert (attachment.status, attachment.error) == ("failed", fetching.TOO_LARGE)
    assert platform_files["asked"] == []
    assert told(acme, types.ATTACHMENT_FAILED)[0]["error"] == fetching.TOO_LARGE


def test_a_passing_trouble_is_tried_again_a_lasting_one_given_up_in_words(
    acme, scripted, platform_files
):
    platform_files["f"] = ConnectorError("transient", "Away for a moment.")
    attachment = fetched(acme, send(acme, scripted))
    assert (attachment.status, attachment.attempts) == ("pending", 1)
    assert attachment.error == "Away for a moment."
    platform_files["f"] = ConnectorError("bad_content", "No longer there.")
    attachment = fetched(acme, attachment)
    assert (attachment.status, attachment.error) == ("failed", "No longer there.")
    assert len(told(acme, types.ATTACHMENT_FAILED)) == 1


def test_after_many_troubles_it_is_given_up(acme, scripted, platform_files):
    platform_files["f"] = RuntimeError("a bug")
    attachment = send(acme, scripted)
    for _ in range(fetching.MOST_ATTEMPTS):
        attachment = fetched(acme, attachment)
    assert (attachment.status, attachment.error) == ("failed", fetching.NOT_FETCHED)


def test_a_file_is_fetched_once_whoever_asks(acme, scripted, platform_files):
    platform_files["f"] = picture()
    attachment = send(acme, scripted)
    for _ in range(3):
        fetched(acme, attachment)
    assert len(platform_files["asked"]) == 1


def test_a_file_that_comes_after_its_message_lost_interest_leaves_nothing(
    acme, scripted, platform_files, monkeypatch
):
    platform_files["f"] = picture()
    attachment = send(acme, scripted)
    still_ours = fetching._still_ours

    def too_late(claim):
        Attachment.objects.update(message=None)
        return still_ours(claim)

    monkeypatch.setattr(fetching, "_still_ours", too_late)
    attachment = fetched(acme, attachment)
    folder = absolute(acme.workspace.id.hex)
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_the_sweep_finds_what_a_lost_poke_left(acme, scripted, platform_files):
    attachment = send(acme, scripted)
    assert sweeping.due_attachments() == []
    with acme.scope():
        Attachment.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=10))
    assert sweeping.due_attachments() == [(acme.workspace.id, attachment.id)]


def test_a_stranger_gets_a_name_and_a_face(acme, scripted, platform_files, monkeypatch):
    asked = []

    async def fetch_profile(self, chat_id):
        asked.append(chat_id)
        return Profile(Person(chat_id, "Maria Kotova"), avatar={"id": "face"})

    monkeypatch.setattr(ScriptedConnector, "fetch_profile", fetch_profile)
    platform_files["face"] = picture("PNG", size=(300, 400))
    arrive(scripted, words())
    with acme.scope():
        identity = ContactIdentity.objects.get()
    for _ in range(2):
        profiles.fetch(acme.workspace.id, identity.id)
    assert asked == ["maria"]
    with acme.scope():
        contact = Contact.objects.get()
        assert contact.name == "Maria Kotova"
        with Image.open(absolute(contact.avatar)) as face:
            assert (face.format, face.size) == ("JPEG", (192, 192))
        change = Event.objects.get(action=types.CONTACT_UPDATED).data["changes"]
        assert change["name"] == {"before": "Maria", "after": "Maria Kotova"}


def test_a_profile_that_did_not_come_is_asked_for_at_the_next_message(acme, scripted, monkeypatch):
    async def fetch_profile(self, chat_id):
        raise ConnectorError("transient", "Away")

    monkeypatch.setattr(ScriptedConnector, "fetch_profile", fetch_profile)
    arrive(scripted, words())
    with acme.scope():
        identity = ContactIdentity.objects.get()
    profiles.fetch(acme.workspace.id, identity.id)
    with acme.scope():
        identity.refresh_from_db()
        assert identity.profile_fetched_at is None


def test_a_photo_from_telegram_reaches_our_store(acme, telegram_bot):
    with acme.scope():
        channel = make_channel(credentials={"token": telegram_bot.token}, transport="polling")
    sent = picture(size=(64, 48))
    telegram_bot.say("Our sofa", kind="photo", files={"file": ("sofa.jpg", sent, "image/jpeg")})

    async def poll():
        return await connector_for(channel).poll("")

    with acme.scope():
        for _, raw in asyncio.run(poll()).envelopes:
            deliver(channel, raw)
    sort()
    with acme.scope():
        attachment = Attachment.objects.get()
        assert (attachment.kind, attachment.status) == ("image", "pending")
    attachment = fetched(acme, attachment)
    assert (attachment.status, attachment.mime) == ("ready", "image/jpeg")
    assert (attachment.width, attachment.height) == (64, 48)
    with Image.open(absolute(attachment.path)) as stored:
        assert stored.size == (64, 48)
