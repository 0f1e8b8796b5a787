"""What bubbles show beside a message's own words: who wrote it, what it quotes, files, reactions,
changes. Fetched only where there is some: most messages of customers are nothing but words, and
each of them goes to every screen on which their conversation is open.
"""

from typing import Any, Final

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects

from inbox.models import Attachment, Message, MessageChange, Reaction
from workspaces.models import Membership

_OF_MESSAGE: Final = {"workspace": OuterRef("workspace"), "message": OuterRef("pk")}


def with_parts(messages: QuerySet[Any]) -> list[Any]:
    """The messages with what their bubbles show, in `shown_attachments`, `shown_reactions` and
    `shown_changes`. Runs one query, and one more for each part that any of them has."""
    parts: dict[str, QuerySet[Any]] = {
        "attachments": Attachment.objects.all(),
        "reactions": Reaction.objects.all(),
        "changes": changes_to_show(),
    }
    found = list(
        messages.annotate(
            **{f"has_{name}": Exists(rows.filter(**_OF_MESSAGE)) for name, rows in parts.items()}
        )
    )
    for name, rows in parts.items():
        having = [message for message in found if getattr(message, f"has_{name}")]
        _fetch(having, Prefetch(name, rows, to_attr=f"shown_{name}"))
        for message in found:
            if not getattr(message, f"has_{name}"):
                setattr(message, f"shown_{name}", [])
    # Through their keys: PostgreSQL would plan a join of all of them for longer than this takes.
    _fetch(
        [message for message in found if message.author_id],
        Prefetch("author", Membership.objects.select_related("user")),
    )
    _fetch(
        [message for message in found if message.reply_to_id],
        Prefetch("reply_to", Message.objects.select_related("author__user")),
    )
    return found


def changes_to_show() -> QuerySet[Any]:
    """What is still to be done, what failed, and who deleted."""
    is_told = Q(status=MessageChange.Status.DONE) & ~Q(kind=MessageChange.Kind.DELETE)
    changes: QuerySet[Any] = MessageChange.objects.exclude(is_told)
    return changes.select_related("author__user").order_by("id")


def _fetch(messages: list[Any], part: "Prefetch[Any]") -> None:
    if messages:
        prefetch_related_objects(messages, part)
