"""Message templates of the channels whose platform approves them: a copy of what it has.

Run in the scope of a workspace. Refusals are `ValidationError` in words for the admin.
"""

import asyncio
import logging
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from channels_connectors.errors import ConnectorError
from channels_connectors.models import Channel, MessageTemplate
from channels_connectors.registry import connector_class, connector_for, kinds
from channels_connectors.types import OutboundAttachment, Template
from events import types
from events.journal import SYSTEM, record
from events.models import Event
from inbox.connections import By, ask
from inbox.models import Attachment
from inbox.uploads import drafts_of
from workspaces import storage
from workspaces.models import ApiToken, Membership, Workspace
from workspaces.permissions import Verb, require
from workspaces.scope import workspace_scope

logger = logging.getLogger(__name__)

SECONDS: Final = 60.0
# The platform's word on a template; its name and language say which one it is.
_SIDES: Final = (
    *("external_id", "category", "status", "quality", "reason"),
    *("is_named", "components"),
)


def sync_templates(channel: Channel, *, by: By) -> int:
    """Bring the channel's templates in line with the platform; returns how many it has.

    Asks the platform over the network. Those that it no longer has are removed.
    """
    _authorize(by)
    asked_at = timezone.now()
    found = ask(connector_for(channel).list_templates)
    return _keep_all(channel, found, asked_at, by=by)


def create_template(
    channel: Channel,
    *,
    name: str,
    language: str,
    category: str,
    components: list[dict[str, Any]],
    by: By,
    named: bool = False,
    header_file: Attachment | UUID | None = None,
) -> MessageTemplate:
    """Hand a template in for the platform's approval, and keep what it answers.

    `header_file` is a draft of `by`'s: the example of a picture, a video or a document that each
    message made of the template will begin with.
    """
    _authorize(by)
    if header_file is not None:
        components = [_media_header(channel, header_file, by), *components]
    wanted = Template("", name, language, category, "pending", components, named=named)
    made = ask(lambda: connector_for(channel).create_template(wanted))
    return _keep(channel, made, _known(channel), timezone.now(), by=by)


def _media_header(channel: Channel, header_file: Attachment | UUID, by: By) -> dict[str, Any]:
    [draft] = drafts_of(by, [header_file])
    file = OutboundAttachment(draft.kind, draft.name, draft.mime, storage.absolute(draft.path))
    return ask(lambda: connector_for(channel).template_header(file))


def delete_template(template: MessageTemplate, *, by: By) -> None:
    """Delete a template from the platform, in all its languages, as platforms do."""
    _authorize(by)
    channel = template.channel
    ask(lambda: connector_for(channel).delete_template(template.name))
    _remove(channel, list(channel.templates.filter(name=template.name)), by=by)


def has_templates(kind: str) -> bool:
    """Whether channels of this kind have message templates here."""
    return kind in kinds() and connector_class(kind).capabilities.templates


def look_at(workspace_id: UUID, channel_id: UUID) -> None:
    """What `sync_templates` does, unasked and outside of a scope. A failure waits for the next."""
    with workspace_scope(workspace_id):
        channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None or not channel.can_send or not has_templates(channel.kind):
        return
    asked_at = timezone.now()
    try:
        asked = connector_for(channel).list_templates()
        found = asyncio.run(asyncio.wait_for(asked, SECONDS))
    except (ConnectorError, TimeoutError) as error:
        logger.info("Templates were not fetched: %s", error)
        return
    with workspace_scope(workspace_id):
        _keep_all(channel, found, asked_at, by=SYSTEM)


def places() -> list[tuple[UUID, UUID]]:
    """(workspace, channel) of every channel that works and has message templates."""
    wanted = [kind for kind in kinds() if has_templates(kind)]
    found: list[tuple[UUID, UUID]] = []
    if not wanted:
        return found
    for workspace_id in Workspace.objects.values_list("pk", flat=True):
        with workspace_scope(workspace_id):
            works = Channel.objects.filter(kind__in=wanted, status=Channel.Status.ACTIVE)
            found += [(workspace_id, pk) for pk in works.values_list("pk", flat=True)]
    return found


def connected(events: list[Event]) -> None:
    """The journal's news: channels came, or came back. Have their templates fetched."""
    from inbox.tasks import ask_for_templates

    for event in events:
        if event.data.get("after", "active") == "active":
            ask_for_templates(event.workspace_id, event.subject_id)


def _keep_all(channel: Channel, found: list[Template], asked_at: datetime, *, by: By) -> int:
    # Two who look at once would both add what is new.
    Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    known = _known(channel)
    kept = {_keep(channel, template, known, asked_at, by=by).pk for template in found}
    gone = [
        row
        for row in known
        if row.pk not in kept and max(row.created_at, row.updated_at) < asked_at
    ]
    _remove(channel, gone, by=by)
    return len(kept)


def _keep(
    channel: Channel,
    template: Template,
    known: list[MessageTemplate],
    asked_at: datetime,
    *,
    by: By,
) -> MessageTemplate:
    """Write what the platform says, unless later news came while it was asked."""
    row = _match(known, template)
    if row is not None and row.updated_at > asked_at:
        return row
    said = {name: getattr(template, "named" if name == "is_named" else name) for name in _SIDES} | {
        "name": template.name,
        "language": template.language,
    }
    is_news = row is None or any(getattr(row, name) != value for name, value in said.items())
    row = row or MessageTemplate(channel=channel)
    for name, value in said.items():
        setattr(row, name, value)
    if is_news:
        row.save()
        _tell(types.TEMPLATE_CHANGED, row, by=by)
    # As old as the question: older news that comes later tells nothing of it.
    MessageTemplate.objects.filter(pk=row.pk).update(updated_at=asked_at)
    return row


def _match(known: list[MessageTemplate], template: Template) -> MessageTemplate | None:
    for row in known:
        if template.external_id and row.external_id == template.external_id:
            return row
    for row in known:
        if (row.name, row.language) == (template.name, template.language):
            return row
    return None


def _known(channel: Channel) -> list[MessageTemplate]:
    return list(MessageTemplate.objects.filter(channel=channel).select_for_update(no_key=True))


def _remove(channel: Channel, rows: list[MessageTemplate], *, by: By) -> None:
    for row in rows:
        _tell(types.TEMPLATE_REMOVED, row, by=by)
    MessageTemplate.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _tell(action: str, row: MessageTemplate, *, by: By) -> None:
    told = ("name", "language", "status", "category", "quality", "reason")
    data = {"channel": str(row.channel_id)} | {name: getattr(row, name) for name in told}
    record(action, subject=row, by=by, data=data)


def _authorize(by: By) -> None:
    if isinstance(by, Membership | ApiToken):
        require(by, Verb.MANAGE_CHANNELS)
