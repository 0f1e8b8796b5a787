"""Addresses with a password in them.

A channel's settings have such an address without its password, to be shown as it is; the whole one
lies with the credentials, encrypted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# The settings that may have a password in them.
ADDRESSES: Final = ("proxy", "api_url")
_HIDDEN: Final = ":***@"
# Also of an address that lacks its scheme, or is none at all.
_PASSWORD: Final = re.compile(r"([A-Za-z][\w+.-]*://)?([^:]*):(?!//).+@([^@]*)", re.DOTALL)


def without_password(address: str) -> str:
    """An address as it may be shown: `socks5://name:***@host:1080`."""
    found = _PASSWORD.fullmatch(address)
    return f"{found[1] or ''}{found[2]}{_HIDDEN}{found[3]}" if found else address


def is_hidden(address: Any) -> bool:
    """Whether this is how an address is shown, and no address to call."""
    return isinstance(address, str) and _HIDDEN in address and address == without_password(address)


def sealed(
    settings: Mapping[str, Any], credentials: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Settings and credentials as they are stored. A whole address that nothing in the settings
    stands for any more is forgotten."""
    settings, credentials = dict(settings), dict(credentials)
    for name in ADDRESSES:
        address = settings.get(name)
        shown = without_password(address) if isinstance(address, str) else address
        if shown != address:
            settings[name], credentials[_place(name)] = shown, address
        elif without_password(str(credentials.get(_place(name), ""))) != shown:
            credentials.pop(_place(name), None)
    return settings, credentials


def opened(settings: Mapping[str, Any], credentials: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with whole addresses, as a connector needs them."""
    found = dict(settings)
    for name in ADDRESSES:
        whole = credentials.get(_place(name))
        if isinstance(whole, str) and without_password(whole) == found.get(name):
            found[name] = whole
    return found


def _place(name: str) -> str:
    return f"{name}_with_password"
