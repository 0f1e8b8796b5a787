"""Message templates: fetched, handed in, deleted, with the platform first."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from channels_connectors.errors import ConnectorError
from channels_connectors.models import MessageTemplate
from channels_connectors.registry import _connectors
from channels_connectors.types import Template
from inbox import message_templates, template_drafts
from inbox.models import Attachment
from tests.cast import make_channel
from tests.inbox.platform import KIND
from tests.inbox.test_letters import PNG


class Shelf:
    """The platform's side."""

    def __init__(self, monkeypatch) -> None:
        self.kept, self.refusal = [], None
        self.files = []
        for name in ("list_templates", "create_template", "delete_template", "template_header"):
            monkeypatch.setattr(_connectors[KIND], name, getattr(self, f"_{name}"))

    def _check(self):
        if self.refusal:
            raise self.refusal

    async def _list_templates(self):
        self._check()
        return list(self.kept)

    async def _create_template(self, template):
        self._check()
        made = Template(
            **{
                **{name: getattr(template, name) for name in template.__slots__},
                "external_id": "77",
            }
        )
        self.kept.append(made)
        return made

    async def _template_header(self, file):
        self._check()
        self.files.append((file.name, file.mime, file.path.read_bytes()))
        return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::x"]}}

    async def _delete_template(self, name):
        self._check()
        self.kept = [one for one in self.kept if one.name != name]


@pytest.fixture
def shelf(platform, monkeypatch):
    platform(templates=True)
    return Shelf(monkeypatch)


@pytest.fixture
def channel(acme, shelf):
    with acme.scope():
        return make_channel(KIND)


@pytest.fixture
def admin(acme, log_in):
    return log_in(acme.anna)


VALUES = {
    "name": "order_is_ready",
    "language": "ru",
    "category": "utility",
    "body": "{{name}}, your order {{number}} is ready.",
    "header": "Order",
    "footer": "",
    "examples": "number = 1024\nMaria",
}


def template(name="hello", language="en", **values):
    return Template(f"{name} {language}", name, language, "utility", "approved", **values)


def names(acme):
    with acme.scope():
        return sorted(MessageTemplate.objects.values_list("name", "language"))


def test_what_the_platform_has_is_taken_over_and_what_it_lost_goes(acme, shelf, channel):
    shelf.kept = [template(), template(language="ru"), template("bye", reason="Why")]
    with acme.scope():
        assert message_templates.sync_templates(channel, by=acme.anna) == 3
    shelf.kept = [template(quality="GREEN")]
    with acme.scope():
        message_templates.sync_templates(channel, by=acme.anna)
        assert MessageTemplate.objects.get().quality == "GREEN"
    assert names(acme) == [("hello", "en")]


def test_a_template_is_handed_in_on_its_page(acme, admin, shelf, channel):
    path = f"{acme.url}/channels/{channel.pk}/templates/"
    assert "Templates will be here" in admin.get(path).text
    assert admin.post(path, VALUES).status_code == 303
    (made,) = shelf.kept
    assert made.named
    assert made.components[0] == {"type": "HEADER", "format": "TEXT", "text": "Order"}
    assert made.components[1]["example"] == {
        "body_text_named_params": [
            {"param_name": "name", "example": "Maria"},
            {"param_name": "number", "example": "1024"},
        ]
    }
    page = admin.get(path).text
    assert "order_is_ready" in page
    assert "In review" in page


def test_a_template_begins_with_a_picture_and_ends_with_buttons(acme, admin, shelf, channel):
    path = f"{acme.url}/channels/{channel.pk}/templates/"
    buttons = "Shop = https://example.com/sale\nYes\nCall = +78126001420\n\nNo"
    picture = SimpleUploadedFile("sale.png", PNG, "image/png")
    body = {**VALUES, "header": "", "header_file": picture, "buttons": buttons}
    assert admin.post(path, body).status_code == 303
    assert shelf.files == [("sale.png", "image/png", PNG)]
    (made,) = shelf.kept
    assert made.components[0]["format"] == "IMAGE"
    assert [button["text"] for button in made.components[-1]["buttons"]] == [
        *("Yes", "No", "Shop", "Call"),
    ]
    with acme.scope():
        assert not Attachment.objects.exists()


def test_a_refused_template_leaves_no_file(acme, admin, shelf, channel):
    shelf.refusal = ConnectorError("bad_content", "Templates take JPEG.")
    picture = SimpleUploadedFile("sale.png", PNG, "image/png")
    body = {**VALUES, "header": "", "header_file": picture}
    answer = admin.post(f"{acme.url}/channels/{channel.pk}/templates/", body)
    assert answer.status_code == 422
    assert "Templates take JPEG." in answer.text


def test_numbered_variables_give_their_examples_in_order():
    parts = template_drafts.components_of("{{2}} {{1}}", "", "Bye", {"1": "a", "2": "b"})
    assert parts == [
        {"type": "BODY", "text": "{{2}} {{1}}", "example": {"body_text": [["a", "b"]]}},
        {"type": "FOOTER", "text": "Bye"},
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Order Ready"}, "small Latin letters"),
        ({"examples": "Maria"}, "example for each variable: number"),
        ({"body": "x" * 1025}, "1024"),
        ({"category": "spam"}, "valid choice"),
        ({"buttons": "x" * 26}, "1 to 25 characters"),
        ({"buttons": "Shop = example.com"}, "neither a link nor a phone number"),
        ({"buttons": "Yes\n" * 11}, "At most 10 buttons"),
    ],
)
def test_nonsense_is_told_beside_its_field(acme, admin, shelf, channel, change, words):
    answer = admin.post(f"{acme.url}/channels/{channel.pk}/templates/", {**VALUES, **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert shelf.kept == []


def test_the_platforms_refusal_is_told_and_nothing_is_kept(acme, admin, shelf, channel):
    shelf.refusal = ConnectorError("bad_content", "The name is taken.")
    answer = admin.post(f"{acme.url}/channels/{channel.pk}/templates/", VALUES)
    assert answer.status_code == 422
    assert "The name is taken." in answer.text
    assert names(acme) == []


def test_a_template_is_deleted_there_and_here(acme, admin, shelf, channel):
    shelf.kept = [template(), template(language="ru"), template("bye")]
    with acme.scope():
        message_templates.sync_templates(channel, by=acme.anna)
        found = MessageTemplate.objects.filter(name="hello").first()
    path = f"{acme.url}/channels/{channel.pk}/templates/{found.pk}/deletion/"
    assert admin.post(path).status_code == 303
    assert [one.name for one in shelf.kept] == ["bye"]
    assert names(acme) == [("bye", "en")]
    assert admin.post(path).status_code == 404


def test_kinds_without_templates_have_no_page(acme, admin, shelf):
    with acme.scope():
        bot = make_channel("telegram")
    assert admin.get(f"{acme.url}/channels/{bot.pk}/templates/").status_code == 404


def test_neither_agent_nor_stranger(acme, rival, shelf, channel, log_in):
    path = f"/channels/{channel.pk}/templates/"
    for method in ("get", "post"):
        assert getattr(log_in(acme.boris), method)(acme.url + path).status_code == 403
        assert getattr(log_in(rival.rita), method)(rival.url + path).status_code == 404
    assert log_in(acme.boris).post(f"{acme.url}{path}sync/").status_code == 403
    with acme.scope(), pytest.raises(PermissionDenied):
        message_templates.sync_templates(channel, by=acme.boris)


def test_a_platform_that_is_away_leaves_what_is_here(acme, admin, shelf, channel):
    shelf.kept = [template()]
    with acme.scope():
        message_templates.sync_templates(channel, by=acme.anna)
    shelf.refusal = ConnectorError("transient", "The platform is away.")
    with acme.scope(), pytest.raises(ValidationError):
        message_templates.sync_templates(channel, by=acme.anna)
    assert names(acme) == [("hello", "en")]
