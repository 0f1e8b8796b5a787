"""Advertising systems: one module each, which turns an account and days into rows of spend."""

from collections.abc import Callable
from datetime import date
from typing import Final

from analytics.models import AdAccount
from analytics.spend.actions import Told
from analytics.spend.systems import vk_ads, yandex_direct
from analytics.spend.systems.answers import NotReady, Trouble

Fetch = Callable[[AdAccount, date, date], list[Told]]

FETCH: Final[dict[str, Fetch]] = {
    AdAccount.Kind.YANDEX_DIRECT: yandex_direct.fetch_spend,
    AdAccount.Kind.VK_ADS: vk_ads.fetch_spend,
}
# What each needs to be let in.
CREDENTIALS: Final = {
    AdAccount.Kind.YANDEX_DIRECT: yandex_direct.CREDENTIALS,
    AdAccount.Kind.VK_ADS: vk_ads.CREDENTIALS,
}

__all__ = ["CREDENTIALS", "FETCH", "NotReady", "Trouble"]
