"""Fetching what a stranger's or an admin's address names, without being led into our own network.

The host is resolved once, every address of it must be public, and the connection goes to the one
that was checked: a second look-up could tell another. Each redirect is checked like the first
address. No cookies, no proxies of the environment, an end in bytes and in seconds.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import httpx
from django.conf import settings

from core.addresses import Address, is_public, resolve

MOST_BYTES: Final = 10 * 1024 * 1024
SECONDS: Final = 10.0
# `fetch` bounds the whole call; this bounds each step of one with a long `seconds`.
LONGEST: Final = 60.0
MOST_REDIRECTS: Final = 3
PORTS: Final = frozenset({443})

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
# What an installation may name as its platforms' addresses is trusted, wherever it lies.
_BASES: Final = (
    *("TELEGRAM_API_URL", "VK_API_URL", "WHATSAPP_API_URL", "MAX_API_URL"),
    *("YANDEX_DIRECT_API_URL", "YANDEX_METRICA_API_URL", "VK_ADS_API_URL"),
)
_SECRETS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class Refused(Exception):
    """We do not go there, or did not take what was there."""


class Unreachable(Exception):
    """Nobody answered in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


async def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    content: bytes | None = None,
    most_bytes: int = MOST_BYTES,
    seconds: float = SECONDS,
    ports: frozenset[int] = PORTS,
) -> Answer:
    """Call an address and read the answer. `ports` with 80 in it also allows plain HTTP.

    Redirects are followed for GET and HEAD; other methods return them. Raises `Refused` and
    `Unreachable`.
    """
    try:
        async with asyncio.timeout(seconds):
            return await _follow(
                httpx.URL(url), method, dict(headers or {}), content, most_bytes, ports
            )
    except (TimeoutError, httpx.TransportError, OSError) as error:
        raise Unreachable(str(error) or type(error).__name__) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise Refused(f"not an address: {error}") from error


async def _follow(
    url: httpx.URL,
    method: str,
    headers: dict[str, str],
    content: bytes | None,
    most_bytes: int,
    ports: frozenset[int],
) -> Answer:
    for _ in range(MOST_REDIRECTS + 1):
        answer = await _call(url, method, headers, content, most_bytes, ports)
        target = answer.headers.get("location")
        if answer.status not in _REDIRECTS or not target or method not in {"GET", "HEAD"}:
            return answer
        following = url.join(target)
        if _origin(following) != _origin(url):
            headers = {k: v for k, v in headers.items() if k.lower() not in _SECRETS}
        url = following
    raise Refused("too many redirects")


async def _call(
    url: httpx.URL,
    method: str,
    headers: dict[str, str],
    content: bytes | None,
    most_bytes: int,
    ports: frozenset[int],
) -> Answer:
    address = await _checked(url, ports)
    # The name goes into the Host header and the certificate's check, the address into the socket.
    target = url.copy_with(host=str(address), userinfo=b"")
    sent = {
        **{k: v for k, v in headers.items() if k.lower() not in {"host", "accept-encoding"}},
        "Host": url.netloc.decode(),
        "Accept-Encoding": "identity",
    }
    async with (
        httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=LONGEST) as client,
        client.stream(
            method,
            target,
            headers=sent,
            content=content,
            extensions={"sni_hostname": url.host},
        ) as response,
    ):
        return Answer(
            response.status_code, dict(response.headers), await _body(response, most_bytes)
        )


async def _body(response: httpx.Response, most_bytes: int) -> bytes:
    if response.headers.get("content-encoding", "identity") != "identity":
        # Unpacked it could be of any size.
        raise Refused("the answer is packed, which was not asked for")
    announced = response.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most_bytes:
        raise Refused("the answer is too large")
    body = bytearray()
    async for piece in response.aiter_raw():
        body += piece
        if len(body) > most_bytes:
            raise Refused("the answer is too large")
    return bytes(body)


async def _checked(url: httpx.URL, ports: frozenset[int]) -> Address:
    """The address to connect to. Raises `Refused`."""
    if url.scheme not in {"http", "https"} or not url.host:
        raise Refused("not an address of the web")
    port = url.port or (443 if url.scheme == "https" else 80)
    trusted = _origin(url) in _trusted()
    if not trusted and (port not in ports or (url.scheme == "http" and 80 not in ports)):
        raise Refused("this port is not called")
    try:
        found = await resolve(url.host, port)
    except OSError as error:
        raise Unreachable(f"{url.host} has no address") from error
    # One private address among public ones is reason enough: nobody needs that by chance.
    if not found or not (trusted or all(is_public(address) for address in found)):
        raise Refused("the address leads into a private network")
    return found[0]


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _trusted() -> set[tuple[str, str, int]]:
    bases = (getattr(settings, name, None) for name in _BASES)
    return {_origin(httpx.URL(base)) for base in bases if base}
