"""Addresses as they may be shown."""

import pytest

from channels_connectors.passwords import without_password


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("socks5://name:parole@proxy.example:1080", "socks5://name:***@proxy.example:1080"),
        ("http://:parole@proxy.example", "http://:***@proxy.example"),
        ("http://name:pa@ro:le://@proxy.example:1", "http://name:***@proxy.example:1"),
        ("name:parole@proxy.example:1080", "name:***@proxy.example:1080"),
        ("http://name@proxy.example:1080", "http://name@proxy.example:1080"),
        ("http://proxy.example:1080", "http://proxy.example:1080"),
        ("http://[::1]:1080", "http://[::1]:1080"),
        ("proxy", "proxy"),
        ("", ""),
    ],
)
def test_a_password_is_not_shown(address, shown):
    assert without_password(address) == shown
