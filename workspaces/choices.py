"""Time zones and currencies that people choose from, in their own words."""

import zoneinfo
from datetime import datetime
from functools import cache

from django.utils.translation import gettext_lazy

Choices = list[tuple[str, str]]

# Cities most of our customers live in, west to east; every other zone follows by its own name.
CITIES = {
    "Europe/Kaliningrad": gettext_lazy("Kaliningrad"),
    "Europe/Moscow": gettext_lazy("Moscow"),
    "Europe/Samara": gettext_lazy("Samara"),
    "Asia/Yekaterinburg": gettext_lazy("Yekaterinburg"),
    "Asia/Omsk": gettext_lazy("Omsk"),
    "Asia/Novosibirsk": gettext_lazy("Novosibirsk"),
    "Asia/Krasnoyarsk": gettext_lazy("Krasnoyarsk"),
    "Asia/Irkutsk": gettext_lazy("Irkutsk"),
    "Asia/Yakutsk": gettext_lazy("Yakutsk"),
    "Asia/Vladivostok": gettext_lazy("Vladivostok"),
    "Asia/Magadan": gettext_lazy("Magadan"),
    "Asia/Kamchatka": gettext_lazy("Kamchatka"),
    "Europe/Minsk": gettext_lazy("Minsk"),
    "Asia/Almaty": gettext_lazy("Almaty"),
    "Asia/Tashkent": gettext_lazy("Tashkent"),
    "Asia/Bishkek": gettext_lazy("Bishkek"),
    "Asia/Yerevan": gettext_lazy("Yerevan"),
    "Asia/Tbilisi": gettext_lazy("Tbilisi"),
    "Asia/Baku": gettext_lazy("Baku"),
    "Europe/Istanbul": gettext_lazy("Istanbul"),
    "Asia/Dubai": gettext_lazy("Dubai"),
    "Europe/Belgrade": gettext_lazy("Belgrade"),
    "Europe/Berlin": gettext_lazy("Berlin"),
    "Europe/London": gettext_lazy("London"),
    "America/New_York": gettext_lazy("New York"),
    "America/Los_Angeles": gettext_lazy("Los Angeles"),
    "UTC": "UTC",
}

CURRENCIES = {
    "RUB": gettext_lazy("Rouble, ₽"),
    "KZT": gettext_lazy("Tenge, ₸"),
    "BYN": gettext_lazy("Belarusian rouble, Br"),
    "UZS": gettext_lazy("Uzbek sum"),
    "KGS": gettext_lazy("Kyrgyz som"),
    "AMD": gettext_lazy("Dram, ֏"),
    "GEL": gettext_lazy("Lari, ₾"),
    "AZN": gettext_lazy("Manat, ₼"),
    "TRY": gettext_lazy("Turkish lira, ₺"),
    "AED": gettext_lazy("Dirham"),
    "RSD": gettext_lazy("Serbian dinar"),
    "USD": gettext_lazy("US dollar, $"),
    "EUR": gettext_lazy("Euro, €"),
    "GBP": gettext_lazy("Pound, £"),
}


def time_zones() -> Choices:
    """Zones with today's distance from UTC: "Moscow, UTC+3"."""
    known = [(name, f"{city}, {_offset(name)}") for name, city in CITIES.items() if name != "UTC"]
    others = [(name, f"{name}, {_offset(name)}") for name in _other_zones()]
    return [*known, ("UTC", "UTC"), *others]


def currencies() -> Choices:
    """ISO 4217 code and the currency's name with its sign."""
    return [(code, str(name)) for code, name in CURRENCIES.items()]


@cache
def _other_zones() -> list[str]:
    areas = (
        "Africa/",
        "America/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return sorted(
        name
        for name in zoneinfo.available_timezones()
        if name.startswith(areas) and name not in CITIES
    )


def _offset(name: str) -> str:
    offset = datetime.now(zoneinfo.ZoneInfo(name)).utcoffset()
    minutes = int(offset.total_seconds()) // 60 if offset else 0
    if minutes == 0:
        return "UTC"
    sign = "+" if minutes > 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")
