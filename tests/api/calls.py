"""Short hands for calling the API."""

import json
from collections.abc import Iterator
from typing import Any

from django.test import Client

API = "/api/v1"


class Program(Client):
    """A client that sends its token, and JSON."""

    def __init__(self, secret: str) -> None:
        super().__init__(headers={"Authorization": f"Bearer {secret}"})
        self.secret = secret

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """`path` is under /api/v1; `Idempotency_Key="a"` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else json.dumps(body)
        kind = "application/json"
        return self.generic(method.upper(), address(path), data, content_type=kind, headers=named)

    def pages(self, path: str) -> Iterator[list[Any]]:
        """Each page's results, following `next` to the end."""
        url = address(path)
        while url:
            page = self.get(url).json()
            yield page["results"]
            url = page["next"]

    def rows(self, path: str) -> list[Any]:
        """All results."""
        return [row for page in self.pages(path) for row in page]


def address(path: str) -> str:
    """A full address from one under /api/v1."""
    return path if path.startswith(("http", API)) else f"{API}{path}"


def is_problem(response: Any, status: int) -> dict[str, Any]:
    """Check that the answer is an error in the API's form; returns its body."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    return body
