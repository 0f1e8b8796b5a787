"""Sockets to mail servers. What an administrator typed must not lead into our own network.

The name is looked up once and the connection goes to the address that was checked; TLS still
wants a certificate for the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import Final

from channels_connectors.addresses import PRIVATE_ADDRESS, checked_proxy
from channels_connectors.calls import trusted_certificates
from channels_connectors.errors import ConnectorError
from core.addresses import is_public, resolve

from .errors import BAD_CERTIFICATE, NO_ANSWER, NO_TLS, UNKNOWN_HOST
from .servers import Server

CONNECT_SECONDS: Final = 10.0


async def open_socket(server: Server, proxy: str = "") -> socket.socket:
    """A connected socket that blocks, not yet encrypted. Raises ConnectorError."""
    address = await _checked(server)
    failure: ConnectorError
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            if proxy:
                return await _through(proxy, address, server.port)
            return await _connect(address, server.port)
    except ConnectorError:
        raise
    except Exception as error:
        # A proxy's library has errors of its own, with the password in some.
        failure = ConnectorError("transient", NO_ANSWER, detail=type(error).__name__)
    raise failure


def encrypt(plain: socket.socket, server: Server) -> ssl.SSLSocket:
    """Begin TLS. Blocks; run in a thread. Raises ConnectorError."""
    plain.settimeout(CONNECT_SECONDS)
    try:
        return trusted_certificates().wrap_socket(plain, server_hostname=server.host)
    except ssl.SSLCertVerificationError:
        failure = ConnectorError("channel_auth", BAD_CERTIFICATE, field=server.field)
    except (ssl.SSLError, OSError):
        failure = ConnectorError("transient", NO_TLS)
    plain.close()
    raise failure


async def _checked(server: Server) -> str:
    try:
        found = await resolve(server.host, server.port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise ConnectorError("transient", UNKNOWN_HOST, field=server.field)
    if not server.trusted and not all(is_public(address) for address in found):
        raise ConnectorError("channel_auth", PRIVATE_ADDRESS, field=server.field)
    # Many networks have names with IPv6 addresses but no way to them.
    found.sort(key=lambda address: address.version)
    return str(found[0])


async def _connect(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    made.setblocking(True)
    return made


async def _through(proxy: str, address: str, port: int) -> socket.socket:
    from python_socks.async_.asyncio import Proxy

    url = await checked_proxy(proxy)
    made: socket.socket = await Proxy.from_url(url).connect(
        dest_host=address, dest_port=port, timeout=CONNECT_SECONDS
    )
    made.setblocking(True)
    return made
