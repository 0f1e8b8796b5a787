"""Yandex Metrica's uploads of offline conversions and of chats.

https://yandex.com/dev/metrika/en/management/offline-conv and .../chats-transfer-data: a CSV file,
by multipart, answered by an upload that is processed within two hours. The type of the visitor's id
follows from the columns, so a file has one of them.
"""

import csv
import secrets
from collections.abc import Sequence
from io import StringIO
from typing import Final

from django.conf import settings

from analytics.models import Conversion, ConversionTarget
from analytics.spend.systems.answers import Trouble, call, document_of
from core.safe_http import Answer

BASE: Final = "https://api-metrika.yandex.net"
_REFUSED: Final = frozenset({400, 401, 403, 404})


def upload(target: ConversionTarget, conversions: Sequence[Conversion]) -> str:
    """Tell a counter of conversions of one kind and one type of id; returns the upload's id.
    Raises `Trouble`, final where the counter refuses."""
    is_chat = conversions[0].kind == Conversion.Kind.CHAT
    base = (settings.YANDEX_METRICA_API_URL or BASE).rstrip("/")
    address = f"{base}/management/v1/counter/{target.counter}/offline_conversions/upload"
    boundary = secrets.token_hex(16)
    answer = call(
        f"{address}?type=CHATS" if is_chat else address,
        method="POST",
        headers={
            "Authorization": f"OAuth {target.credentials['token']}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
        },
        content=_form(boundary, document(target, conversions)),
    )
    if answer.status != 200:
        raise Trouble(_words(answer), is_final=answer.status in _REFUSED)
    told = document_of(answer)
    found = told.get("uploading") or next(iter(told.get("uploadings") or [{}]), {})
    return str(found.get("id", ""))[:40]


def document(target: ConversionTarget, conversions: Sequence[Conversion]) -> str:
    """The file: all of one kind, with ClientId or Yclid."""
    first = conversions[0]
    column = "ClientId" if first.client_id else "Yclid"
    file = StringIO()
    writer = csv.writer(file, lineterminator="\n")
    if first.kind == Conversion.Kind.CHAT:
        name = "ClientID" if first.client_id else "Yclid"
        writer.writerow([name, "DateTime", "ChatPlatform", "ChatUserID"])
    else:
        writer.writerow([column, "Target", "DateTime", "Price", "Currency"])
    for one in conversions:
        key, moment = one.client_id or one.yclid, int(one.at.timestamp())
        if one.kind == Conversion.Kind.CHAT:
            writer.writerow([key, moment, one.platform, one.chat])
            continue
        goal = target.paid_goal if one.kind == Conversion.Kind.PAID else target.accepted_goal
        value = "" if one.value is None else f"{one.value:.2f}"
        writer.writerow([key, goal, moment, value, one.currency if value else ""])
    return file.getvalue()


def _form(boundary: str, text: str) -> bytes:
    head = (
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="file"; filename="conversions.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
    )
    return f"{head}{text}\r\n--{boundary}--\r\n".encode()


def _words(answer: Answer) -> str:
    try:
        told = document_of(answer)
    except Trouble:
        return f"HTTP {answer.status}"
    words = told.get("message") if isinstance(told, dict) else None
    return str(words or f"HTTP {answer.status}")[:500]
