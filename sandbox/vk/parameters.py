"""A call's parameters, read by the types of VK's schema and with its complaints."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from .refusals import wrong


class Parameters:
    """The values of one call, without the token."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = {name: value for name, value in values.items() if name != "access_token"}

    @classmethod
    async def of(cls, request: web.Request) -> tuple[Parameters, str]:
        """The parameters of a call by GET or POST, and its token."""
        values = dict(request.query)
        if request.can_read_body:
            values |= {name: str(value) for name, value in (await request.post()).items()}
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return cls(values), values.get("access_token") or bearer

    def text(self, name: str, longest: int = 1_000_000) -> str:
        """A text; "" when it is absent."""
        value = self.values.get(name, "")
        if len(value) > longest:
            raise wrong(f"{name} should be less or equal to {longest} letters length")
        return value

    def required(self, name: str, longest: int = 1_000_000) -> str:
        """A text that must be there."""
        if not (value := self.text(name, longest)):
            raise wrong(f"{name} is undefined")
        return value

    def integer(self, name: str, default: int | None = None, *, bits: int = 64) -> int:
        """A whole number of so many bits; without a default it must be there."""
        value = self.values.get(name)
        if value is None:
            if default is None:
                raise wrong(f"{name} is a required parameter")
            return default
        try:
            found = int(value)
        except ValueError:
            raise wrong(f"{name} should be an integer") from None
        if not -(2 ** (bits - 1)) <= found < 2 ** (bits - 1):
            raise wrong(f"{name} not integer of {bits} bits")
        return found

    def integers(self, name: str, most: int) -> list[int]:
        """Numbers with commas between them."""
        try:
            found = [int(item) for item in self.text(name).split(",") if item.strip()]
        except ValueError:
            raise wrong(f"{name} should be integers") from None
        if len(found) > most:
            raise wrong(f"{name} should be at most {most} items")
        return found

    def structure(self, name: str, error: Exception | None = None) -> Any:
        """JSON inside of a parameter; None when it is absent."""
        value = self.values.get(name)
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise error or wrong(f"{name} is not valid JSON") from None
