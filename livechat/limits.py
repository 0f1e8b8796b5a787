"""How much a stranger may do in a while, by visitor and by address."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings

from core.ratelimit import Bucket, take

LONGEST_TEXT: Final = 4000  # UTF-16 units, as browsers count
MOST_FILES: Final = 10
LARGEST_FILE: Final = 20 * 1024 * 1024  # bytes


def wait_to_write(visitor_id: UUID, address: str) -> float:
    """Seconds until the visitor may send a message; 0 = now. One a second, thirty a minute."""
    return take(
        [
            Bucket(f"livechat:write:{visitor_id}", 1.0, 10),
            Bucket(f"livechat:minute:{visitor_id}", 0.5, 30),
            Bucket(f"livechat:address:{address}", 2.0, 60),
        ]
    )


def wait_to_begin(address: str) -> float:
    """Seconds until this address may get another visitor's token. Thirty a minute."""
    return take([Bucket(f"livechat:begin:{address}", 0.5, 30)])


def wait_to_upload(visitor_id: UUID, address: str) -> float:
    """Seconds until the visitor may upload a file. Ten at once, then one in five seconds."""
    return take(
        [
            Bucket(f"livechat:upload:{visitor_id}", 0.2, 10),
            Bucket(f"livechat:uploads:{address}", 0.3, 30),
        ]
    )


def wait_to_signal(visitor_id: UUID) -> float:
    """Seconds until the visitor may tell what they have seen or who they are."""
    return take([Bucket(f"livechat:signal:{visitor_id}", 2.0, 60)])


def wait_to_poll(visitor_id: UUID) -> float:
    """Seconds until the visitor's page may post again."""
    return take([Bucket(f"livechat:poll:{visitor_id}", 2.0, 40)])


def client_address(peer: str, forwarded: str) -> str:
    """The caller's address. `forwarded` (X-Forwarded-For) counts only behind our own proxies, and
    only as far as they wrote it."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return peer
