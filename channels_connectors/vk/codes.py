"""Every error code of VK's API 5.199, with its class, its words and the wait it asks for.

From the official list of errors; the class follows from what the methods that we call name them
for.
"""

from __future__ import annotations

from typing import Final

from channels_connectors.errors import ErrorClass
from channels_connectors.types import Words

from . import words

Row = tuple[ErrorClass, Words, float | None]


def _rows(
    codes: str, error_class: ErrorClass, text: Words, wait: float | None = None
) -> dict[int, Row]:
    return {int(code): (error_class, text, wait) for code in codes.split()}


# Other methods' troubles: none says anything of the customer or of the channel, so should one ever
# come, the message alone has failed.
_OTHERS: Final = """
    3 8 12 19 100 104 106 140 141 147 150 171 173 174 177 180 181 182 183 201 204 205 210
    211 212 213 214 219 221 222 224 225 242 243 250 251 252 253 302 602 603 629 630 631 632
    633 634 635 636 700 702 706 711 714 800 801 907 908 913 919 921 931 940 942 946 969 970
    990 1154 1155 1170 1251 1256 1257 1260 1400 1401 1402 1403 1404 1405 1406 1407 1408 1409
    1410 1411 1412 1413 1414 1415 1416 1417 1418 1419 1421 1423 1424 1425 1426 1427 1429
    1430 1431 1432 1433 1434 1435 1436 1438 1446 1456 1457 1458 1518 1525 1526 1600 1602
    1900 1901 1902 2100 2101 2102 3102 3305 3800 9999 11003 11004 11005 11006 11101 11102
"""

# (class, words, seconds to wait). VK tells no waits: too many a second pass in half of one, floods
# in minutes, quotas in hours.
CODES: Final[dict[int, Row]] = {
    **_rows("901", "recipient_gone", words.DENIED),
    **_rows("900 175 176", "recipient_gone", words.BLACKLISTED),
    **_rows("30 902", "recipient_gone", words.PRIVATE),
    **_rows("18 37 3610 3611", "recipient_gone", words.GONE),
    **_rows("939 987 988", "recipient_gone", words.WAITS),
    **_rows(
        "39 113 701 917 922 925 927 932 935 936 945 947 962 985 1012",
        "recipient_gone",
        words.NO_CHAT,
    ),
    **_rows("943 944 950", "window_closed", words.WINDOW),
    **_rows(
        "2 4 5 11 16 27 28 34 35 38 42 101 1114 1116 1117 1118 3609",
        "channel_auth",
        words.TOKEN_REFUSED,
    ),
    **_rows("7 15 20 21 23 40 125 203 260 500 600 703 704", "channel_auth", words.NO_RIGHTS),
    **_rows("14 3300", "channel_auth", words.CAPTCHA),
    **_rows("17 24 25 41 146 3301 3302 3303 3304 11500", "channel_auth", words.CONFIRMATION),
    **_rows("2000", "channel_auth", words.SERVERS_FULL),
    **_rows("910 914", "bad_content", words.TOO_LONG),
    **_rows("911", "bad_content", words.KEYBOARD),
    **_rows("912", "bad_content", words.BOT_FEATURES),
    **_rows(
        "22 105 114 118 119 121 122 129 200 300 1150 1152 1153 1160",
        "bad_content",
        words.FILE_REFUSED,
    ),
    **_rows("909 920 924 949 1151", "bad_content", words.UNCHANGEABLE),
    **_rows("232 1009 1010 1011", "bad_content", words.NO_REACTION),
    **_rows("1 10 13 32 33 36 43", "transient", words.UNAVAILABLE),
    **_rows("6", "rate", words.TOO_OFTEN, 0.6),
    **_rows("9", "rate", words.FLOOD, 120),
    **_rows("29 103 601", "rate", words.QUOTA, 3600),
    **_rows("220 223 1105", "rate", words.TOO_OFTEN, 600),
    **_rows(_OTHERS, "bad_content", words.REFUSED),
}
