"""Answers of the Bot API that are not "ok"."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """An answer `{ok: false}`, worded as the real server words it."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(reason: str) -> Refusal:
    """400 with the server's usual beginning."""
    return Refusal(400, f"Bad Request: {reason}")
