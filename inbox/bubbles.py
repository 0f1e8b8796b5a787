"""The bubbles of a thread.

An album (messages of one `group_key`) is one bubble. Everything here is the same for all viewers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property

from core import money
from inbox.changing import WORDED
from inbox.facts import sort_key
from inbox.models import Attachment, Message, MessageChange
from inbox.models.message import Direction, Kind, Status
from inbox.models.reaction import OURS

MOST_TILES = 4
PICTURES = frozenset({"image", "video"})


@dataclass
class Bubble:
    """One message, or the messages of one album."""

    messages: list[Message]
    shows_author: bool = False
    css: list[str] = field(default_factory=list)

    @property
    def message(self) -> Message:
        return self.messages[0]

    @cached_property
    def dom_id(self) -> str:
        """An album's does not depend on which of its messages came first."""
        if not self.message.group_key:
            return self.message.dom_id
        safe = "".join(c if c.isalnum() or c in "_-" else "-" for c in self.message.group_key)
        return f"album_{self.message.conversation_id.hex}_{safe}"

    @cached_property
    def key(self) -> str:
        return sort_key(self.message.sent_at, self.message.platform_order, self.message.id)

    @property
    def at(self) -> datetime:
        return self.message.sent_at

    @property
    def moment(self) -> str:
        """For the browser."""
        return self.at.isoformat()

    @property
    def is_plain(self) -> bool:
        """Nothing but words, as most are."""
        message = self.message
        return message.kind == Kind.TEXT and not self.attachments and not self.is_press

    @cached_property
    def caption(self) -> Message:
        """The message whose words are shown: the first that has any."""
        return next((message for message in self.messages if message.text), self.message)

    @cached_property
    def attachments(self) -> list[Attachment]:
        return [
            attachment
            for message in self.messages
            for attachment in sorted(message.shown_attachments, key=lambda found: found.position)
            # Parts of a letter that are seen only in the whole of it.
            if not attachment.reference.get("hidden")
        ]

    @cached_property
    def pictures(self) -> list[Attachment]:
        return [found for found in self.attachments if found.kind in PICTURES]

    @property
    def more_pictures(self) -> int:
        """How many pictures an album keeps behind its last tile."""
        return len(self.pictures) - MOST_TILES + 1

    @cached_property
    def others(self) -> list[Attachment]:
        return [found for found in self.attachments if found.kind not in PICTURES]

    @cached_property
    def reactions(self) -> list[tuple[str, int]]:
        """Emoji and how many people put it, in order of appearance."""
        counts: dict[str, int] = {}
        for message in self.messages:
            for reaction in message.shown_reactions:
                for emoji in reaction.emojis.split():
                    counts[emoji] = counts.get(emoji, 0) + 1
        return list(counts.items())

    @cached_property
    def our_reaction(self) -> str:
        return next(
            (
                reaction.emojis
                for message in self.messages
                for reaction in message.shown_reactions
                if reaction.person == OURS
            ),
            "",
        )

    @cached_property
    def changes(self) -> list[MessageChange]:
        return [change for message in self.messages for change in message.shown_changes]

    @cached_property
    def pending_change(self) -> MessageChange | None:
        """What the platform is still to be told."""
        return next((change for change in self.changes if change.is_pending), None)

    @cached_property
    def failed_changes(self) -> list[MessageChange]:
        """What the platform did not take; the newest of each kind."""
        failed = MessageChange.Status.FAILED
        found = {change.kind: change for change in self.changes if change.status == failed}
        return list(found.values())

    @cached_property
    def deleted_by(self) -> str:
        """Who of us deleted it; empty when it was the customer, or nobody knows."""
        deletions = [change for change in self.changes if change.kind == MessageChange.Kind.DELETE]
        if not deletions:
            return ""
        last = deletions[-1]
        return last.author.name if last.author else last.author_name

    @cached_property
    def keyboard(self) -> list[list[dict[str, str]]]:
        """The buttons under the message: rows of `{label, action, value}`."""
        payload = self.message.payload
        rows = payload.get("buttons")
        if not isinstance(rows, list):
            labels = (payload.get("template") or {}).get("labels") or []
            return [[{"label": label, "action": "reply"}] for label in labels]
        return [row for row in rows if isinstance(row, list)]

    @property
    def is_letter(self) -> bool:
        """Whether it has a head of its own, and its pictures and files below the words."""
        payload = self.message.payload
        return bool(payload.get("from") or payload.get("subject"))

    @property
    def is_press(self) -> bool:
        """Whether the customer pressed a button instead of writing."""
        return self.message.direction == Direction.INCOMING and "button" in self.message.payload

    @property
    def shows_words(self) -> bool:
        """Whether the text stands below; some kinds have told it in their own way."""
        kind = self.message.kind
        if kind in {Kind.UNSUPPORTED, Kind.STICKER, Kind.ORDER}:
            return False
        return bool(self.caption.text) or kind == Kind.TEXT

    @cached_property
    def order_items(self) -> list[tuple[str, str, str]]:
        """What was ordered: title, how many, what one costs in words or ""."""
        currency = str(self.message.payload.get("currency") or "")
        return [
            (
                str(item.get("title") or ""),
                str(item.get("quantity") or 1),
                _money(item.get("price"), currency) if item.get("price") else "",
            )
            for item in self.message.payload.get("items") or []
            if isinstance(item, dict)
        ]

    @cached_property
    def order_sum(self) -> str:
        """What all of it costs, in words; "" where the platform does not tell."""
        payload = self.message.payload
        amount = payload.get("amount")
        return _money(amount, str(payload.get("currency") or "")) if amount else ""

    @cached_property
    def order_lines(self) -> list[str]:
        """What an order says after its items and their sum: a comment."""
        payload = self.message.payload
        lines = self.message.text.splitlines()[len(payload.get("items") or []) :]
        return lines[1:] if lines and _is_sum(lines[0], payload.get("amount")) else lines

    @property
    def _is_drawn(self) -> bool:
        """Whether a sticker has its picture, or an emoji to stand for it."""
        is_here = any(found.status == "ready" for found in self.attachments)
        return is_here or bool(self.attachments and self.message.text)

    @property
    def is_editable(self) -> bool:
        """Whether its words are of a kind that can be changed."""
        return self.caption.kind in WORDED and not self.message.payload.get("template")

    @cached_property
    def edited_at(self) -> datetime | None:
        return max((m.edited_at for m in self.messages if m.edited_at), default=None)

    @cached_property
    def is_deleted(self) -> bool:
        return all(message.deleted_at for message in self.messages)

    @property
    def is_note(self) -> bool:
        return self.message.direction == Direction.INTERNAL

    @property
    def is_ours(self) -> bool:
        return self.message.direction == Direction.OUTGOING

    @property
    def is_system(self) -> bool:
        return self.message.kind == Kind.SYSTEM

    @property
    def is_retriable(self) -> bool:
        is_stuck = self.message.status in {Status.FAILED, Status.UNKNOWN}
        return self.is_ours and is_stuck and not self.is_deleted

    @property
    def waits(self) -> bool:
        """Whether the platform has asked to wait: its reason stands below."""
        message = self.message
        is_asked = message.status == Status.QUEUED and message.next_attempt_at is not None
        return self.is_ours and is_asked and bool(message.error) and not self.is_deleted

    @property
    def classes(self) -> str:
        """The modifiers of .message."""
        message = self.message
        side = {"incoming": "theirs", "outgoing": "ours", "internal": "note"}[message.direction]
        marks = [f"message--{side}"]
        # A reaction changes nothing of the message that it stands below.
        if self.pending_change is not None and self.pending_change.kind != "react":
            marks.append("message--changing")
        if self.is_deleted:
            marks.append("message--deleted")
        elif self.pictures and not self.others and not self.is_letter:
            marks.append("message--media")
        elif message.kind == Kind.STICKER and self._is_drawn:
            marks.append("message--sticker")
        if self.is_ours and message.status in {Status.QUEUED, Status.SENDING}:
            marks.append("message--pending")
        if self.is_ours and message.status == Status.FAILED and not self.is_deleted:
            marks.append("message--failed")
        if self.is_ours and message.status == Status.UNKNOWN:
            marks.append("message--unknown")
        return " ".join(marks)


def _is_sum(line: str, amount: object) -> bool:
    try:
        return money.read(line) == Decimal(str(amount))
    except (ValueError, InvalidOperation):
        return False


def _money(amount: object, currency: str) -> str:
    """An amount that a platform told, which may be anything."""
    try:
        value = Decimal(str(amount))
    except InvalidOperation:
        return f"{amount} {currency}".strip()
    if not value.is_finite() or currency not in money.currencies():
        return f"{amount} {currency}".strip()
    return money.words(value, currency)


def bubbles(messages: Iterable[Message]) -> list[Bubble]:
    """Messages in order to bubbles in order; albums are brought together at their first message."""
    found: list[Bubble] = []
    albums: dict[tuple[str, str], Bubble] = {}
    for message in messages:
        if message.group_key:
            album = (message.direction, message.group_key)
            if album in albums:
                albums[album].messages.append(message)
                continue
            albums[album] = Bubble([message])
            found.append(albums[album])
        else:
            found.append(Bubble([message]))
    return found
