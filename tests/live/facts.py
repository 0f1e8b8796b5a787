"""Writing facts from tests of sockets."""

from uuid import uuid4

from events import types
from events.audience import Audience
from events.journal import record
from live.threads import in_thread
from workspaces.scope import workspace_scope


def write(workspace, action=types.CONTACT_UPDATED, *, count=1, data=None, **values):
    """Record facts in one transaction; returns nothing, the journal numbers them."""
    values.setdefault("subject", ("contact", uuid4()))
    with workspace_scope(workspace.id):
        for number in range(count):
            record(action, data={"number": number, **(data or {})}, **values)


async def happen(workspace, action=types.CONTACT_UPDATED, **values):
    """The same from an event loop."""
    await in_thread(write, workspace, action, **values)


async def say_in(workspace, conversation_id, text, *, channel=None, teams=(None,), members=(None,)):
    """A customer's message in a conversation of this team and this assignee."""
    audience = Audience(channel or uuid4(), frozenset(teams), frozenset(members))
    await happen(
        workspace,
        types.MESSAGE_RECEIVED,
        audience=audience,
        conversation_id=conversation_id,
        data={"text": text},
    )
