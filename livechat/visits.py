"""One visitor talking to us, whatever carries the frames: a socket, or posts where none opens."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from inbox import letterbox
from inbox.models.message import Status
from inbox.outgoing import clean_text, text_length
from live import ephemeral
from live.threads import in_thread
from livechat import claims, cursors, envelopes, history, limits, links, uploads
from livechat.envelopes import Envelope, Visitor, Words
from livechat.history import Page, Thread
from livechat.names import label_of
from livechat.widgets import Widget

TYPING_EVERY: Final = 3.0  # seconds
LONGEST_BUTTON: Final = 256
Frame = dict[str, Any]


class Visit:
    """What one visitor's page says, and what it is told. `hear` answers with frames."""

    def __init__(self, widget: Widget, visitor: Visitor, address: str) -> None:
        self.widget = widget
        self.visitor = visitor
        self.thread: Thread | None = None
        self._address = address
        self._context: dict[str, Any] | None = None
        self._consent: dict[str, Any] | None = None
        self._typed_at = -TYPING_EVERY

    def introduce(self, hello: Frame) -> None:
        """Take in what the page knows of its visitor and of itself."""
        self.visitor = replace(
            self.visitor,
            language=claims.line(hello.get("language"), 16),
            **claims.profile(hello.get("profile")),
        )
        self._consent = claims.consent(hello.get("consent"))
        self._context = claims.context(hello.get("context"))

    async def find_thread(self) -> Thread | None:
        """Look for the conversation unless it is known."""
        if self.thread is None:
            self.thread = await in_thread(history.find_thread, self.widget, self.visitor.id)
        return self.thread

    async def begin(self, since: int | None) -> Page:
        """What the page lacks: all after `since` if it can be told, else the last messages."""
        thread = await self.find_thread()
        if thread is None:
            return Page()
        if since is not None:
            page = await in_thread(history.missed, self.widget, self.visitor.id, thread, since)
            if page is not None:
                return page
        return await in_thread(history.latest, self.widget, self.visitor.id, thread)

    async def hear(self, frame: Frame) -> list[Frame]:
        """Act on a frame. What makes no sense is ignored, what is refused says why."""
        handlers: dict[object, Callable[[Frame], Awaitable[list[Frame]]]] = {
            "message": self._message,
            "seen": self._seen,
            "typing": self._typing,
            "profile": self._profile,
            "page": self._page,
            "earlier": self._earlier,
            "file": self._file,
        }
        handler = handlers.get(frame.get("type"))
        return await handler(frame) if handler else []

    async def _message(self, frame: Frame) -> list[Frame]:
        message_id = _uuid(frame.get("id"))
        if message_id is None:
            return []
        said = frame.get("text")
        text = clean_text(said) if isinstance(said, str) else ""
        sealed = frame.get("uploads") or []
        if not isinstance(sealed, list) or len(sealed) > limits.MOST_FILES:
            return [_refused(message_id, "files")]
        opened = [uploads.unseal(one, self.widget, self.visitor.id) for one in sealed]
        kept = [upload for upload in opened if upload is not None]
        if len(kept) < len(sealed):
            return [_refused(message_id, "files")]
        if not text and not kept:
            return [_refused(message_id, "empty")]
        if text_length(text) > limits.LONGEST_TEXT:
            return [_refused(message_id, "long")]
        wait = await in_thread(limits.wait_to_write, self.visitor.id, self._address)
        if wait:
            return [_refused(message_id, "rate", retry_after=round(wait, 1))]
        visitor = self.visitor
        if not visitor.name and await self.find_thread() is None:
            visitor = replace(visitor, label=self._label())
        words = Words(
            id=message_id,
            text=text,
            uploads=kept,
            payload=self._payload(frame),
            referral=self._context,
        )
        await self._post(envelopes.message(visitor, words))
        self._context = self._consent = None
        return [{"type": "ack", "id": str(message_id)}]

    def _payload(self, frame: Frame) -> dict[str, Any]:
        """What goes with a message: a consent given in the form, the button that was pressed."""
        payload: dict[str, Any] = {"consent": self._consent} if self._consent else {}
        if button := claims.line(frame.get("button"), LONGEST_BUTTON):
            payload["button"] = button
        return payload

    async def _seen(self, frame: Frame) -> list[Frame]:
        last, status = frame.get("id"), frame.get("status")
        thread = await self.find_thread()
        if status not in {Status.DELIVERED, Status.READ} or thread is None:
            return []
        if not await self._may_signal():
            return []
        ids = await in_thread(history.unseen, self.widget, thread, str(last), str(status))
        if ids:
            await self._post(envelopes.seen(self.visitor, str(status), ids))
        return []

    async def _profile(self, frame: Frame) -> list[Frame]:
        self._consent = claims.consent(frame.get("consent")) or self._consent
        told = replace(self.visitor, **claims.profile(frame.get("profile")))
        if told == self.visitor:
            return []
        self.visitor = told
        if await self.find_thread() is not None and await self._may_signal():
            await self._post(envelopes.profile(told))
        return []

    async def _page(self, frame: Frame) -> list[Frame]:
        self._context = claims.context(frame.get("context")) or self._context
        return []

    async def _typing(self, frame: Frame) -> list[Frame]:
        now = time.monotonic()
        if self.thread is not None and now - self._typed_at >= TYPING_EVERY:
            self._typed_at = now
            name = self.visitor.name or self.thread.name
            data = ephemeral.typing("contact", self.thread.contact_id, name)
            await ephemeral.publish_soon(
                self.widget.workspace_id, ephemeral.TYPING, data, self.thread.id
            )
        return []

    async def _earlier(self, frame: Frame) -> list[Frame]:
        before, thread = str(frame.get("before") or ""), await self.find_thread()
        if not before or thread is None or not await self._may_signal():
            return []
        page = await in_thread(history.latest, self.widget, self.visitor.id, thread, before)
        return [{"type": "earlier", **_content(page), "has_earlier": page.has_earlier}]

    async def _file(self, frame: Frame) -> list[Frame]:
        attachment_id = _uuid(frame.get("id"))
        if attachment_id is None:
            return []
        # Whose file it is, is checked when it is opened.
        url = links.address(attachment_id, self.widget.key, self.visitor.id)
        return [{"type": "file", "id": str(attachment_id), "url": url}]

    def _label(self) -> str:
        """What agents call a visitor who has not said their name; in their language."""
        return label_of(self.visitor.id, self.widget.language)

    async def _may_signal(self) -> bool:
        return not await in_thread(limits.wait_to_signal, self.visitor.id)

    async def _post(self, envelope: Envelope) -> None:
        dedup_key, raw = envelope
        await letterbox.post(self.widget.channel, dedup_key, raw)


def hello(page: Page, seq: int, online: bool) -> Frame:
    """The first frame: the visitor's page becomes as told here."""
    return {
        "type": "hello",
        "cursor": cursors.seal(seq),
        "whole": page.is_whole,
        "has_earlier": page.has_earlier,
        "online": online,
        **_content(page),
    }


def news(page: Page, seq: int) -> Frame:
    """What has changed."""
    return {"type": "news", "cursor": cursors.seal(seq), **_content(page)}


def _content(page: Page) -> Frame:
    return {"messages": list(page.messages), "gone": list(page.gone), "read": page.read}


def _refused(message_id: UUID, reason: str, **more: Any) -> Frame:
    return {"type": "refused", "id": str(message_id), "reason": reason, **more}


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
