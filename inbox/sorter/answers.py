"""A stranger who answers a message of ours belongs to the conversation that it was said in.

A customer forwards our letter to a colleague, or writes on from another address. Only what we sent
is looked at: its ids are known to who got it, while those of customers' own letters may be guessed.
Whoever has a conversation already goes on in it.
"""

from typing import Any, Final

from psycopg import Connection

from core.postgresql.arrays import texts
from inbox.sorter.arrivals import Arrival
from inbox.sorter.channels import KnownChannel

_KNOWN: Final = """
    select external_id from contacts_contactidentity
    where workspace_id = %s and channel_id = %s and external_id = any(%s)
"""
_OURS: Final = """
    select m.external_id, i.external_id
    from inbox_message m
    join inbox_conversation c on c.workspace_id = m.workspace_id and c.id = m.conversation_id
    join contacts_contactidentity i on i.workspace_id = c.workspace_id and i.id = c.identity_id
    where m.workspace_id = %s and m.channel_id = %s and m.direction = 'outgoing'
        and m.external_id = any(%s)
"""


def bring_home(connection: Connection[Any], channel: KnownChannel, arrivals: list[Arrival]) -> None:
    """Move arrivals of strangers into the chats whose messages they answer."""
    candidates = [found for found in arrivals if found.answers and found.is_incoming]
    if not candidates:
        return
    place = (channel.workspace_id, channel.id)
    senders = texts(list({found.chat_id for found in candidates}))
    known = {row[0] for row in connection.execute(_KNOWN, (*place, senders))}
    strangers = [found for found in candidates if found.chat_id not in known]
    if not strangers:
        return
    ids = texts(list({name for found in strangers for name in found.answers}))
    chats: dict[str, str] = dict(connection.execute(_OURS, (*place, ids)).fetchall())
    for arrival in strangers:
        home = next((chats[name] for name in arrival.answers if name in chats), None)
        if home is not None:
            # The customer keeps their name; who wrote stands in the message's payload.
            arrival.chat_id, arrival.person = home, None
