"""What the inbox knows of a person: handed out and forgotten when they ask for it."""

from pathlib import Path
from typing import Any

from django.db import connection, transaction

from contacts.erasing import erase_with
from contacts.models import Contact
from contacts.person_export import export_with
from inbox.models import Attachment, Conversation, Message
from workspaces.scope import current_workspace_id
from workspaces.storage import absolute

# What platforms delivered is kept as it came for a while, and names them.
_ENVELOPES = """
    delete from inbox_inboundenvelope e using contacts_contactidentity i
    where e.workspace_id = %s and i.workspace_id = e.workspace_id and i.contact_id = %s
        and e.channel_id = i.channel_id
        and position(convert_to(i.external_id, 'UTF8') in e.raw) > 0
"""


def forget_person(contact: Contact) -> bool:
    """Delete their conversations, files and deliveries; nothing of it must stay."""
    talks = Conversation.objects.filter(contact=contact)
    files = Attachment.objects.filter(message__conversation__in=talks).exclude(path="")
    paths = [absolute(path) for path in files.values_list("path", flat=True)]
    with connection.cursor() as cursor:
        cursor.execute(_ENVELOPES, [current_workspace_id(), contact.pk])
    talks.delete()
    if contact.avatar:
        paths.append(absolute(contact.avatar))
    transaction.on_commit(lambda: _unlink(paths), robust=True)
    return False


def messages_of(contact: Contact) -> tuple[Any, list[tuple[str, Path]]]:
    """Everything that was said, in its order, and the files. Notes are our own and stay."""
    said = (
        Message.objects.filter(conversation__contact=contact)
        .exclude(direction="internal")
        .in_order()
        .select_related("channel")
        .prefetch_related("attachments")
    )
    rows, files = [], []
    for message in said:
        names = []
        for file in message.attachments.all():
            names.append(f"files/{file.pk}")
            if file.path:
                files.append((names[-1], absolute(file.path)))
        rows.append(
            {
                "channel": message.channel.name,
                "direction": message.direction,
                "kind": message.kind,
                "sent_at": message.sent_at,
                "text": message.text,
                "files": names,
            }
        )
    return rows, files


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


erase_with(forget_person)
export_with("messages", messages_of)
