"""Message templates: looked at, handed in, deleted; the platform has the last word."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import MessageTemplate
from channels_connectors.registry import _connectors
from channels_connectors.types import Template
from events import types
from events.models import Event
from events.subscriptions import run_workspace
from inbox import message_templates
from inbox.message_templates import create_template, delete_template, sync_templates
from tests.cast import make_channel
from tests.inbox.platform import KIND

pytestmark = pytest.mark.django_db

BODY = [{"type": "BODY", "text": "Your order is ready"}]
READY = Template("t1", "ready", "ru", "utility", "approved", BODY, quality="high")
ENGLISH = Template("t2", "ready", "en", "utility", "pending", BODY)


@pytest.fixture
def shelf(acme, platform):
    """A platform with templates: `shelf.templates` is what it has."""
    made = platform(templates=True)
    made.templates, made.refusal, made.meanwhile = [READY, ENGLISH], None, None

    class WithTemplates(_connectors[KIND]):
        async def list_templates(self):
            if made.refusal:
                raise made.refusal
            found = list(made.templates)
            if made.meanwhile:
                from asgiref.sync import sync_to_async

                await sync_to_async(made.meanwhile)()
            return found

        async def create_template(self, template):
            if made.refusal:
                raise made.refusal
            answer = replace(template, external_id="t9", category="marketing")
            made.templates.append(answer)
            return answer

        async def delete_template(self, name):
            if made.refusal:
                raise made.refusal
            made.templates = [found for found in made.templates if found.name != name]

    _connectors[KIND] = WithTemplates
    with acme.scope():
        made.channel = make_channel(KIND)
    return made


def names():
    rows = MessageTemplate.objects.order_by("name", "language")
    return [(row.name, row.language, row.status) for row in rows]


def told():
    return [
        (event.action, event.data["language"], event.data["status"])
        for event in Event.objects.filter(action__startswith="template.").order_by("seq")
    ]


def sync(acme, shelf):
    with acme.scope():
        return sync_templates(shelf.channel, by=acme.anna)


def test_what_the_platform_has_is_kept_and_told_once(acme, shelf):
    assert sync(acme, shelf) == sync(acme, shelf) == 2
    with acme.scope():
        assert names() == [("ready", "en", "pending"), ("ready", "ru", "approved")]
        row = MessageTemplate.objects.get(language="ru")
        assert (row.external_id, row.quality, row.components) == ("t1", "high", BODY)
        assert told() == [
            ("template.changed", "ru", "approved"),
            ("template.changed", "en", "pending"),
        ]


def test_what_changed_is_followed_and_what_vanished_goes(acme, shelf):
    sync(acme, shelf)
    shelf.templates = [replace(READY, status="paused", quality="low")]
    sync(acme, shelf)
    with acme.scope():
        assert names() == [("ready", "ru", "paused")]
        assert told()[2:] == [
            ("template.changed", "ru", "paused"),
            ("template.removed", "en", "pending"),
        ]


def test_a_template_that_was_made_again_keeps_its_row(acme, shelf):
    sync(acme, shelf)
    with acme.scope():
        before = MessageTemplate.objects.get(language="ru").pk
    shelf.templates = [replace(READY, external_id="t7")]
    sync(acme, shelf)
    with acme.scope():
        row = MessageTemplate.objects.get()
        assert (row.pk, row.external_id) == (before, "t7")


def test_templates_of_other_channels_are_left_alone(acme, shelf):
    with acme.scope():
        other = make_channel(KIND, name="Other")
        MessageTemplate.objects.create(
            channel=other, name="ready", language="ru", category="utility"
        )
    shelf.templates = []
    assert sync(acme, shelf) == 0
    with acme.scope():
        assert MessageTemplate.objects.get().channel == other


@pytest.mark.django_db(transaction=True)
def test_news_that_came_while_the_platform_was_asked_are_newer(acme, shelf):
    sync(acme, shelf)

    def news():
        with acme.scope():
            now = timezone.now()
            MessageTemplate.objects.filter(language="en").update(status="approved", updated_at=now)
            MessageTemplate.objects.create(
                channel=shelf.channel, name="new", language="ru", category="utility"
            )

    shelf.meanwhile = news
    message_templates.look_at(acme.workspace.id, shelf.channel.id)
    with acme.scope():
        assert names() == [
            ("new", "ru", "pending"),
            ("ready", "en", "approved"),
            ("ready", "ru", "approved"),
        ]


def test_a_look_that_fails_changes_nothing(acme, shelf):
    sync(acme, shelf)
    shelf.refusal = ConnectorError("transient", "Away")
    message_templates.look_at(acme.workspace.id, shelf.channel.id)
    with acme.scope():
        assert len(names()) == 2
    with pytest.raises(ValidationError, match="Away"), acme.scope():
        sync_templates(shelf.channel, by=acme.anna)


def test_only_channels_that_work_and_have_templates_are_looked_at(acme, shelf):
    with acme.scope():
        make_channel(KIND, status="disconnected")
        make_channel("telegram")
    assert message_templates.places() == [(acme.workspace.id, shelf.channel.id)]


def test_a_channel_that_was_connected_is_looked_at(acme, shelf, monkeypatch):
    asked = []
    monkeypatch.setattr("inbox.tasks.ask_for_templates", lambda *place: asked.append(place))
    with acme.scope():
        shelf.channel.change_status("broken", by=acme.anna)
    with acme.scope():
        shelf.channel.change_status("active", by=acme.anna)
    run_workspace(acme.workspace.id)
    assert asked == [(acme.workspace.id, shelf.channel.id)]


def test_a_template_is_handed_in_and_becomes_what_the_platform_says(acme, shelf):
    with acme.scope():
        made = create_template(
            shelf.channel, name="sale", language="ru", category="utility", components=BODY,
            by=acme.anna,
        )  # fmt: skip
    with acme.scope():
        made.refresh_from_db()
        assert (made.external_id, made.category, made.status) == ("t9", "marketing", "pending")
        assert told() == [("template.changed", "ru", "pending")]
    assert sync(acme, shelf) == 3
    with acme.scope():
        assert len(told()) == 3


def test_a_template_is_deleted_in_all_languages(acme, shelf):
    sync(acme, shelf)
    with acme.scope():
        delete_template(MessageTemplate.objects.get(language="ru"), by=acme.anna)
    assert shelf.templates == []
    with acme.scope():
        assert names() == []
        assert [action for action, *_ in told()[2:]] == [types.TEMPLATE_REMOVED] * 2


def test_a_refusal_of_the_platform_changes_nothing(acme, shelf):
    sync(acme, shelf)
    shelf.refusal = ConnectorError("bad_content", "Used by a campaign")
    with acme.scope():
        row = MessageTemplate.objects.get(language="ru")
        with pytest.raises(ValidationError, match="campaign"):
            delete_template(row, by=acme.anna)
        with pytest.raises(ValidationError, match="campaign"):
            create_template(
                shelf.channel, name="x", language="ru", category="utility", components=BODY,
                by=acme.anna,
            )  # fmt: skip
        assert len(names()) == 2


def test_who_manages_no_channels_manages_no_templates(acme, shelf):
    with acme.scope(), pytest.raises(PermissionDenied):
        sync_templates(shelf.channel, by=acme.boris)
