"""A whole letter on the screen: cleaned, sealed, and for those alone who may see it."""

import re
from html.parser import HTMLParser
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core import signing
from django.test import Client

from inbox.letters import pages, pictures
from inbox.models import Attachment
from tests.cast import make_channel, make_conversation, make_message
from tests.inbox.letters import HOSTILE_PAGES
from workspaces.storage import absolute, new_path

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100


class Seen(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs


def cleaned(page, **values):
    given = {"inner": lambda name: None, "remote": None, **values}
    return pages.cleaned(page, **given)


@pytest.mark.parametrize("page", HOSTILE_PAGES)
def test_nothing_that_runs_or_reaches_out_is_left(page):
    seen = Seen(cleaned(page.format(home="http://evil.example")))
    assert not seen.tags & {
        *("script", "style", "iframe", "object", "embed", "form", "input", "svg", "math", "meta"),
        *("link", "base", "video", "audio", "template", "turbo-stream", "x-widget", "source"),
    }
    for name, value in seen.attributes:
        assert not name.startswith("on")
        assert name in {"href", "style", "target", "rel", "title", "alt"}, name
        assert not re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)
        assert "evil.example" not in (value or "") or name == "href"
        assert "url(" not in (value or "")
        assert "position" not in (value or "")


def test_what_a_letter_looks_like_stays():
    page = '<table width="600"><tr><td style="color: red">Hi <b>you</b></td></tr></table>'
    found = cleaned(page)
    assert 'width="600"' in found
    assert "color:red" in found.replace(" ", "")
    assert "<b>you</b>" in found


def test_links_open_elsewhere_and_tell_nothing():
    found = cleaned('<a href="https://example.com/x">x</a>')
    assert 'target="_blank"' in found
    assert 'rel="noopener noreferrer nofollow"' in found


def test_pictures_of_the_letter_are_shown_and_others_wait():
    page = (
        '<img src="cid:logo@x"><img src="https://example.com/a.png"><img src="//example.com/b.png">'
    )
    quiet = cleaned(page, inner=lambda name: f"/ours/{name}")
    assert "/ours/logo@x" in quiet
    assert "example.com" not in quiet
    asked = []
    cleaned(page, remote=lambda url: asked.append(url))
    assert asked == ["https://example.com/a.png", "https://example.com/b.png"]


@pytest.fixture
def shown(acme, settings, tmp_path):
    """A letter of the customer with a picture in it, ready to be shown."""
    settings.MEDIA_ROOT = tmp_path
    with acme.scope():
        conversation = make_conversation(make_channel("email"))
        message = make_message(
            conversation,
            "Hello",
            external_id="<a@b>",
            payload={
                "subject": "<b>Sofa</b>",
                "from": {"name": "Boss", "address": "boss@example.net"},
                "cc": [{"name": "", "address": "anna@example.com"}],
                "whole": True,
                "html": True,
                "remote_pictures": True,
                "auto_reply": "bulk",
            },
        )
        page = b'<p>Hello</p><img src="cid:logo"><img src="https://example.com/pixel.png">'
        whole = stored(message, page, {"part": "whole", "hidden": True}, "text/html", "letter.html")
        logo = stored(
            message, PNG, {"part": 1, "cid": "logo", "hidden": True}, "image/png", "l.png"
        )
    slug = acme.workspace.slug
    return SimpleNamespace(
        conversation=conversation,
        message=message,
        whole=whole,
        logo=logo,
        thread=f"/w/{slug}/inbox/{conversation.id}/",
        page=f"/w/{slug}/inbox/{conversation.id}/messages/{message.id}/letter/",
    )


def stored(message, content, reference, mime, name):
    path = new_path()
    absolute(path).parent.mkdir(parents=True, exist_ok=True)
    absolute(path).write_bytes(content)
    return Attachment.objects.create(
        message=message,
        kind="image" if mime.startswith("image/") else "file",
        name=name,
        mime=mime,
        size=len(content),
        reference=reference,
        path=path,
        status="ready",
    )


def test_the_letter_is_sealed(acme, log_in, shown):
    response = log_in(acme.anna).get(shown.page)
    assert response.status_code == 200
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    body = response.content.decode()
    assert "&lt;b&gt;Sofa&lt;/b&gt;" in body
    assert "example.com" not in body
    assert body.count("<img") == 2


@pytest.mark.parametrize(
    ("told", "query", "is_framed"),
    [
        ("iframe", "", True),
        ("document", "?framed=1", False),
        ("", "?framed=1", True),  # without https browsers do not tell
        ("", "", False),
    ],
)
def test_only_in_our_frame_its_length_can_be_seen(acme, log_in, shown, told, query, is_framed):
    headers = {"Sec-Fetch-Dest": told} if told else {}
    policy = log_in(acme.anna).get(f"{shown.page}{query}", headers=headers)
    policy = policy["Content-Security-Policy"]
    assert ("allow-same-origin" in policy) == is_framed
    assert "allow-scripts" not in policy


def test_pictures_come_through_us_when_asked_for(acme, log_in, shown):
    body = log_in(acme.anna).get(f"{shown.page}?pictures=1").content.decode()
    assert "example.com" not in body
    addresses = re.findall(r'src="([^"]+)"', body)
    assert len(addresses) == 2
    assert all("/letters/pictures/" in address for address in addresses)


def test_a_picture_of_the_letter_needs_its_signature_and_no_log_in(acme, log_in, shown):
    body = log_in(acme.anna).get(shown.page).content.decode()
    (address,) = re.findall(r'src="([^"]+)"', body)
    path = "/" + address.split("/", 3)[3]
    response = Client().get(path)
    assert response.status_code == 200
    assert (response["Content-Type"], response["Content-Length"]) == ("image/png", str(len(PNG)))
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert Client().get("/letters/pictures/forged/").status_code == 404


def test_a_signature_ends(shown, acme, monkeypatch):
    address = pictures.of_attachment(acme.workspace.id, shown.logo.id)
    path = "/" + address.split("/", 3)[3]
    monkeypatch.setattr(pictures, "GOOD_SECONDS", -1)
    assert Client().get(path).status_code == 404


def test_a_signature_for_another_purpose_opens_nothing(acme, shown):
    facts = {"workspace": str(acme.workspace.id), "attachment": str(shown.logo.id)}
    token = signing.dumps(facts, salt="something else")
    assert Client().get(f"/letters/pictures/{token}/").status_code == 404


def test_only_pictures_are_handed_out(acme, shown):
    address = pictures.of_attachment(acme.workspace.id, shown.whole.id)
    assert Client().get("/" + address.split("/", 3)[3]).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "https://[::1]/",
    ],
)
def test_a_picture_does_not_lead_into_our_network(address, db):
    path = "/" + pictures.from_elsewhere(address).split("/", 3)[3]
    assert Client().get(path).status_code == 404


def test_strangers_and_other_messages_get_404(acme, rival, log_in, shown):
    assert log_in(rival.rita).get(shown.page).status_code == 404
    other = shown.page.replace(str(shown.message.id), str(uuid4()))
    assert log_in(acme.anna).get(other).status_code == 404
    with acme.scope():
        plain = make_message(shown.conversation, "No letter")
    without = shown.page.replace(str(shown.message.id), str(plain.id))
    assert log_in(acme.anna).get(without).status_code == 404


def test_the_bubble_shows_the_head_and_hides_the_parts(acme, log_in, shown):
    page = log_in(acme.anna).get(shown.thread).content.decode()
    assert "&lt;b&gt;Sofa&lt;/b&gt;" in page
    assert "boss@example.net" in page
    assert "anna@example.com" in page
    assert "Mass mailing" in page
    assert f'data-letter-url-value="{shown.page}"' in page
    assert "Show pictures" in page
    assert "letter.html" not in page
    assert "l.png" not in page


def test_pictures_stand_below_the_words_of_a_letter(acme, log_in, shown):
    with acme.scope():
        letter = make_message(shown.conversation, "See below", payload={"subject": "Sofa"})
        chat = make_message(shown.conversation, "See above")
        for message in (letter, chat):
            Attachment.objects.create(
                message=message, kind="image", mime="image/png", path="x", status="ready"
            )
    page = log_in(acme.anna).get(shown.thread).content.decode()
    first, second = (page.split(f'data-message="{one.id}"')[1] for one in (letter, chat))
    assert first.index("See below") < first.index('class="picture')
    assert second.index('class="picture') < second.index("See above")


def test_the_composer_asks_for_subject_and_copies(acme, log_in, shown):
    with acme.scope():
        # Mass mailings are not what one answers.
        make_message(
            shown.conversation,
            "Price?",
            external_id="<c@d>",
            payload={"subject": "Sofa", "cc": [{"name": "", "address": "boss@example.net"}]},
        )
    page = log_in(acme.anna).get(shown.thread).content.decode()
    assert 'name="subject" value="Re: Sofa"' in page
    assert 'name="cc" value="boss@example.net"' in page
    with acme.scope():
        other = make_conversation(make_channel("telegram"))
    chat = log_in(acme.anna).get(f"/w/{acme.workspace.slug}/inbox/{other.id}/").content.decode()
    assert 'name="subject"' not in chat
