"""Connections to addresses that an administrator of a workspace typed in.

Such an address must not lead into our own network. What the environment names is trusted.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from django.utils.translation import gettext_lazy as _
from yarl import URL

from core.addresses import is_public

from .errors import ConnectorError

PRIVATE_ADDRESS = _("This address leads into a private network. Name a public one.")
WRONG_ADDRESS = _("This is not an address that can be called.")
UNKNOWN_PROXY = _("The proxy cannot be found or its address is wrong.")


async def open_connector(
    base: str, *, proxy: str, trusted: bool, tls: ssl.SSLContext
) -> aiohttp.BaseConnector:
    """Connections for one session towards `base`, through `proxy` where one is given.

    Raises ConnectorError("channel_auth") for an address that is wrong or private and not `trusted`.
    """
    host = _host(base, {"http", "https"}, "api_url")
    if not trusted:
        _refuse_private_literal(host, "api_url")
    if proxy:
        return await _through_proxy(proxy, tls)
    if trusted:
        return aiohttp.TCPConnector(ssl=tls)
    return aiohttp.TCPConnector(ssl=tls, resolver=_PublicResolver("api_url"))


async def checked_proxy(proxy: str) -> str:
    """The proxy's address with its host looked up, so that a second look-up cannot tell another.

    Raises ConnectorError("channel_auth") for one that is wrong, unknown or private.
    """
    _refuse_private_literal(_host(proxy, {"http", "socks4", "socks5"}, "proxy"), "proxy")
    url = URL(proxy)
    try:
        found = await _PublicResolver("proxy").resolve(str(url.host), url.port or 0)
    except OSError:
        raise ConnectorError("channel_auth", UNKNOWN_PROXY, field="proxy") from None
    return str(url.with_host(found[0]["host"]))


async def _through_proxy(proxy: str, tls: ssl.SSLContext) -> aiohttp.BaseConnector:
    from aiohttp_socks import ProxyConnector

    connector: aiohttp.BaseConnector = ProxyConnector.from_url(
        await checked_proxy(proxy), rdns=True, ssl=tls
    )
    return connector


def _host(address: str, schemes: set[str], field: str) -> str:
    try:
        url = URL(address)
        host, scheme = url.host, url.scheme
    except ValueError:
        host, scheme = None, ""
    if not host or scheme not in schemes:
        raise ConnectorError("channel_auth", WRONG_ADDRESS, field=field)
    return host


def _refuse_private_literal(host: str, field: str) -> None:
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_public(literal):
        raise ConnectorError("channel_auth", PRIVATE_ADDRESS, field=field)


class _PublicResolver(AbstractResolver):
    """Names as usual, but only to public addresses; `field` is what asked for them."""

    def __init__(self, field: str) -> None:
        self._field = field

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM)
        public = [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _type, protocol, _name, address in found
            if is_public(ipaddress.ip_address(str(address[0]).partition("%")[0]))
        ]
        if not public:
            raise ConnectorError("channel_auth", PRIVATE_ADDRESS, field=self._field)
        return public

    async def close(self) -> None:
        """Nothing is kept open."""
