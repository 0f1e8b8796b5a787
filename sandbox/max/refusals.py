"""Answers of MAX that are not 200."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer `{code, message}` with an HTTP status, and headers where some belong to it."""

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        return {"code": self.code, "message": self.message}


def wrong(message: str) -> Refusal:
    """400: a parameter or a part of the body is missing or invalid."""
    return Refusal(400, "proto.payload", message)


def not_found(what: str, message: str) -> Refusal:
    """404."""
    return Refusal(404, f"{what}.not.found" if what else "not.found", message)


def denied(message: str) -> Refusal:
    """403: the bot may not, in this chat."""
    return Refusal(403, "chat.denied", message)
